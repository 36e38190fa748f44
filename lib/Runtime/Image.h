//===- Image.h - which image runs on a device -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The choice among the images of a function, by compute capability alone.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_IMAGE_H
#define GDR_LIB_RUNTIME_IMAGE_H

#include "ABI.h"

namespace gdr::runtime {

/// Finds the best image for a device with this compute capability
/// (10 * major + minor): the first of its chip, if each kernel has its own.
int32_t chooseImage(const gdr_function &function, int64_t device,
                    int64_t computeCapability, const gdr_image *&image);

/// Whether two images are of the same kind and for the same chip.
bool areAlike(const gdr_image &a, const gdr_image &b);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_IMAGE_H
