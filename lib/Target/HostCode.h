//===- HostCode.h - helpers for host code of entry points -------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the passes share that put calls of libgdr_runtime into host code.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TARGET_HOSTCODE_H
#define GDR_LIB_TARGET_HOSTCODE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// The entry point's host code that `op` is in; otherwise an error, which calls
/// it `what` and names the pass.
FailureOr<func::FuncOp> getHostCode(Operation *op, StringRef what,
                                    StringRef pass);

/// The runtime's call object.
inline Value getCallObject(func::FuncOp hostCode) {
  return hostCode.getArgument(0);
}

Value createI64(ImplicitLocOpBuilder &b, int64_t value);

/// Memory on the stack for `count` values of `type`; allocated once, whatever
/// control flow the builder is in.
Value createStackSlot(ImplicitLocOpBuilder &b, Type type, int64_t count = 1,
                      int64_t alignment = 0);

/// Calls a function of the runtime, which it declares if need be.
LLVM::CallOp createRuntimeCall(ImplicitLocOpBuilder &b, StringRef name,
                               Type result, ValueRange operands);

} // namespace mlir::gdr

#endif // GDR_LIB_TARGET_HOSTCODE_H
