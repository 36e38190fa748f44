//===- Load.h - the kernels of a function on a device -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function's module is loaded once per device and kept until the process
// ends. function->state points to what is loaded so far, and a call reads it
// without a lock.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_LOAD_H
#define GDR_LIB_RUNTIME_LOAD_H

#include "ABI.h"
#include "CudaDriver.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace gdr::runtime {

struct LoadedKernel {
  CUfunction function = nullptr;
  /// The dynamic shared memory that a launch may ask for; only ever raised.
  std::atomic<int64_t> sharedLimit{0};
};

/// A function on one device.
struct LoadedFunction {
  /// The variant that runs on the device.
  const gdr_function *variant = nullptr;
  const CudaDriver *driver = nullptr;
  CUcontext context = nullptr;
  /// One, or one a kernel.
  std::unique_ptr<CUmodule[]> modules;
  int64_t numModules = 0;
  /// Whether the kernels hold the griddepcontrol that they were compiled with,
  /// which is so from compute capability 9.0 on, and the driver can launch them
  /// before the previous one has ended.
  bool canWaitForDependency = false;
  /// Whether the device has tensor maps, which begin with compute capability
  /// 9.0, and the driver can encode them.
  bool hasTensorMaps = false;
  /// The most shared memory that the device gives a block, in bytes.
  int64_t maxSharedBytes = 0;
  std::unique_ptr<LoadedKernel[]> kernels;
  /// Guards the raising of the limits of shared memory.
  std::mutex mutex;
};

/// Returns the function on a device, loading it if it is not there yet.
int32_t getLoadedFunction(const gdr_function &function, int64_t device,
                          LoadedFunction *&loaded);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_LOAD_H
