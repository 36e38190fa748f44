//===- StubDriver.h - control of the stub CUDA driver -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tests of the runtime need no GPU: libgdr_stub_driver.so exports the
// driver functions that the runtime loads, for two fake devices, records what
// it is asked to do, and can be told to refuse. A test links it as well, to
// reach the functions here.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TEST_UNIT_RUNTIME_STUBDRIVER_H
#define GDR_TEST_UNIT_RUNTIME_STUBDRIVER_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace stub {

struct Launch {
  std::string kernel;
  /// The device that the kernel was loaded on, and the one whose context was
  /// current at the launch (-1 for a foreign context).
  int kernelDevice, currentDevice;
  unsigned grid[3], block[3], sharedBytes;
  void *stream;
  /// Ids and integer values of the launch attributes.
  std::vector<std::pair<int, int>> attributes;
  /// The kernel's first parameter.
  int64_t parameter;
};

/// An image as it was given to the driver.
struct Module {
  int device;
  std::string image;
  bool isUnloaded;
};

/// The arguments of cuTensorMapEncodeTiled.
struct TensorMap {
  int type;
  void *address;
  std::vector<uint64_t> sizes, strides;
  std::vector<uint32_t> box, elementStrides;
  int interleave, swizzle, promotion, fill;
};

/// Forgets all settings and records, except for the primary contexts.
void reset();

void setComputeCapability(int device, int computeCapability);
/// As 1000 * major + 10 * minor; 12.3 after reset().
void setVersion(int version);
/// Lets each later call of a driver function return `error`.
void setFailure(const std::string &function, int error);
/// What the compiler of PTX reports with the next failure to load.
void setLog(const std::string &log);
/// Without it a launch does nothing, for measurements.
void setRecording(bool enabled);

int getNumCalls(const std::string &function);
int getNumRetains(int device);
std::vector<Launch> getLaunches();
std::vector<Module> getModules();
/// Values of the attribute for the dynamic shared memory, in order.
std::vector<std::pair<std::string, int>> getSharedLimits();
/// Those that were encoded, in order.
std::vector<TensorMap> getTensorMaps();

void *getPrimaryContext(int device);
void *getCurrentContext();
void setCurrentContext(void *context);

} // namespace stub
#pragma GCC visibility pop

#endif // GDR_TEST_UNIT_RUNTIME_STUBDRIVER_H
