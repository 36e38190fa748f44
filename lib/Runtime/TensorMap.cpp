//===- TensorMap.cpp - tensor maps of arguments ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks a tensor against what a tensor map can hold, which the driver would
// answer with no more than "invalid argument", and passes it to
// cuTensorMapEncodeTiled. One check serves the question and the encoding.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Error.h"

#include <climits>
#include <cstdio>

using namespace gdr::runtime;

// The CUDA driver API, cuTensorMapEncodeTiled.
static constexpr int64_t unit = 16; // bytes
static constexpr uint64_t strideLimit = uint64_t(1) << 40;
// Coordinates in a kernel are signed integers of 32 bits.
static constexpr int64_t maxSize = INT_MAX;

namespace {
/// The arguments of cuTensorMapEncodeTiled: the innermost dimension is first,
/// and has no stride.
struct Geometry {
  uint64_t sizes[GDR_MAX_TENSOR_MAP_RANK];
  uint64_t strides[GDR_MAX_TENSOR_MAP_RANK - 1]; // in bytes
  uint32_t box[GDR_MAX_TENSOR_MAP_RANK];
  uint32_t elementStrides[GDR_MAX_TENSOR_MAP_RANK];
};

/// Why a tensor has no map.
struct Reason {
  char text[256] = "";

  template <typename... Values>
  bool operator()(const char *format, Values... values) {
    std::snprintf(text, sizeof(text), format, values...);
    return false;
  }
};
} // namespace

static bool isEmpty(const gdr_tensor_map &description) {
  for (int64_t i = 0; i < description.rank; ++i)
    if (description.sizes[i] == 0)
      return true;
  return false;
}

// Whether there is a map of the tensor; otherwise the reason.
static bool getGeometry(const gdr_tensor_map &description, Geometry &geometry,
                        Reason &reason) {
  const int64_t rank = description.rank;
  const int64_t elementBytes = description.type_bits / 8;
  const bool hasElements = !isEmpty(description);
  auto address = reinterpret_cast<uintptr_t>(description.address);
  if (hasElements && address % unit != 0)
    return reason("the first element at a multiple of %" PRId64
                  " bytes, got address 0x%" PRIxPTR
                  "; copy it into an aligned tensor",
                  unit, address);
  // Of the dimensions within, for those that are stepped over by nobody.
  uint64_t innerBytes = elementBytes;
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t dimension = rank - 1 - i;
    const int64_t size = description.sizes[dimension];
    if (size > maxSize)
      return reason("dimension %" PRId64 " to be at most %" PRId64
                    ", got %" PRId64 "; pass a part of it",
                    dimension, maxSize, size);
    // A map has no empty dimensions. Nothing reads this one.
    geometry.sizes[i] = size == 0 ? 1 : size;
    geometry.box[i] = static_cast<uint32_t>(description.box[dimension]);
    geometry.elementStrides[i] = 1;
    if (i > 0) {
      uint64_t stride = uint64_t(description.strides[dimension]) * elementBytes;
      if (!hasElements || size == 1) {
        stride = (innerBytes + unit - 1) / unit * unit;
        stride = stride < strideLimit ? stride : unit;
      }
      if (stride % unit != 0)
        return reason("the stride of dimension %" PRId64
                      " to be a multiple of %" PRId64 " bytes, got %" PRId64
                      " bytes; copy it into a tensor with padded rows",
                      dimension, unit, static_cast<int64_t>(stride));
      // Unsigned, so that negative strides are beyond the limit.
      if (stride >= strideLimit)
        return reason(
            "the stride of dimension %" PRId64 " to be from 0 to %" PRIu64
            " bytes, got %" PRId64 " bytes; copy it into a contiguous tensor",
            dimension, strideLimit - unit, static_cast<int64_t>(stride));
      geometry.strides[i - 1] = stride;
      innerBytes = stride;
    }
    innerBytes *= geometry.sizes[i];
  }
  return true;
}

static CUtensorMapDataType getDataType(const gdr_tensor_map &description) {
  if (description.type_code == kDLBfloat)
    return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
  return description.type_bits == 16 ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16
                                     : CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
}

static CUtensorMapSwizzle getSwizzle(const gdr_tensor_map &description) {
  switch (description.swizzle) {
  case 32:
    return CU_TENSOR_MAP_SWIZZLE_32B;
  case 64:
    return CU_TENSOR_MAP_SWIZZLE_64B;
  case 128:
    return CU_TENSOR_MAP_SWIZZLE_128B;
  default:
    return CU_TENSOR_MAP_SWIZZLE_NONE;
  }
}

namespace {
/// The tensor in a sentence.
struct TensorName {
  char text[128];

  TensorName(const gdr_function &function, const gdr_tensor_map &description) {
    if (description.argument >= 0)
      std::snprintf(text, sizeof(text), "argument '%s'",
                    getName(function.argument_names, description.argument));
    else
      std::snprintf(text, sizeof(text), "an intermediate tensor of '%s'",
                    function.name);
  }
};
} // namespace

int64_t gdr_fits_boxes(gdr_call *, const gdr_tensor_map *description) {
  Geometry geometry;
  Reason reason;
  return getGeometry(*description, geometry, reason);
}

// Whether boxes of the tensor can be copied; otherwise the call fails.
static bool expectGeometry(gdr_call *call, const gdr_tensor_map &description,
                           const char *purpose, Geometry &geometry) {
  Reason reason;
  if (getGeometry(description, geometry, reason))
    return true;
  call->status =
      fail(GDR_INVALID_ARGUMENT, "%s: expected, for %s, %s",
           TensorName(*call->function, description).text, purpose, reason.text);
  return false;
}

void gdr_expect_boxes(gdr_call *call, const gdr_tensor_map *description) {
  Geometry geometry;
  if (call->status == GDR_OK)
    expectGeometry(call, *description, "copies of boxes", geometry);
}

void gdr_encode_tensor_map(gdr_call *call, void *map,
                           const gdr_tensor_map *description) {
  if (call->status != GDR_OK)
    return;
  const gdr_function &function = *call->function;
  const CudaDriver &driver = *call->loaded->driver;
  if (!call->loaded->hasTensorMaps) {
    call->status = fail(GDR_DRIVER_ERROR,
                        "function '%s': expected a device of compute "
                        "capability 9.0 or later and a CUDA driver of version "
                        "12.0 or later for a tensor map",
                        function.name);
    return;
  }
  Geometry geometry;
  if (!expectGeometry(call, *description, "a tensor map", geometry))
    return;
  // An empty tensor may have no address. Nothing is read through its map, so
  // that any address will do that is aligned and not null.
  void *address =
      isEmpty(*description) ? map : const_cast<void *>(description->address);
  if (CUresult error = driver.cuTensorMapEncodeTiled(
          static_cast<CUtensorMap *>(map), getDataType(*description),
          static_cast<uint32_t>(description->rank), address, geometry.sizes,
          geometry.strides, geometry.box, geometry.elementStrides,
          CU_TENSOR_MAP_INTERLEAVE_NONE, getSwizzle(*description),
          CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
          CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE))
    call->status = fail(GDR_DRIVER_ERROR,
                        "%s: cuTensorMapEncodeTiled failed with error %d: %s",
                        TensorName(function, *description).text, error,
                        driver.getErrorString(error));
}
