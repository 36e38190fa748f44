//===- Files.cpp - whole files --------------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Files.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace gdr::runtime;

FileDescriptor::~FileDescriptor() {
  if (number >= 0)
    close(number);
}

bool gdr::runtime::readFile(const std::string &path, std::string &contents) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (file.number < 0 || fstat(file.number, &status) != 0)
    return false;
  contents.resize(status.st_size);
  size_t length = 0;
  while (length < contents.size()) {
    ssize_t count =
        read(file.number, &contents[length], contents.size() - length);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    length += count;
  }
  return true;
}

bool gdr::runtime::writeAll(int file, std::string_view contents) {
  while (!contents.empty()) {
    ssize_t count = write(file, contents.data(), contents.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return false;
    contents.remove_prefix(count);
  }
  return true;
}

bool gdr::runtime::replaceFile(const std::string &path,
                               std::string_view contents) {
  std::string temporary = path + ".XXXXXX.tmp";
  FileDescriptor file(mkostemps(&temporary[0], sizeof(".tmp") - 1, O_CLOEXEC));
  if (file.number < 0)
    return false;
  if (writeAll(file.number, contents) && fchmod(file.number, 0644) == 0 &&
      rename(temporary.c_str(), path.c_str()) == 0)
    return true;
  int error = errno;
  unlink(temporary.c_str());
  errno = error;
  return false;
}

bool gdr::runtime::createDirectories(const std::string &path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    if (mkdir(path.substr(0, slash).c_str(), 0700) != 0 && errno != EEXIST &&
        errno != EROFS && errno != EACCES)
      return false;
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}
