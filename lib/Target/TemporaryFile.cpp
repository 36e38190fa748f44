//===- TemporaryFile.cpp - files for tools --------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TemporaryFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::gdr;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error TemporaryFile::create(StringRef suffix) {
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("gdr", suffix, path))
    return makeError("could not create a temporary file: " + error.message());
  remover.emplace(path);
  return llvm::Error::success();
}

llvm::Error mlir::gdr::writeFile(StringRef path, StringRef contents) {
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  stream << contents;
  stream.close();
  // An error that is not cleared ends the process in the destructor.
  bool failed = error || stream.has_error();
  stream.clear_error();
  if (failed)
    return makeError("could not write '" + path + "'");
  return llvm::Error::success();
}

llvm::Expected<std::string> mlir::gdr::readFile(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return makeError("could not read '" + path + "'");
  return (*buffer)->getBuffer().str();
}
