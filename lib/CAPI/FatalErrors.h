//===- FatalErrors.h - surviving what LLVM gives up on ----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's backends end the process on what they cannot do. A library must not.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CAPI_FATALERRORS_H
#define GDR_LIB_CAPI_FATALERRORS_H

#include "mlir/Support/LLVM.h"
#include <string>

namespace mlir::gdr {

/// Calls `body`. Fails with the reason if LLVM gave up in it, in this thread;
/// what `body` had built is then lost, and nothing that it worked on may be
/// touched again.
LogicalResult runOrGiveUp(llvm::function_ref<void()> body, std::string &reason);

} // namespace mlir::gdr

#endif // GDR_LIB_CAPI_FATALERRORS_H
