//===- Device.h - primary contexts and the current one ----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime works in a device's primary context, the one that the CUDA
// runtime API and PyTorch use.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_DEVICE_H
#define GDR_LIB_RUNTIME_DEVICE_H

#include "CudaDriver.h"

namespace gdr::runtime {

constexpr int64_t maxDevices = 128;

struct Device {
  CUdevice handle;
  CUcontext context;
};

/// Retains the primary context of a device at its first use; it is kept until
/// the process ends. Takes a lock.
int32_t getDevice(const CudaDriver &driver, int64_t ordinal, Device &device);

/// Makes a context the current one of this thread, and the previous one
/// current again when it goes out of scope.
class ScopedContext {
public:
  explicit ScopedContext(const CudaDriver &driver) : driver(driver) {}
  ~ScopedContext();
  ScopedContext(const ScopedContext &) = delete;
  ScopedContext &operator=(const ScopedContext &) = delete;

  int32_t enter(CUcontext context);

private:
  const CudaDriver &driver;
  CUcontext previous = nullptr;
  bool changed = false;
};

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_DEVICE_H
