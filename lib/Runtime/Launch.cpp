//===- Launch.cpp - one kernel launch -------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks a launch against the limits of a grid, which the driver would answer
// with no more than "invalid argument", and passes it to cuLaunchKernelEx.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Error.h"

#include <climits>

using namespace gdr::runtime;

namespace {
/// A launch parameter with the range that the driver takes (CUDA C++
/// programming guide, "compute capabilities").
struct Bounded {
  const char *name;
  int64_t value, minimum, maximum;
};
} // namespace

static const char *getKernelName(const gdr_call &call, int64_t kernel) {
  return getName(call.function->kernel_names, kernel);
}

static int32_t failInDriver(const gdr_call &call, int64_t kernel,
                            const char *function, CUresult error) {
  return fail(GDR_DRIVER_ERROR,
              "function '%s', kernel '%s': %s failed with error %d: %s",
              call.function->name, getKernelName(call, kernel), function, error,
              call.loaded->driver->getErrorString(error));
}

/// Raises the limit of the dynamic shared memory of a kernel. It is never
/// lowered, or another thread's launch could fail.
static int32_t raiseSharedLimit(const gdr_call &call, int64_t kernel,
                                int64_t sharedBytes) {
  if (sharedBytes > call.loaded->maxSharedBytes)
    return fail(GDR_INVALID_ARGUMENT,
                "function '%s', kernel '%s': expected shared_bytes to be at "
                "most %" PRId64 ", what the device has for a block, got "
                "%" PRId64 "; compile for this chip",
                call.function->name, getKernelName(call, kernel),
                call.loaded->maxSharedBytes, sharedBytes);
  LoadedKernel &loaded = call.loaded->kernels[kernel];
  std::lock_guard<std::mutex> lock(call.loaded->mutex);
  if (sharedBytes <= loaded.sharedLimit.load(std::memory_order_relaxed))
    return GDR_OK;
  if (CUresult error = call.loaded->driver->cuFuncSetAttribute(
          loaded.function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
          static_cast<int>(sharedBytes)))
    return failInDriver(call, kernel, "cuFuncSetAttribute", error);
  loaded.sharedLimit.store(sharedBytes, std::memory_order_release);
  return GDR_OK;
}

void gdr_launch(gdr_call *call, int64_t kernel, int64_t grid_x, int64_t grid_y,
                int64_t grid_z, int64_t block_x, int64_t block_y,
                int64_t block_z, int64_t shared_bytes, int64_t flags,
                void **parameters) {
  if (call->status != GDR_OK)
    return;
  const Bounded bounds[] = {{"grid_x", grid_x, 0, INT_MAX},
                            {"grid_y", grid_y, 0, 65535},
                            {"grid_z", grid_z, 0, 65535},
                            {"block_x", block_x, 1, 1024},
                            {"block_y", block_y, 1, 1024},
                            {"block_z", block_z, 1, 64},
                            {"shared_bytes", shared_bytes, 0, INT_MAX}};
  for (const Bounded &bound : bounds) {
    if (bound.value < bound.minimum || bound.value > bound.maximum) {
      call->status =
          fail(GDR_INVALID_ARGUMENT,
               "function '%s', kernel '%s': expected %s to be between %" PRId64
               " and %" PRId64 ", got %" PRId64,
               call->function->name, getKernelName(*call, kernel), bound.name,
               bound.minimum, bound.maximum, bound.value);
      return;
    }
  }
  if (grid_x == 0 || grid_y == 0 || grid_z == 0)
    return;

  LoadedFunction &loaded = *call->loaded;
  LoadedKernel &loadedKernel = loaded.kernels[kernel];
  if (shared_bytes > loadedKernel.sharedLimit.load(std::memory_order_acquire)) {
    call->status = raiseSharedLimit(*call, kernel, shared_bytes);
    if (call->status != GDR_OK)
      return;
  }

  CUlaunchConfig config = {};
  config.gridDimX = static_cast<unsigned>(grid_x);
  config.gridDimY = static_cast<unsigned>(grid_y);
  config.gridDimZ = static_cast<unsigned>(grid_z);
  config.blockDimX = static_cast<unsigned>(block_x);
  config.blockDimY = static_cast<unsigned>(block_y);
  config.blockDimZ = static_cast<unsigned>(block_z);
  config.sharedMemBytes = static_cast<unsigned>(shared_bytes);
  config.hStream = static_cast<CUstream>(call->args->stream);
  CUlaunchAttribute attribute = {};
  // Both sides must agree: a kernel that does not wait would read what its
  // predecessor is still writing.
  bool isGranted = (call->args->flags & GDR_PROGRAMMATIC_DEPENDENT_LAUNCH) &&
                   (flags & GDR_LAUNCH_WAITS_FOR_DEPENDENCY);
  bool overlapsPrevious =
      (flags & GDR_LAUNCH_OVERLAPS_PREVIOUS) && call->canOverlapPrevious;
  bool waitsAtStart = flags & GDR_LAUNCH_WAITS_AT_START;
  if ((isGranted || overlapsPrevious || waitsAtStart) &&
      loaded.canWaitForDependency) {
    attribute.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
    attribute.value.programmaticStreamSerializationAllowed = 1;
    config.attrs = &attribute;
    config.numAttrs = 1;
  }
  if (CUresult error = loaded.driver->cuLaunchKernelEx(
          &config, loadedKernel.function, parameters, nullptr))
    call->status = failInDriver(*call, kernel, "cuLaunchKernelEx", error);
  call->canOverlapPrevious = overlapsPrevious || !isGranted;
}
