//===- Error.h - the sentence of the last failure ---------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every failure goes through `fail`, which records the sentence for
// gdr_last_error and returns the status, so that a caller can write
// `return fail(...)`.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_ERROR_H
#define GDR_LIB_RUNTIME_ERROR_H

#include "ABI.h"

namespace gdr::runtime {

/// Records a sentence, formatted as by printf, for this thread. Returns
/// `status`.
[[gnu::format(printf, 2, 3), gnu::cold]] int32_t fail(int32_t status,
                                                      const char *format, ...);

/// Checks that the function was compiled for this version of the ABI.
int32_t checkVersion(const gdr_function &function);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_ERROR_H
