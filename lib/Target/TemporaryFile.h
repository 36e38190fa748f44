//===- TemporaryFile.h - files for tools ------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ptxas, fatbinary and the linker read and write files.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TARGET_TEMPORARYFILE_H
#define GDR_LIB_TARGET_TEMPORARYFILE_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileUtilities.h"
#include <optional>
#include <string>

namespace mlir::gdr {

/// A temporary file that goes away with its owner.
struct TemporaryFile {
  SmallString<128> path;
  std::optional<llvm::FileRemover> remover;

  llvm::Error create(StringRef suffix);
};

llvm::Error writeFile(StringRef path, StringRef contents);
llvm::Expected<std::string> readFile(StringRef path);

} // namespace mlir::gdr

#endif // GDR_LIB_TARGET_TEMPORARYFILE_H
