//===- CacheDirectory.cpp - compiled libraries on disk --------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No file is ever changed in place. An entry is two files that appear one after
// the other, and the description says which library it belongs to; whoever sees
// two that do not fit takes the lock, looks again and, if need be, replaces
// them.
//
//===----------------------------------------------------------------------===//

#include "CacheDirectory.h"
#include "CacheLimit.h"
#include "Error.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>

using namespace gdr::runtime;

static std::mutex mutex;

/// From the library's user; empty if not set.
static std::string &getGivenDirectory() {
  static auto *directory = new std::string;
  return *directory;
}

// A variable of the environment, with what follows it in the path, or "".
static std::string getFromEnvironment(const char *variable,
                                      const char *suffix) {
  const char *value = std::getenv(variable);
  return value && *value ? std::string(value) + suffix : "";
}

std::string gdr::runtime::getCacheDirectory() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!getGivenDirectory().empty())
      return getGivenDirectory();
  }
  std::string directory = getFromEnvironment("GDR_CACHE_DIR", "");
  if (directory.empty())
    directory = getFromEnvironment("XDG_CACHE_HOME", "/gdr/kernels");
  if (directory.empty())
    directory = getFromEnvironment("HOME", "/.cache/gdr/kernels");
  return directory;
}

CachePlace::CachePlace(std::string directory, const CacheKey &key)
    : directory(std::move(directory)) {
  Hash hash = key.getHash();
  stem = hash.getDigits();
  lockNumber = hash.getLow() >> 2; // an offset in a file, hence not negative
}

// The time of modification is that of the last use, by the fine clock: the file
// system's own times are the same for uses within a tick. Only the owner can
// set those; in another user's directory a tick has to do, or nothing.
static void markUsed(const std::string &path) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  timespec times[] = {now, now};
  if (utimensat(AT_FDCWD, path.c_str(), times, 0) != 0)
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
}

bool gdr::runtime::readEntry(const CachePlace &place, const CacheKey &key,
                             std::string &library) {
  std::string description;
  if (!readFile(place.getLibraryPath(), library) ||
      !readFile(place.getDescriptionPath(), description) ||
      description != key.describe(library))
    return false;
  markUsed(place.getLibraryPath());
  return true;
}

bool gdr::runtime::writeEntry(const CachePlace &place, const CacheKey &key,
                              const std::string &library) {
  if (!replaceFile(place.getLibraryPath(), library) ||
      !replaceFile(place.getDescriptionPath(), key.describe(library)))
    return false;
  markUsed(place.getLibraryPath());
  enforceCacheLimit(place.directory, place.stem);
  return true;
}

EntryLock::EntryLock(const CachePlace &place)
    : file(open((place.directory + "/lock").c_str(),
                O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(place.lockNumber);
  lock.l_len = 1;
  if (file.number < 0)
    return;
  // Of the open file rather than the process, so that threads exclude each
  // other too; it ends when the file is closed.
  while (fcntl(file.number, F_OFD_SETLKW, &lock) != 0 && errno == EINTR)
    continue;
}

int32_t gdr_set_cache_directory(const char *path) {
  std::lock_guard<std::mutex> lock(mutex);
  getGivenDirectory() = path ? path : "";
  return GDR_OK;
}

size_t gdr_cache_directory(char *buffer, size_t size) {
  std::string directory = getCacheDirectory();
  if (size != 0) {
    size_t length = std::min(size - 1, directory.size());
    std::memcpy(buffer, directory.data(), length);
    buffer[length] = '\0';
  }
  return directory.size();
}
