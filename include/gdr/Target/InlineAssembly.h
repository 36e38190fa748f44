//===- InlineAssembly.h - PTX that NVVM has no op for -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only place with inline assembly.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_INLINEASSEMBLY_H
#define GDR_TARGET_INLINEASSEMBLY_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Loads `bytes` (2, 4, 8 or 16) of global memory without a line in the L1
/// cache, and gives them the type; PTX ISA, "ld", level1::eviction_priority.
Value createStreamingLoad(ImplicitLocOpBuilder &b, Type type, int64_t bytes,
                          Value address);
/// The same for a store; PTX ISA, "st".
void createStreamingStore(ImplicitLocOpBuilder &b, Value value, int64_t bytes,
                          Value address);

} // namespace mlir::gdr

#endif // GDR_TARGET_INLINEASSEMBLY_H
