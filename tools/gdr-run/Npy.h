//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads and writes .npy files: little endian, in C order. NumPy has no bf16, so
// its bits are written as unsigned 16-bit integers ("<u2") and read from those
// or from what the ml_dtypes package writes ("<V2").
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_NPY_H
#define GDR_TOOLS_GDR_RUN_NPY_H

#include "Tensor.h"
#include "llvm/Support/Error.h"

namespace mlir::gdr::run {

/// Fills a tensor from a file, which must have its element type and shape.
/// `name` is the tensor's, for the error.
llvm::Error readNpy(StringRef path, StringRef name, const TensorView &tensor);

/// Writes a tensor as version 1.0.
llvm::Error writeNpy(StringRef path, const TensorView &tensor);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_NPY_H
