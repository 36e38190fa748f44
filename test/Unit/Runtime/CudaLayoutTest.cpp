//===- CudaLayoutTest.cpp - our declarations against cuda.h ---------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime declares the driver's types itself. Where the CUDA toolkit is
// installed, this file does not compile unless they agree with it.
//
//===----------------------------------------------------------------------===//

#include "CudaDriver.h"

#include <cuda.h>

namespace ours = gdr::runtime;

#define EXPECT_SAME_OFFSET(type, field)                                        \
  static_assert(offsetof(ours::type, field) == offsetof(::type, field))
#define EXPECT_SAME_VALUE(name)                                                \
  static_assert(static_cast<int>(ours::name) == static_cast<int>(::name))

static_assert(sizeof(ours::CUlaunchConfig) == sizeof(::CUlaunchConfig));
EXPECT_SAME_OFFSET(CUlaunchConfig, gridDimX);
EXPECT_SAME_OFFSET(CUlaunchConfig, gridDimZ);
EXPECT_SAME_OFFSET(CUlaunchConfig, blockDimX);
EXPECT_SAME_OFFSET(CUlaunchConfig, blockDimZ);
EXPECT_SAME_OFFSET(CUlaunchConfig, sharedMemBytes);
EXPECT_SAME_OFFSET(CUlaunchConfig, hStream);
EXPECT_SAME_OFFSET(CUlaunchConfig, attrs);
EXPECT_SAME_OFFSET(CUlaunchConfig, numAttrs);

static_assert(sizeof(ours::CUlaunchAttribute) == sizeof(::CUlaunchAttribute));
EXPECT_SAME_OFFSET(CUlaunchAttribute, id);
EXPECT_SAME_OFFSET(CUlaunchAttribute, value);
EXPECT_SAME_OFFSET(CUlaunchAttributeValue,
                   programmaticStreamSerializationAllowed);

EXPECT_SAME_VALUE(CUDA_SUCCESS);
EXPECT_SAME_VALUE(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
EXPECT_SAME_VALUE(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
EXPECT_SAME_VALUE(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
EXPECT_SAME_VALUE(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
EXPECT_SAME_VALUE(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
EXPECT_SAME_VALUE(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
EXPECT_SAME_VALUE(CU_JIT_ERROR_LOG_BUFFER);
EXPECT_SAME_VALUE(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
EXPECT_SAME_VALUE(CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);

EXPECT_SAME_VALUE(CU_TENSOR_MAP_DATA_TYPE_FLOAT16);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_DATA_TYPE_FLOAT32);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_DATA_TYPE_BFLOAT16);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_INTERLEAVE_NONE);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_SWIZZLE_NONE);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_SWIZZLE_32B);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_SWIZZLE_64B);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_SWIZZLE_128B);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_L2_PROMOTION_L2_256B);
EXPECT_SAME_VALUE(CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
static_assert(sizeof(ours::CUtensorMap) == sizeof(::CUtensorMap));
static_assert(alignof(ours::CUtensorMap) >= alignof(::CUtensorMap));

// The parameters have types of their own, so only their number and sizes can
// be compared: a macro of cuda.h that renames a function fails to compile here.
#define EXPECT_FUNCTION(name, parameters)                                      \
  static_assert(sizeof(&::name) == sizeof(ours::CudaDriver::name));
GDR_FOR_EACH_CUDA_FUNCTION(EXPECT_FUNCTION)
GDR_FOR_EACH_NEW_CUDA_FUNCTION(EXPECT_FUNCTION)
