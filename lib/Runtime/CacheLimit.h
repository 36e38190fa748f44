//===- CacheLimit.h - a directory that does not grow ------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CACHELIMIT_H
#define GDR_LIB_RUNTIME_CACHELIMIT_H

#include <string>

namespace gdr::runtime {

/// Removes the entries that were used least recently, until the directory is
/// within its limit, and what a process that was killed has left. The entry
/// `newest` stays.
void enforceCacheLimit(const std::string &directory, const std::string &newest);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_CACHELIMIT_H
