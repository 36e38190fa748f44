//===- Error.cpp - the sentence of the last failure -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sentence lives in a thread-local buffer of fixed size: recording a
// failure allocates nothing, and a sentence that is too long is cut.
//
//===----------------------------------------------------------------------===//

#include "Error.h"

#include <cstdarg>
#include <cstdio>

using namespace gdr::runtime;

static thread_local char lastError[1024];

int32_t gdr::runtime::fail(int32_t status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(lastError, sizeof(lastError), format, arguments);
  va_end(arguments);
  return status;
}

int32_t gdr::runtime::checkVersion(const gdr_function &function) {
  // The name is not read: another version may have it elsewhere.
  if (function.abi_version != GDR_ABI_VERSION)
    return fail(GDR_ABI_MISMATCH,
                "expected an object for version %d of the runtime ABI, got one "
                "for version %" PRId64,
                GDR_ABI_VERSION, function.abi_version);
  return GDR_OK;
}

const char *gdr_last_error(void) { return lastError; }
