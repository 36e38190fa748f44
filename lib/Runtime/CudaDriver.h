//===- CudaDriver.h - the CUDA driver, loaded at run time -------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few types, constants and functions of the CUDA driver that the runtime
// uses, so that it builds without the CUDA toolkit and runs without a driver.
// The layouts are those of cuda.h, which has kept them since CUDA 11.8.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CUDADRIVER_H
#define GDR_LIB_RUNTIME_CUDADRIVER_H

#include <cstddef>
#include <cstdint>

namespace gdr::runtime {

using CUresult = int;
using CUdevice = int;
using CUcontext = struct CUctx_st *;
using CUmodule = struct CUmod_st *;
using CUfunction = struct CUfunc_st *;
using CUstream = struct CUstream_st *;

enum : CUresult {
  CUDA_SUCCESS = 0,
  // 900 to 908 say that the call is not allowed during a stream capture.
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
  CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD = 908
};

enum CUdevice_attribute : int {
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
  CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97
};

enum CUfunction_attribute : int {
  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8
};

enum CUjit_option : int {
  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6
};

enum CUlaunchAttributeID : int {
  CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION = 6
};

union CUlaunchAttributeValue {
  char pad[64];
  int programmaticStreamSerializationAllowed;
};

struct CUlaunchAttribute {
  CUlaunchAttributeID id;
  char pad[8 - sizeof(CUlaunchAttributeID)];
  CUlaunchAttributeValue value;
};

struct CUlaunchConfig {
  unsigned int gridDimX, gridDimY, gridDimZ;
  unsigned int blockDimX, blockDimY, blockDimZ;
  unsigned int sharedMemBytes;
  CUstream hStream;
  CUlaunchAttribute *attrs;
  unsigned int numAttrs;
};

enum CUtensorMapDataType : int {
  CU_TENSOR_MAP_DATA_TYPE_FLOAT16 = 6,
  CU_TENSOR_MAP_DATA_TYPE_FLOAT32 = 7,
  CU_TENSOR_MAP_DATA_TYPE_BFLOAT16 = 9
};

enum CUtensorMapInterleave : int { CU_TENSOR_MAP_INTERLEAVE_NONE = 0 };

enum CUtensorMapSwizzle : int {
  CU_TENSOR_MAP_SWIZZLE_NONE = 0,
  CU_TENSOR_MAP_SWIZZLE_32B = 1,
  CU_TENSOR_MAP_SWIZZLE_64B = 2,
  CU_TENSOR_MAP_SWIZZLE_128B = 3
};

enum CUtensorMapL2promotion : int { CU_TENSOR_MAP_L2_PROMOTION_L2_256B = 3 };

/// Out of bounds is zero.
enum CUtensorMapFloatOOBfill : int { CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE = 0 };

/// Aligned as in CUDA 13, more than before.
struct alignas(128) CUtensorMap {
  uint64_t opaque[16];
};

static_assert(sizeof(CUlaunchAttributeValue) == 64);
static_assert(sizeof(CUlaunchAttribute) == 72);
static_assert(offsetof(CUlaunchAttribute, value) == 8);
static_assert(sizeof(CUlaunchConfig) == 56);
static_assert(offsetof(CUlaunchConfig, hStream) == 32);
static_assert(offsetof(CUlaunchConfig, attrs) == 40);
static_assert(offsetof(CUlaunchConfig, numAttrs) == 48);

// The names are those that the library exports, which cuda.h may hide behind a
// macro (cuDeviceGet has no suffix, many others have _v2).
#define GDR_FOR_EACH_CUDA_FUNCTION(FUNCTION)                                   \
  FUNCTION(cuInit, (unsigned int flags))                                       \
  FUNCTION(cuDriverGetVersion, (int *version))                                 \
  FUNCTION(cuGetErrorString, (CUresult error, const char **string))            \
  FUNCTION(cuDeviceGetCount, (int *count))                                     \
  FUNCTION(cuDeviceGet, (CUdevice * device, int ordinal))                      \
  FUNCTION(cuDeviceGetAttribute,                                               \
           (int *value, CUdevice_attribute attribute, CUdevice device))        \
  FUNCTION(cuDevicePrimaryCtxRetain, (CUcontext * context, CUdevice device))   \
  FUNCTION(cuCtxGetCurrent, (CUcontext * context))                             \
  FUNCTION(cuCtxSetCurrent, (CUcontext context))                               \
  FUNCTION(cuModuleLoadDataEx,                                                 \
           (CUmodule * module, const void *image, unsigned int numOptions,     \
            CUjit_option *options, void **values))                             \
  FUNCTION(cuModuleUnload, (CUmodule module))                                  \
  FUNCTION(cuModuleGetFunction,                                                \
           (CUfunction * function, CUmodule module, const char *name))         \
  FUNCTION(cuFuncSetAttribute,                                                 \
           (CUfunction function, CUfunction_attribute attribute, int value))   \
  FUNCTION(cuLaunchKernelEx,                                                   \
           (const CUlaunchConfig *config, CUfunction function,                 \
            void **parameters, void **extra))

// Those that an older driver lacks.
#define GDR_FOR_EACH_NEW_CUDA_FUNCTION(FUNCTION)                               \
  /* 12.4: loads a kernel before its first launch, which otherwise does. */    \
  FUNCTION(cuFuncLoad, (CUfunction function))                                  \
  /* 12.0 */                                                                   \
  FUNCTION(cuTensorMapEncodeTiled,                                             \
           (CUtensorMap * map, CUtensorMapDataType type, uint32_t rank,        \
            void *address, const uint64_t *sizes, const uint64_t *strides,     \
            const uint32_t *box, const uint32_t *elementStrides,               \
            CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,      \
            CUtensorMapL2promotion promotion, CUtensorMapFloatOOBfill fill))

/// The functions of the driver; the new ones may be null.
struct CudaDriver {
#define GDR_DECLARE_CUDA_FUNCTION(name, parameters) CUresult(*name) parameters;
  GDR_FOR_EACH_CUDA_FUNCTION(GDR_DECLARE_CUDA_FUNCTION)
  GDR_FOR_EACH_NEW_CUDA_FUNCTION(GDR_DECLARE_CUDA_FUNCTION)
#undef GDR_DECLARE_CUDA_FUNCTION

  /// Returns the driver's own words for an error.
  const char *getErrorString(CUresult error) const;
};

/// Loads the driver at the first call. A failure is final, and each later call
/// records it again.
int32_t getCudaDriver(const CudaDriver *&driver);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_CUDADRIVER_H
