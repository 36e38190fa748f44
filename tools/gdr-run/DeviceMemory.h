//===- DeviceMemory.h - memory and time on a GPU ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What gdr-run itself needs of the CUDA driver, which it loads when it is
// asked to run on a GPU: memory, a stream, graphs and events.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_DEVICEMEMORY_H
#define GDR_TOOLS_GDR_RUN_DEVICEMEMORY_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mlir::gdr::run {

struct Driver;

/// Memory on the device, freed with this object.
class DeviceBuffer {
public:
  DeviceBuffer() = default;
  DeviceBuffer(const Driver *driver, void *data, int64_t numBytes)
      : driver(driver), data(data), numBytes(numBytes) {}
  DeviceBuffer(DeviceBuffer &&other) { *this = std::move(other); }
  DeviceBuffer &operator=(DeviceBuffer &&other) {
    std::swap(driver, other.driver);
    std::swap(data, other.data);
    std::swap(numBytes, other.numBytes);
    return *this;
  }
  ~DeviceBuffer();

  void *getData() const { return data; }
  int64_t getNumBytes() const { return numBytes; }

private:
  const Driver *driver = nullptr;
  void *data = nullptr;
  int64_t numBytes = 0;
};

/// The first GPU, its primary context current in this thread, and a stream.
class Device {
public:
  /// Fails without a driver or a GPU.
  static llvm::Expected<std::unique_ptr<Device>> create();
  ~Device();

  StringRef getName() const { return name; }
  /// "sm_90a"; the kernels for it may use all that the chip has.
  std::string getChip() const;
  void *getStream() const { return stream; }
  int64_t getL2Bytes() const { return l2Bytes; }

  llvm::Expected<DeviceBuffer> allocate(int64_t numBytes) const;
  llvm::Error copyToDevice(void *to, const void *from, int64_t numBytes) const;
  llvm::Error copyToHost(void *to, const void *from, int64_t numBytes) const;
  /// In the stream.
  llvm::Error copyOnDevice(void *to, const void *from, int64_t numBytes) const;
  llvm::Error synchronize() const;

  /// Captures what `enqueue` puts into the stream as a graph, launches that
  /// `repeat` times, and returns the seconds of each launch.
  llvm::Expected<SmallVector<double>>
  measure(function_ref<llvm::Error()> enqueue, int64_t repeat) const;

private:
  Device() = default;

  std::unique_ptr<Driver> driver;
  std::string name;
  int major = 0, minor = 0;
  int64_t l2Bytes = 0;
  void *stream = nullptr;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_DEVICEMEMORY_H
