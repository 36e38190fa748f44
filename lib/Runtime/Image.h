//===- Image.h - which image runs on a device -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The choice among the images of a function and its variants, by compute
// capability alone.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_IMAGE_H
#define GDR_LIB_RUNTIME_IMAGE_H

#include "ABI.h"

namespace gdr::runtime {

/// An image and the variant of the function that it is of.
struct ChosenImage {
  const gdr_function *variant = nullptr;
  const gdr_image *image = nullptr;
};

/// Finds the best image among all variants for a device with this compute
/// capability (10 * major + minor): the first of its chip, if each kernel has
/// its own.
int32_t chooseImage(const gdr_function &function, int64_t device,
                    int64_t computeCapability, ChosenImage &chosen);

/// Whether two images are of the same kind and for the same chip.
bool areAlike(const gdr_image &a, const gdr_image &b);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_IMAGE_H
