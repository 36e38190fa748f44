//===- Error.h - errors of one sentence -------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_ERROR_H
#define GDR_TOOLS_GDR_RUN_ERROR_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::gdr::run {

/// An error of one sentence, which names the operand or option and says what
/// was expected.
template <typename... Values>
llvm::Error makeError(const char *format, Values &&...values) {
  return llvm::createStringError(
      llvm::formatv(format, std::forward<Values>(values)...).str());
}

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_ERROR_H
