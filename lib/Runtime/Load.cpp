//===- Load.cpp - the kernels of a function on a device -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loading is slow (the driver may compile PTX) and done under the function's
// lock. A failure leaves nothing behind, so that the next call tries again: the
// commonest, loading during a stream capture, is cured by calling name_load.
//
//===----------------------------------------------------------------------===//

#include "Load.h"
#include "Device.h"
#include "Error.h"
#include "Image.h"

#include <cstdlib>
#include <new>

using namespace gdr::runtime;

namespace {
/// What function->state points to. Never freed: another thread may be
/// launching, and the driver may already be gone when the process ends.
struct FunctionState {
  std::mutex mutex;
  std::atomic<LoadedFunction *> devices[maxDevices] = {};
};
} // namespace

/// What a launch may ask for without raising the limit (CUDA C++ programming
/// guide, "shared memory").
static constexpr int64_t defaultSharedLimit = 48 * 1024;

/// The first compute capability with griddepcontrol and tensor maps (PTX ISA).
static constexpr int64_t griddepcontrolCapability = 90;
static constexpr int64_t tensorMapCapability = 90;

/// The first driver that captures programmatic dependent launches into graphs
/// (CUDA C++ programming guide, "edge data"). Whether a stream is captured is
/// not asked at each launch.
static constexpr int programmaticLaunchVersion = 12030;

static bool hasProgrammaticLaunch(const CudaDriver &driver) {
  int version = 0;
  return driver.cuDriverGetVersion(&version) == CUDA_SUCCESS &&
         version >= programmaticLaunchVersion;
}

static int32_t failOutOfMemory(const gdr_function &function) {
  return fail(GDR_DRIVER_ERROR, "function '%s': out of host memory",
              function.name);
}

static int32_t failToLoad(const CudaDriver &driver,
                          const gdr_function &function, int64_t device,
                          const char *call, CUresult error,
                          const char *log = "") {
  bool isCapturing = error >= CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED &&
                     error <= CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  if (isCapturing)
    return fail(GDR_DRIVER_ERROR,
                "function '%s' on device %" PRId64
                ": %s failed with error %d: %s; call %s_load(%" PRId64
                ") before the capture of a CUDA graph",
                function.name, device, call, error,
                driver.getErrorString(error), function.name, device);
  return fail(GDR_DRIVER_ERROR,
              "function '%s' on device %" PRId64
              ": %s failed with error %d: %s%s%s",
              function.name, device, call, error, driver.getErrorString(error),
              *log ? "; " : "", log);
}

namespace {
/// What the runtime asks of a device.
struct DeviceLimits {
  int64_t computeCapability; // 10 * major + minor
  int64_t sharedBytes;
};
} // namespace

static int32_t getDeviceLimits(const CudaDriver &driver,
                               const gdr_function &function, int64_t ordinal,
                               CUdevice device, DeviceLimits &limits) {
  int major = 0, minor = 0, sharedBytes = 0;
  CUresult error = driver.cuDeviceGetAttribute(
      &major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
  if (!error)
    error = driver.cuDeviceGetAttribute(
        &minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
  if (!error)
    error = driver.cuDeviceGetAttribute(
        &sharedBytes, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN,
        device);
  if (error)
    return failToLoad(driver, function, ordinal, "cuDeviceGetAttribute", error);
  limits = {10 * major + minor, sharedBytes};
  return GDR_OK;
}

static int32_t loadModule(const CudaDriver &driver,
                          const gdr_function &function, int64_t device,
                          const gdr_image &image, CUmodule &module) {
  const void *data = image.data;
  char *text = nullptr;
  if (image.kind == GDR_IMAGE_PTX) {
    // The driver reads PTX up to a NUL byte, which an image need not end in.
    text = static_cast<char *>(std::malloc(image.size + 1));
    if (!text)
      return failOutOfMemory(function);
    std::memcpy(text, image.data, image.size);
    text[image.size] = '\0';
    data = text;
  }
  char log[512] = "";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER,
                            CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log) - 1)};
  CUresult error = driver.cuModuleLoadDataEx(&module, data, 2, options, values);
  std::free(text);
  if (error)
    return failToLoad(driver, function, device, "cuModuleLoadDataEx", error,
                      log);
  return GDR_OK;
}

static int32_t getKernel(const CudaDriver &driver, const gdr_function &function,
                         int64_t device, CUmodule module, int64_t number,
                         LoadedKernel &kernel) {
  kernel.sharedLimit.store(defaultSharedLimit, std::memory_order_relaxed);
  const char *call = "cuModuleGetFunction";
  CUresult error = driver.cuModuleGetFunction(
      &kernel.function, module, getName(function.kernel_names, number));
  if (!error && driver.cuFuncLoad) {
    // Otherwise the driver would load it at the first launch, which may be in a
    // capture.
    call = "cuFuncLoad";
    error = driver.cuFuncLoad(kernel.function);
  }
  if (error)
    return failToLoad(driver, function, device, call, error);
  return GDR_OK;
}

// Loads the images like `best`, and the kernels that they have.
static int32_t loadImages(const CudaDriver &driver,
                          const gdr_function &function, int64_t device,
                          const gdr_image &best, LoadedFunction &loaded) {
  loaded.modules.reset(new (std::nothrow) CUmodule[function.num_images]);
  if (!loaded.modules)
    return failOutOfMemory(function);
  for (int64_t i = 0; i < function.num_images; ++i) {
    const gdr_image &image = function.images[i];
    if (!areAlike(image, best))
      continue;
    CUmodule &module = loaded.modules[loaded.numModules];
    if (int32_t status = loadModule(driver, function, device, image, module))
      return status;
    ++loaded.numModules;
    bool hasAll = image.kernel < 0;
    int64_t begin = hasAll ? 0 : image.kernel;
    int64_t end = hasAll ? function.num_kernels : image.kernel + 1;
    for (int64_t kernel = begin; kernel < end; ++kernel)
      if (int32_t status = getKernel(driver, function, device, module, kernel,
                                     loaded.kernels[kernel]))
        return status;
    if (hasAll)
      break;
  }
  for (int64_t kernel = 0; kernel < function.num_kernels; ++kernel)
    if (!loaded.kernels[kernel].function)
      return fail(
          GDR_NO_IMAGE,
          "function '%s' on device %" PRId64 ": no image has its kernel '%s'",
          function.name, device, getName(function.kernel_names, kernel));
  return GDR_OK;
}

static int32_t loadFunction(const gdr_function &function, int64_t ordinal,
                            LoadedFunction &loaded) {
  const CudaDriver *driver;
  if (int32_t status = getCudaDriver(driver))
    return status;
  Device device;
  if (int32_t status = getDevice(*driver, ordinal, device))
    return status;
  DeviceLimits limits;
  if (int32_t status =
          getDeviceLimits(*driver, function, ordinal, device.handle, limits))
    return status;
  ChosenImage chosen;
  if (int32_t status =
          chooseImage(function, ordinal, limits.computeCapability, chosen))
    return status;
  loaded.variant = chosen.variant;
  loaded.kernels.reset(new (std::nothrow)
                           LoadedKernel[chosen.variant->num_kernels]);
  if (!loaded.kernels)
    return failOutOfMemory(function);

  ScopedContext scope(*driver);
  if (int32_t status = scope.enter(device.context))
    return status;
  loaded.driver = driver;
  loaded.context = device.context;
  // Not the device's: PTX for an older chip has none on any device.
  loaded.canWaitForDependency =
      chosen.image->compute_capability >= griddepcontrolCapability &&
      hasProgrammaticLaunch(*driver);
  loaded.hasTensorMaps = limits.computeCapability >= tensorMapCapability &&
                         driver->cuTensorMapEncodeTiled;
  loaded.maxSharedBytes = limits.sharedBytes;
  int32_t status =
      loadImages(*driver, *chosen.variant, ordinal, *chosen.image, loaded);
  if (status != GDR_OK)
    for (int64_t i = 0; i < loaded.numModules; ++i)
      driver->cuModuleUnload(loaded.modules[i]);
  return status;
}

/// Returns what function->state points to, creating it, or null.
static FunctionState *getState(const gdr_function &function) {
  // The object's `state` is plain memory, hence not a std::atomic.
  void *state = __atomic_load_n(function.state, __ATOMIC_ACQUIRE);
  if (state)
    return static_cast<FunctionState *>(state);
  auto *created = new (std::nothrow) FunctionState;
  if (!created)
    return nullptr;
  if (__atomic_compare_exchange_n(function.state, &state,
                                  static_cast<void *>(created), false,
                                  __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return created;
  delete created;
  return static_cast<FunctionState *>(state);
}

int32_t gdr::runtime::getLoadedFunction(const gdr_function &function,
                                        int64_t device,
                                        LoadedFunction *&loaded) {
  FunctionState *state = getState(function);
  if (!state)
    return failOutOfMemory(function);
  if (device < 0 || device >= maxDevices) {
    // There is no such device, which loading it says.
    LoadedFunction none;
    return loadFunction(function, device, none);
  }
  std::atomic<LoadedFunction *> &entry = state->devices[device];
  loaded = entry.load(std::memory_order_acquire);
  if (loaded)
    return GDR_OK;

  std::lock_guard<std::mutex> lock(state->mutex);
  loaded = entry.load(std::memory_order_relaxed);
  if (loaded)
    return GDR_OK;
  std::unique_ptr<LoadedFunction> created(new (std::nothrow) LoadedFunction);
  if (!created)
    return failOutOfMemory(function);
  if (int32_t status = loadFunction(function, device, *created))
    return status;
  loaded = created.release();
  entry.store(loaded, std::memory_order_release);
  return GDR_OK;
}

int32_t gdr_load(const gdr_function *function, int32_t device) {
  if (int32_t status = checkVersion(*function))
    return status;
  // A CPU function has no kernels, and must not need a driver.
  if (function->device_type != kDLCUDA)
    return GDR_OK;
  LoadedFunction *loaded;
  return getLoadedFunction(*function, device, loaded);
}
