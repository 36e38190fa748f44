//===- CacheLimit.cpp - a directory that does not grow --------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Touches only files that are named as the cache names its own: the directory
// may be one that holds other things. Removing a library that is mapped, by
// this or another process, does it no harm.
//
//===----------------------------------------------------------------------===//

#include "CacheLimit.h"
#include "CacheDirectory.h"
#include "Error.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace gdr::runtime;

static std::atomic<int64_t> limit{int64_t(1) << 30}; // bytes

/// After which a file that a writer has left is nobody's: seconds.
static constexpr int64_t temporaryAge = 3600;

/// Digits of a hash.
static constexpr size_t stemLength = 32;

namespace {
struct CachedFile {
  std::string name;
  int64_t bytes;
  timespec lastUse;

  std::string getStem() const { return name.substr(0, stemLength); }
  bool hasSuffix(std::string_view suffix) const {
    return name.size() == stemLength + suffix.size() &&
           std::string_view(name).substr(stemLength) == suffix;
  }
  bool isTemporary() const {
    return name.size() > 4 && name.compare(name.size() - 4, 4, ".tmp") == 0;
  }
};
} // namespace

// Files of entries, and what their writers have left.
static bool isOfCache(std::string_view name) {
  return name.size() > stemLength && name[stemLength] == '.' &&
         name.substr(0, stemLength).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

// Whether the directory could be read.
static bool listFiles(const std::string &directory,
                      std::vector<CachedFile> &files) {
  DIR *stream = opendir(directory.c_str());
  if (!stream)
    return false;
  while (dirent *entry = readdir(stream)) {
    struct stat status;
    if (isOfCache(entry->d_name) && fstatat(dirfd(stream), entry->d_name,
                                            &status, AT_SYMLINK_NOFOLLOW) == 0)
      files.push_back({entry->d_name, status.st_size, status.st_mtim});
  }
  closedir(stream);
  return true;
}

static void removeFile(const std::string &directory, const std::string &name) {
  unlink((directory + "/" + name).c_str());
}

void gdr::runtime::enforceCacheLimit(const std::string &directory,
                                     const std::string &newest) {
  std::vector<CachedFile> files;
  listFiles(directory, files);
  int64_t total = 0;
  std::vector<const CachedFile *> libraries;
  for (const CachedFile &file : files) {
    if (file.isTemporary()) {
      if (std::time(nullptr) - file.lastUse.tv_sec > temporaryAge)
        removeFile(directory, file.name);
      continue;
    }
    total += file.bytes;
    if (file.hasSuffix(".so") && file.getStem() != newest)
      libraries.push_back(&file);
  }
  std::sort(libraries.begin(), libraries.end(),
            [](const CachedFile *a, const CachedFile *b) {
              return std::pair(a->lastUse.tv_sec, a->lastUse.tv_nsec) <
                     std::pair(b->lastUse.tv_sec, b->lastUse.tv_nsec);
            });
  for (const CachedFile *library : libraries) {
    if (total <= limit.load(std::memory_order_relaxed))
      return;
    for (const CachedFile &file : files)
      if (file.getStem() == library->getStem() && !file.isTemporary()) {
        removeFile(directory, file.name);
        total -= file.bytes;
      }
  }
}

int32_t gdr_set_cache_limit(int64_t bytes) {
  if (bytes < 0)
    return fail(GDR_INVALID_ARGUMENT,
                "expected a limit of at least 0 bytes, got %" PRId64, bytes);
  limit.store(bytes, std::memory_order_relaxed);
  return GDR_OK;
}

int32_t gdr_cache_clear(void) {
  std::string directory = getCacheDirectory();
  std::vector<CachedFile> files;
  if (!listFiles(directory, files) && errno != ENOENT)
    return fail(GDR_IO_ERROR, "cannot read directory '%s': %s",
                directory.c_str(), std::strerror(errno));
  for (const CachedFile &file : files)
    removeFile(directory, file.name);
  return GDR_OK;
}
