//===- Image.cpp - which image runs on a device ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A cubin is preferred to PTX, which the driver would have to compile; then the
// latest architecture; then the image that is specific to it.
//
//===----------------------------------------------------------------------===//

#include "Image.h"
#include "Error.h"

#include <cstdio>
#include <tuple>

using namespace gdr::runtime;

static bool canRun(const gdr_image &image, int64_t computeCapability) {
  if (image.architecture_specific)
    return image.compute_capability == computeCapability;
  if (image.compute_capability > computeCapability)
    return false;
  return image.kind == GDR_IMAGE_PTX ||
         image.compute_capability / 10 == computeCapability / 10;
}

static auto getRank(const gdr_image &image) {
  return std::make_tuple(image.kind == GDR_IMAGE_CUBIN,
                         image.compute_capability,
                         image.architecture_specific != 0);
}

bool gdr::runtime::areAlike(const gdr_image &a, const gdr_image &b) {
  return getRank(a) == getRank(b);
}

/// Lists the images as nvcc would name them: "sm_90a, compute_80".
static void listImages(const gdr_function &function, char *text, size_t size) {
  std::snprintf(text, size, "nothing, as it holds no image");
  size_t length = 0;
  for (int64_t i = 0; i < function.num_images && length < size; ++i) {
    const gdr_image &image = function.images[i];
    if (i > 0 && areAlike(image, function.images[i - 1]))
      continue;
    length += std::snprintf(
        text + length, size - length, "%s%s_%" PRId64 "%s", i == 0 ? "" : ", ",
        image.kind == GDR_IMAGE_PTX ? "compute" : "sm",
        image.compute_capability, image.architecture_specific ? "a" : "");
  }
}

int32_t gdr::runtime::chooseImage(const gdr_function &function, int64_t device,
                                  int64_t computeCapability,
                                  const gdr_image *&image) {
  image = nullptr;
  for (int64_t i = 0; i < function.num_images; ++i) {
    const gdr_image &candidate = function.images[i];
    if (canRun(candidate, computeCapability) &&
        (!image || getRank(candidate) > getRank(*image)))
      image = &candidate;
  }
  if (image)
    return GDR_OK;
  char images[256];
  listImages(function, images, sizeof(images));
  return fail(GDR_NO_IMAGE,
              "function '%s' was compiled for %s: got device %" PRId64
              " with compute capability %" PRId64 ".%" PRId64,
              function.name, images, device, computeCapability / 10,
              computeCapability % 10);
}
