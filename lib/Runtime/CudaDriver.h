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
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76
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

/// The functions of the driver.
struct CudaDriver {
#define GDR_DECLARE_CUDA_FUNCTION(name, parameters) CUresult(*name) parameters;
  GDR_FOR_EACH_CUDA_FUNCTION(GDR_DECLARE_CUDA_FUNCTION)
#undef GDR_DECLARE_CUDA_FUNCTION

  /// New in CUDA 12.4: loads a kernel that the driver would otherwise load at
  /// its first launch. Null in an older driver.
  CUresult (*cuFuncLoad)(CUfunction function);

  /// Returns the driver's own words for an error.
  const char *getErrorString(CUresult error) const;
};

/// Loads the driver at the first call. A failure is final, and each later call
/// records it again.
int32_t getCudaDriver(const CudaDriver *&driver);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_CUDADRIVER_H
