//===- Bench.h - time of a call ---------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_BENCH_H
#define GDR_TOOLS_GDR_RUN_BENCH_H

#include "Call.h"

namespace mlir::gdr::run {

struct BenchResult {
  /// Of one call, the median of `repeats` measurements.
  double seconds = 0;
  int64_t repeats = 0;
  /// What a call has to move at least.
  int64_t bytes = 0;
  /// Bytes read and written per second by a copy, measured in the same run: on
  /// the host one of the states' size, on a GPU one far larger than its caches.
  double copyBytesPerSecond = 0;
  /// On a GPU, the time of a copy that moves as many bytes as a call, which
  /// need not reach that bandwidth.
  std::optional<double> copySeconds;

  double getBytesPerSecond() const {
    return static_cast<double>(bytes) / seconds;
  }
  /// The time of a call at the bandwidth of the copy.
  double getFloor() const {
    return static_cast<double>(bytes) / copyBytesPerSecond;
  }
};

/// Measures calls on the host. `copyBytes` is the size of the copy that the
/// time is compared with. `repeat` is the number of measurements, or 0.
llvm::Expected<BenchResult> benchOnHost(Caller &caller, const Program &program,
                                        int64_t bytes, int64_t copyBytes,
                                        int64_t repeat);

/// Measures a graph of calls that go through several sets of arguments, so that
/// each finds its own in memory and not in the L2 cache.
llvm::Expected<BenchResult> benchOnDevice(Caller &caller,
                                          const Program &program,
                                          const Device &device, int64_t bytes,
                                          int64_t repeat);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_BENCH_H
