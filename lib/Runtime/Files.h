//===- Files.h - whole files ------------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_FILES_H
#define GDR_LIB_RUNTIME_FILES_H

#include <string>
#include <string_view>

namespace gdr::runtime {

/// An open file, closed at the end.
struct FileDescriptor {
  int number = -1;

  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number(number) {}
  FileDescriptor(const FileDescriptor &) = delete;
  FileDescriptor &operator=(const FileDescriptor &) = delete;
  ~FileDescriptor();
};

/// Whether it could be done; errno says why not.
bool readFile(const std::string &path, std::string &contents);
bool writeAll(int file, std::string_view contents);

/// Puts a file in the place of the one at `path`, if there is one, so that
/// nobody sees a part of it.
bool replaceFile(const std::string &path, std::string_view contents);

/// Creates the directory and those above it, for this user alone.
bool createDirectories(const std::string &path);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_FILES_H
