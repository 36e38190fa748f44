//===- DeviceMemory.cpp - memory and time on a GPU ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceMemory.h"

#include "Error.h"

#include <dlfcn.h>

using namespace mlir;
using namespace mlir::gdr::run;

// The names that the library exports; handles are plain pointers here, and
// device addresses the integers that they are in cuda.h.
#define GDR_FOR_EACH_DRIVER_FUNCTION(FUNCTION)                                 \
  FUNCTION(cuInit, (unsigned flags))                                           \
  FUNCTION(cuGetErrorString, (int error, const char **string))                 \
  FUNCTION(cuDeviceGetCount, (int *count))                                     \
  FUNCTION(cuDeviceGet, (int *device, int ordinal))                            \
  FUNCTION(cuDeviceGetName, (char *name, int length, int device))              \
  FUNCTION(cuDeviceGetAttribute, (int *value, int attribute, int device))      \
  FUNCTION(cuDevicePrimaryCtxRetain, (void **context, int device))             \
  FUNCTION(cuCtxSetCurrent, (void *context))                                   \
  FUNCTION(cuMemAlloc_v2, (uint64_t *address, size_t bytes))                   \
  FUNCTION(cuMemFree_v2, (uint64_t address))                                   \
  FUNCTION(cuMemcpyHtoDAsync_v2,                                               \
           (uint64_t to, const void *from, size_t bytes, void *stream))        \
  FUNCTION(cuMemcpyDtoH_v2, (void *to, uint64_t from, size_t bytes))           \
  FUNCTION(cuMemcpyDtoDAsync_v2,                                               \
           (uint64_t to, uint64_t from, size_t bytes, void *stream))           \
  FUNCTION(cuStreamCreate, (void **stream, unsigned flags))                    \
  FUNCTION(cuStreamSynchronize, (void *stream))                                \
  FUNCTION(cuStreamBeginCapture_v2, (void *stream, int mode))                  \
  FUNCTION(cuStreamEndCapture, (void *stream, void **graph))                   \
  FUNCTION(cuGraphInstantiateWithFlags,                                        \
           (void **executable, void *graph, unsigned long long flags))         \
  FUNCTION(cuGraphLaunch, (void *executable, void *stream))                    \
  FUNCTION(cuGraphExecDestroy, (void *executable))                             \
  FUNCTION(cuGraphDestroy, (void *graph))                                      \
  FUNCTION(cuEventCreate, (void **event, unsigned flags))                      \
  FUNCTION(cuEventDestroy_v2, (void *event))                                   \
  FUNCTION(cuEventRecord, (void *event, void *stream))                         \
  FUNCTION(cuEventSynchronize, (void *event))                                  \
  FUNCTION(cuEventElapsedTime, (float *ms, void *begin, void *end))

// Values of cuda.h.
static constexpr int attributeL2CacheSize = 38;
static constexpr int attributeMajor = 75;
static constexpr int attributeMinor = 76;
static constexpr unsigned streamNonBlocking = 1;
static constexpr int captureModeThreadLocal = 1;

namespace mlir::gdr::run {

struct Driver {
#define GDR_DECLARE(name, parameters) int(*name) parameters;
  GDR_FOR_EACH_DRIVER_FUNCTION(GDR_DECLARE)
#undef GDR_DECLARE

  llvm::Error load();
  /// An error if the call `what` did not return 0.
  llvm::Error check(int result, StringRef what) const;
};

} // namespace mlir::gdr::run

llvm::Error Driver::load() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError("no CUDA driver found (libcuda.so.1); use --target=cpu");
#define GDR_LOOK_UP(name, parameters)                                          \
  name = reinterpret_cast<decltype(name)>(dlsym(library, #name));              \
  if (!name)                                                                   \
    return makeError("the CUDA driver has no function {0}; use --target=cpu",  \
                     #name);
  GDR_FOR_EACH_DRIVER_FUNCTION(GDR_LOOK_UP)
#undef GDR_LOOK_UP
  return llvm::Error::success();
}

llvm::Error Driver::check(int result, StringRef what) const {
  if (result == 0)
    return llvm::Error::success();
  const char *string = nullptr;
  cuGetErrorString(result, &string);
  return makeError("{0} failed: {1}", what, string ? string : "unknown error");
}

static uint64_t getAddress(const void *data) {
  return reinterpret_cast<uintptr_t>(data);
}

DeviceBuffer::~DeviceBuffer() {
  if (data)
    driver->cuMemFree_v2(getAddress(data));
}

// The context and the stream end with the process.
Device::~Device() = default;

llvm::Expected<std::unique_ptr<Device>> Device::create() {
  std::unique_ptr<Device> device(new Device);
  device->driver = std::make_unique<Driver>();
  Driver &driver = *device->driver;
  if (llvm::Error error = driver.load())
    return error;
  int count = 0, ordinal = 0, l2Bytes = 0;
  if (llvm::Error error = driver.check(driver.cuInit(0), "cuInit"))
    return error;
  if (driver.cuDeviceGetCount(&count) != 0 || count == 0)
    return makeError("no GPU found; use --target=cpu");
  void *context = nullptr;
  char name[128] = "";
  for (auto [result, what] :
       {std::pair(driver.cuDeviceGet(&ordinal, 0), "cuDeviceGet"),
        std::pair(driver.cuDevicePrimaryCtxRetain(&context, ordinal),
                  "cuDevicePrimaryCtxRetain"),
        std::pair(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent"),
        std::pair(driver.cuDeviceGetName(name, sizeof(name), ordinal),
                  "cuDeviceGetName"),
        std::pair(driver.cuStreamCreate(&device->stream, streamNonBlocking),
                  "cuStreamCreate")})
    if (llvm::Error error = driver.check(result, what))
      return error;
  driver.cuDeviceGetAttribute(&device->major, attributeMajor, ordinal);
  driver.cuDeviceGetAttribute(&device->minor, attributeMinor, ordinal);
  driver.cuDeviceGetAttribute(&l2Bytes, attributeL2CacheSize, ordinal);
  device->name = name;
  device->l2Bytes = l2Bytes;
  return device;
}

std::string Device::getChip() const {
  std::string chip = "sm_" + std::to_string(10 * major + minor);
  return major >= 9 ? chip + "a" : chip;
}

llvm::Expected<DeviceBuffer> Device::allocate(int64_t numBytes) const {
  if (numBytes == 0)
    return DeviceBuffer();
  uint64_t address = 0;
  if (llvm::Error error = driver->check(
          driver->cuMemAlloc_v2(&address, numBytes),
          llvm::formatv("allocating {0} bytes on the GPU", numBytes).str()))
    return error;
  return DeviceBuffer(driver.get(), reinterpret_cast<void *>(address),
                      numBytes);
}

llvm::Error Device::copyToDevice(void *to, const void *from,
                                 int64_t numBytes) const {
  // In the stream: a copy without one may return before it has arrived, and
  // kernels in this stream would not wait for it.
  return driver->check(driver->cuMemcpyHtoDAsync_v2(getAddress(to), from,
                                                    numBytes, stream),
                       "copying to the GPU");
}

llvm::Error Device::copyToHost(void *to, const void *from,
                               int64_t numBytes) const {
  return driver->check(driver->cuMemcpyDtoH_v2(to, getAddress(from), numBytes),
                       "copying from the GPU");
}

llvm::Error Device::copyOnDevice(void *to, const void *from,
                                 int64_t numBytes) const {
  return driver->check(driver->cuMemcpyDtoDAsync_v2(
                           getAddress(to), getAddress(from), numBytes, stream),
                       "copying on the GPU");
}

llvm::Error Device::synchronize() const {
  return driver->check(driver->cuStreamSynchronize(stream), "the kernel");
}

llvm::Expected<SmallVector<double>>
Device::measure(function_ref<llvm::Error()> enqueue, int64_t repeat) const {
  void *graph = nullptr, *executable = nullptr, *begin = nullptr,
       *end = nullptr;
  int result = driver->cuStreamBeginCapture_v2(stream, captureModeThreadLocal);
  if (llvm::Error error = driver->check(result, "capturing the stream"))
    return error;
  llvm::Error enqueued = enqueue();
  result = driver->cuStreamEndCapture(stream, &graph);
  if (enqueued)
    return enqueued;
  if (result == 0)
    result = driver->cuGraphInstantiateWithFlags(&executable, graph, 0);
  if (result == 0)
    result = driver->cuEventCreate(&begin, 0);
  if (result == 0)
    result = driver->cuEventCreate(&end, 0);
  SmallVector<double> seconds;
  // The first launches warm up.
  constexpr int64_t warmUp = 3;
  for (int64_t i = 0; i < warmUp + repeat && result == 0; ++i) {
    float milliseconds = 0;
    for (int step :
         {driver->cuEventRecord(begin, stream),
          driver->cuGraphLaunch(executable, stream),
          driver->cuEventRecord(end, stream), driver->cuEventSynchronize(end),
          driver->cuEventElapsedTime(&milliseconds, begin, end)})
      if (result == 0)
        result = step;
    if (i >= warmUp)
      seconds.push_back(milliseconds * 1e-3);
  }
  driver->cuEventDestroy_v2(begin);
  driver->cuEventDestroy_v2(end);
  driver->cuGraphExecDestroy(executable);
  driver->cuGraphDestroy(graph);
  if (llvm::Error error = driver->check(result, "the measurement"))
    return error;
  return seconds;
}
