//===- CacheKey.h - what a compiled library is made from --------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CACHEKEY_H
#define GDR_LIB_RUNTIME_CACHEKEY_H

#include "CacheABI.h"
#include "Hash.h"

namespace gdr::runtime {

/// All that decides what the compiler writes. The function that is asked for
/// does not: a library has all of the module's.
struct CacheKey {
  std::string text;
  std::string chip;
  std::string options;

  bool operator==(const CacheKey &other) const {
    return text == other.text && chip == other.chip && options == other.options;
  }

  /// Of the key, the version and the kind of processor.
  Hash getHash() const;

  /// The description that lies beside a library on disk: the key, and the size
  /// and the hash of the library.
  std::string describe(std::string_view library) const;
};

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_CACHEKEY_H
