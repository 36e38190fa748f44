//===- Driver.cpp - the CUDA driver, loaded at run time -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Opens libcuda.so.1, or the library that gdr_set_driver_library named, looks
// up the functions and initializes the driver, once per process. The library is
// never closed: kernels may run until the process ends.
//
//===----------------------------------------------------------------------===//

#include "CudaDriver.h"
#include "Error.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>

using namespace gdr::runtime;

namespace {
struct DriverState {
  std::mutex mutex;
  /// From the library's user, or null.
  char *path = nullptr;
  bool tried = false;
  int32_t status = GDR_OK;
  char sentence[512] = "";
  CudaDriver functions = {};
};
} // namespace

static DriverState state;
static std::atomic<const CudaDriver *> loaded{nullptr};

const char *CudaDriver::getErrorString(CUresult error) const {
  const char *string = nullptr;
  if (cuGetErrorString(error, &string) != CUDA_SUCCESS || !string)
    return "unknown error";
  return string;
}

template <typename... Arguments>
static int32_t failLoading(const char *format, Arguments... arguments) {
  std::snprintf(state.sentence, sizeof(state.sentence), format, arguments...);
  return GDR_NO_DEVICE;
}

static int32_t loadDriver() {
  const char *path = state.path ? state.path : "libcuda.so.1";
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return failLoading("cannot load the CUDA driver: %s", dlerror());

  const char *missing = nullptr;
  CudaDriver &driver = state.functions;
#define GDR_LOOK_UP(name, parameters)                                          \
  driver.name = reinterpret_cast<decltype(driver.name)>(dlsym(library, #name));
#define GDR_REQUIRE(name, parameters)                                          \
  if (!driver.name && !missing)                                                \
    missing = #name;
  GDR_FOR_EACH_CUDA_FUNCTION(GDR_LOOK_UP)
  GDR_FOR_EACH_CUDA_FUNCTION(GDR_REQUIRE)
  GDR_FOR_EACH_NEW_CUDA_FUNCTION(GDR_LOOK_UP)
#undef GDR_REQUIRE
#undef GDR_LOOK_UP
  if (missing) {
    dlclose(library);
    return failLoading("the CUDA driver '%s' has no function '%s'; expected "
                       "version 11.8 or later",
                       path, missing);
  }

  if (CUresult error = driver.cuInit(0))
    return failLoading("cuInit failed with error %d: %s", error,
                       driver.getErrorString(error));
  return GDR_OK;
}

int32_t gdr::runtime::getCudaDriver(const CudaDriver *&driver) {
  driver = loaded.load(std::memory_order_acquire);
  if (driver)
    return GDR_OK;
  std::lock_guard<std::mutex> lock(state.mutex);
  if (!state.tried) {
    state.tried = true;
    state.status = loadDriver();
    if (state.status == GDR_OK)
      loaded.store(&state.functions, std::memory_order_release);
  }
  if (state.status != GDR_OK)
    return fail(state.status, "%s", state.sentence);
  driver = &state.functions;
  return GDR_OK;
}

int32_t gdr_set_driver_library(const char *path) {
  std::lock_guard<std::mutex> lock(state.mutex);
  if (state.tried)
    return fail(GDR_INVALID_ARGUMENT,
                "expected the driver library to be set before the first call "
                "that needs the driver");
  std::free(state.path);
  state.path = path ? strdup(path) : nullptr;
  return GDR_OK;
}
