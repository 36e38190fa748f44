//===- Device.cpp - primary contexts and the current one ------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Retaining a primary context is counted by the driver, so it is done once per
// device and process, whatever the number of functions.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "Error.h"

#include <mutex>

using namespace gdr::runtime;

static std::mutex mutex;
static CUcontext primaryContexts[maxDevices];

static int32_t failOnDevice(const CudaDriver &driver, int64_t ordinal,
                            const char *call, CUresult error) {
  return fail(GDR_DRIVER_ERROR,
              "device %" PRId64 ": %s failed with error %d: %s", ordinal, call,
              error, driver.getErrorString(error));
}

int32_t gdr::runtime::getDevice(const CudaDriver &driver, int64_t ordinal,
                                Device &device) {
  int count = 0;
  if (CUresult error = driver.cuDeviceGetCount(&count))
    return failOnDevice(driver, ordinal, "cuDeviceGetCount", error);
  if (count > maxDevices)
    count = maxDevices;
  if (ordinal < 0 || ordinal >= count)
    return fail(GDR_NO_DEVICE,
                "expected the number of a CUDA device below %d, got %" PRId64,
                count, ordinal);
  if (CUresult error =
          driver.cuDeviceGet(&device.handle, static_cast<int>(ordinal)))
    return failOnDevice(driver, ordinal, "cuDeviceGet", error);

  std::lock_guard<std::mutex> lock(mutex);
  CUcontext &context = primaryContexts[ordinal];
  if (!context) {
    CUcontext retained = nullptr;
    if (CUresult error =
            driver.cuDevicePrimaryCtxRetain(&retained, device.handle))
      return failOnDevice(driver, ordinal, "cuDevicePrimaryCtxRetain", error);
    context = retained;
  }
  device.context = context;
  return GDR_OK;
}

int32_t ScopedContext::enter(CUcontext context) {
  if (CUresult error = driver.cuCtxGetCurrent(&previous))
    return fail(GDR_DRIVER_ERROR, "cuCtxGetCurrent failed with error %d: %s",
                error, driver.getErrorString(error));
  if (previous == context)
    return GDR_OK;
  if (CUresult error = driver.cuCtxSetCurrent(context))
    return fail(GDR_DRIVER_ERROR, "cuCtxSetCurrent failed with error %d: %s",
                error, driver.getErrorString(error));
  changed = true;
  return GDR_OK;
}

ScopedContext::~ScopedContext() {
  // Fails only if the caller's context is gone, which is not our news to tell.
  if (changed)
    driver.cuCtxSetCurrent(previous);
}
