//===- CudaTools.h - running ptxas and fatbinary ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_CUDATOOLS_H
#define GDR_TARGET_CUDATOOLS_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <string>

namespace mlir::gdr {

/// What ptxas says of one kernel.
struct KernelResources {
  int64_t registers = 0;         // a thread
  int64_t spillStoreBytes = 0;   // a thread
  int64_t spillLoadBytes = 0;    // a thread
  int64_t sharedMemoryBytes = 0; // static, a block
};

struct AssembledModule {
  std::string cubin;
  llvm::StringMap<KernelResources> kernels;
  /// Warnings and advice, one a line; injected waits and ignored register
  /// limits (C75xx) are here.
  std::string messages;
};

/// Finds a CUDA tool: the given path, else on the PATH, else in the usual
/// places of a toolkit.
llvm::Expected<std::string> findCudaTool(StringRef tool, StringRef given);

/// Assembles PTX for a chip.
llvm::Expected<AssembledModule> runPtxas(StringRef ptxas, StringRef ptx,
                                         StringRef chip);

/// A cubin and the chip it is for.
struct DeviceImage {
  StringRef chip;
  StringRef cubin;
};

/// Bundles cubins with the toolkit's fatbinary.
llvm::Expected<std::string> runFatbinary(ArrayRef<DeviceImage> images);

/// Reads the report that `ptxas -v` writes to its standard error.
void parsePtxasReport(StringRef report, AssembledModule &module);

} // namespace mlir::gdr

#endif // GDR_TARGET_CUDATOOLS_H
