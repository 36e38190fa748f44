//===- StubDriver.cpp - a CUDA driver without a GPU -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An image must begin with a kind and is read as a C string; a kernel exists if
// the image is loaded, whatever its name. Every function first asks `enter`
// whether it was told to fail.
//
//===----------------------------------------------------------------------===//

#include "StubDriver.h"
#include "CudaDriver.h"

#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

using namespace gdr::runtime;

namespace {
constexpr int numDevices = 2;

struct Kernel {
  std::string name;
  int device;
  /// The dynamic shared memory that a launch may ask for.
  unsigned sharedLimit = 48 * 1024;
};

struct State {
  std::mutex mutex;
  bool isRecording = true;
  int computeCapabilities[numDevices] = {90, 90};
  int version = 12030;
  std::map<std::string, int> failures;
  std::map<std::string, int> numCalls;
  std::string log;
  std::vector<stub::Launch> launches;
  std::vector<std::pair<std::string, int>> sharedLimits;
  std::vector<stub::TensorMap> tensorMaps;
  /// Handles point here, so that elements never move nor go.
  std::deque<stub::Module> modules;
  std::deque<Kernel> kernels;
  size_t firstModule = 0;
  int numRetains[numDevices] = {};
};
} // namespace

static State &getState() {
  static State &state = *new State;
  return state;
}

static char contexts[numDevices];
static thread_local void *currentContext = nullptr;

static int getDevice(void *context) {
  for (int device = 0; device < numDevices; ++device)
    if (context == &contexts[device])
      return device;
  return -1;
}

/// Counts a call; returns the error that was set for the function.
static CUresult enter(const char *function) {
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  ++state.numCalls[function];
  auto failure = state.failures.find(function);
  return failure == state.failures.end() ? CUDA_SUCCESS : failure->second;
}

#define GDR_STUB_ENTER()                                                       \
  if (CUresult error = enter(__func__))                                        \
  return error

#pragma GCC visibility push(default)
extern "C" {

CUresult cuInit(unsigned int) {
  GDR_STUB_ENTER();
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int *version) {
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  *version = state.version;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char **string) {
  *string = error == 999 ? nullptr : "stub refusal";
  return error == 999 ? 1 : CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
  GDR_STUB_ENTER();
  *count = numDevices;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  GDR_STUB_ENTER();
  // A handle is not the ordinal.
  *device = 100 + ordinal;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute,
                              CUdevice device) {
  GDR_STUB_ENTER();
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  int computeCapability = state.computeCapabilities[device - 100];
  switch (attribute) {
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
    *value = computeCapability / 10;
    return CUDA_SUCCESS;
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
    *value = computeCapability % 10;
    return CUDA_SUCCESS;
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
    *value = 227 * 1024;
    return CUDA_SUCCESS;
  }
  return 1;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  GDR_STUB_ENTER();
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  ++state.numRetains[device - 100];
  *context = reinterpret_cast<CUcontext>(&contexts[device - 100]);
  return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *context) {
  if (getState().isRecording)
    GDR_STUB_ENTER();
  *context = static_cast<CUcontext>(currentContext);
  return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
  GDR_STUB_ENTER();
  currentContext = context;
  return CUDA_SUCCESS;
}

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image,
                            unsigned int numOptions, CUjit_option *options,
                            void **values) {
  if (CUresult error = enter(__func__)) {
    const std::string &log = getState().log;
    for (unsigned i = 0; i < numOptions; ++i)
      if (options[i] == CU_JIT_ERROR_LOG_BUFFER)
        std::strcpy(static_cast<char *>(values[i]), log.c_str());
    return error;
  }
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.modules.push_back(
      {getDevice(currentContext), static_cast<const char *>(image), false});
  *module = reinterpret_cast<CUmodule>(&state.modules.back());
  return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
  GDR_STUB_ENTER();
  reinterpret_cast<stub::Module *>(module)->isUnloaded = true;
  return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module,
                             const char *name) {
  GDR_STUB_ENTER();
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.kernels.push_back(
      {name, reinterpret_cast<stub::Module *>(module)->device});
  *function = reinterpret_cast<CUfunction>(&state.kernels.back());
  return CUDA_SUCCESS;
}

CUresult cuFuncLoad(CUfunction) {
  GDR_STUB_ENTER();
  return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute,
                            int value) {
  GDR_STUB_ENTER();
  if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)
    return 1;
  // Slow, so that threads that raise the limit meet here.
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  auto *kernel = reinterpret_cast<Kernel *>(function);
  kernel->sharedLimit = static_cast<unsigned>(value);
  state.sharedLimits.emplace_back(kernel->name, value);
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function,
                          void **parameters, void **) {
  State &state = getState();
  if (!state.isRecording)
    return CUDA_SUCCESS;
  GDR_STUB_ENTER();
  auto *kernel = reinterpret_cast<Kernel *>(function);
  stub::Launch launch = {
      kernel->name,
      kernel->device,
      getDevice(currentContext),
      {config->gridDimX, config->gridDimY, config->gridDimZ},
      {config->blockDimX, config->blockDimY, config->blockDimZ},
      config->sharedMemBytes,
      config->hStream,
      {},
      parameters ? *static_cast<int64_t *>(parameters[0]) : -1};
  for (unsigned i = 0; i < config->numAttrs; ++i)
    launch.attributes.emplace_back(
        config->attrs[i].id,
        config->attrs[i].value.programmaticStreamSerializationAllowed);
  std::lock_guard<std::mutex> lock(state.mutex);
  if (config->sharedMemBytes > kernel->sharedLimit)
    return 1;
  state.launches.push_back(std::move(launch));
  return CUDA_SUCCESS;
}

CUresult cuTensorMapEncodeTiled(
    CUtensorMap *map, CUtensorMapDataType type, uint32_t rank, void *address,
    const uint64_t *sizes, const uint64_t *strides, const uint32_t *box,
    const uint32_t *elementStrides, CUtensorMapInterleave interleave,
    CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
    CUtensorMapFloatOOBfill fill) {
  GDR_STUB_ENTER();
  std::memset(map, 0x5a, sizeof(*map));
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.tensorMaps.push_back({type,
                              address,
                              {sizes, sizes + rank},
                              {strides, strides + rank - 1},
                              {box, box + rank},
                              {elementStrides, elementStrides + rank},
                              interleave,
                              swizzle,
                              promotion,
                              fill});
  return CUDA_SUCCESS;
}

} // extern "C"
#pragma GCC visibility pop

void stub::reset() {
  State &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.isRecording = true;
  for (int &computeCapability : state.computeCapabilities)
    computeCapability = 90;
  state.version = 12030;
  state.failures.clear();
  state.numCalls.clear();
  state.log.clear();
  state.launches.clear();
  state.sharedLimits.clear();
  state.tensorMaps.clear();
  state.firstModule = state.modules.size();
  currentContext = nullptr;
}

void stub::setVersion(int version) { getState().version = version; }

void stub::setComputeCapability(int device, int computeCapability) {
  getState().computeCapabilities[device] = computeCapability;
}

void stub::setFailure(const std::string &function, int error) {
  getState().failures[function] = error;
}

void stub::setLog(const std::string &log) { getState().log = log; }

void stub::setRecording(bool enabled) { getState().isRecording = enabled; }

int stub::getNumCalls(const std::string &function) {
  return getState().numCalls[function];
}

int stub::getNumRetains(int device) { return getState().numRetains[device]; }

std::vector<stub::Launch> stub::getLaunches() { return getState().launches; }

std::vector<stub::Module> stub::getModules() {
  State &state = getState();
  return {state.modules.begin() + state.firstModule, state.modules.end()};
}

std::vector<std::pair<std::string, int>> stub::getSharedLimits() {
  return getState().sharedLimits;
}

std::vector<stub::TensorMap> stub::getTensorMaps() {
  return getState().tensorMaps;
}

void *stub::getPrimaryContext(int device) { return &contexts[device]; }

void *stub::getCurrentContext() { return currentContext; }

void stub::setCurrentContext(void *context) { currentContext = context; }
