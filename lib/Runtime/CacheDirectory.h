//===- CacheDirectory.h - compiled libraries on disk ------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CACHEDIRECTORY_H
#define GDR_LIB_RUNTIME_CACHEDIRECTORY_H

#include "CacheKey.h"
#include "Files.h"

namespace gdr::runtime {

/// Where compiled libraries are kept, as gdr_set_cache_directory says; "" if
/// nowhere.
std::string getCacheDirectory();

/// Where the files of one key are.
struct CachePlace {
  std::string directory;
  std::string stem;
  uint64_t lockNumber;

  CachePlace(std::string directory, const CacheKey &key);
  std::string getLibraryPath() const { return directory + "/" + stem + ".so"; }
  std::string getDescriptionPath() const {
    return directory + "/" + stem + ".json";
  }
};

/// Reads an entry, if it is there and whole, and marks it as used.
bool readEntry(const CachePlace &place, const CacheKey &key,
               std::string &library);

/// Writes an entry, and removes others that were used least recently until the
/// directory is within its limit. Whether it could.
bool writeEntry(const CachePlace &place, const CacheKey &key,
                const std::string &library);

/// Held while an entry is made, so that others wait for it. Without effect
/// where files cannot be locked.
class EntryLock {
public:
  explicit EntryLock(const CachePlace &place);

private:
  FileDescriptor file;
};

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_CACHEDIRECTORY_H
