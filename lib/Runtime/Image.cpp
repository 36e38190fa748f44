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

template <typename Callback>
static void forEachImage(const gdr_function &function, Callback callback) {
  for (const gdr_function *variant = &function; variant;
       variant = variant->next)
    for (int64_t i = 0; i < variant->num_images; ++i)
      callback(*variant, variant->images[i]);
}

/// Lists the images as nvcc would name them: "sm_90a, compute_80".
static void listImages(const gdr_function &function, char *text, size_t size) {
  std::snprintf(text, size, "nothing, as it holds no image");
  size_t length = 0;
  const gdr_image *previous = nullptr;
  forEachImage(function, [&](const gdr_function &, const gdr_image &image) {
    bool isListed = previous && areAlike(image, *previous);
    previous = &image;
    if (isListed || length >= size)
      return;
    length += std::snprintf(
        text + length, size - length, "%s%s_%" PRId64 "%s",
        length == 0 ? "" : ", ", image.kind == GDR_IMAGE_PTX ? "compute" : "sm",
        image.compute_capability, image.architecture_specific ? "a" : "");
  });
}

int32_t gdr::runtime::chooseImage(const gdr_function &function, int64_t device,
                                  int64_t computeCapability,
                                  ChosenImage &chosen) {
  chosen = {};
  forEachImage(function,
               [&](const gdr_function &variant, const gdr_image &image) {
                 if (canRun(image, computeCapability) &&
                     (!chosen.image || getRank(image) > getRank(*chosen.image)))
                   chosen = {&variant, &image};
               });
  if (chosen.image)
    return GDR_OK;
  char images[256];
  listImages(function, images, sizeof(images));
  return fail(GDR_NO_IMAGE,
              "function '%s' was compiled for %s: got device %" PRId64
              " with compute capability %" PRId64 ".%" PRId64,
              function.name, images, device, computeCapability / 10,
              computeCapability % 10);
}
