//===- Nesting.h - how deep a text nests ------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CAPI_NESTING_H
#define GDR_LIB_CAPI_NESTING_H

#include "mlir/Support/LLVM.h"

namespace mlir::gdr {

/// The most brackets of any kind that are open at once in the text of a module.
/// MLIR's parser recurses for each, and the stack ends somewhere.
int64_t getNestingDepth(StringRef text);

} // namespace mlir::gdr

#endif // GDR_LIB_CAPI_NESTING_H
