//===- ABI.h - the C ABI, seen from inside the runtime ----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library is compiled with hidden visibility; what the public header
// declares is all that it exports. Here is also the one helper for the lists of
// names in a gdr_function.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_ABI_H
#define GDR_LIB_RUNTIME_ABI_H

#pragma GCC visibility push(default)
#include "gdr-c/Runtime.h"
#pragma GCC visibility pop

#include <cinttypes>
#include <cstring>

namespace gdr::runtime {

/// Returns name number `index` of a list in which each ends in a NUL byte.
/// Only for messages and loading: it walks the list.
inline const char *getName(const char *names, int64_t index) {
  for (; index > 0; --index)
    names += std::strlen(names) + 1;
  return names;
}

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_ABI_H
