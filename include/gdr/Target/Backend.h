//===- Backend.h - errors of LLVM's backends --------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM ends the process on what its backends cannot do, and on errors that
// nobody listens for. Here both become diagnostics.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_BACKEND_H
#define GDR_TARGET_BACKEND_H

#include "mlir/Support/LLVM.h"

namespace llvm {
class LLVMContext;
}

namespace mlir {
class Operation;
}

namespace mlir::gdr {

/// Lets runBackend survive LLVM's fatal errors. For programs and libraries that
/// LLVM's one error handler belongs to; others keep their own.
void recoverFromFatalErrors();

/// Calls `body`, which may run in any thread. Where LLVM gives up in it, emits
/// an error on `op` and fails; what `body` had built is leaked.
LogicalResult runBackend(Operation *op,
                         llvm::function_ref<LogicalResult()> body);

/// Emits the context's errors on `op`, and sets `hasErrors`. Both must outlive
/// the context.
void forwardErrors(llvm::LLVMContext &context, Operation *op, bool &hasErrors);

} // namespace mlir::gdr

#endif // GDR_TARGET_BACKEND_H
