//===- Bench.cpp - time of a call -----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bench.h"

#include <chrono>
#include <cstring>

using namespace mlir;
using namespace mlir::gdr::run;

// What --bench takes altogether, unless it is told how often to measure.
static constexpr double hostSeconds = 1;
static constexpr int64_t minRepeats = 5, maxRepeats = 10000;
static constexpr int64_t deviceRepeats = 20;

// All sets of arguments together: several times the L2 cache of any GPU.
static constexpr int64_t rotatedBytes = int64_t(192) << 20;
static constexpr int64_t maxSets = 256;

// A copy is measured with at least this size, and split into parts of this one
// over the threads.
static constexpr int64_t minCopyBytes = int64_t(1) << 16;
static constexpr int64_t copyPartBytes = int64_t(1) << 18;

static double getMedian(SmallVector<double> values) {
  llvm::sort(values);
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

static double measureOnce(function_ref<void()> function) {
  auto begin = std::chrono::steady_clock::now();
  function();
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return time.count();
}

// Calls once to warm up, then as often as is asked for or as a second allows.
static SmallVector<double> measure(function_ref<void()> function,
                                   int64_t repeat) {
  double first = measureOnce(function);
  if (repeat == 0)
    repeat = std::clamp(static_cast<int64_t>(hostSeconds / first), minRepeats,
                        maxRepeats);
  SmallVector<double> seconds;
  for (int64_t i = 0; i < repeat; ++i)
    seconds.push_back(measureOnce(function));
  return seconds;
}

namespace {

/// A copy by the threads that compiled code uses.
struct HostCopy {
  const char *from;
  char *to;
  int64_t numBytes;

  static void copyPart(void *context, int64_t part) {
    auto *copy = static_cast<HostCopy *>(context);
    int64_t begin = part * copyPartBytes;
    std::memcpy(copy->to + begin, copy->from + begin,
                std::min(copyPartBytes, copy->numBytes - begin));
  }
  void run() {
    gdr_parallel_for(copyPart, this, llvm::divideCeil(numBytes, copyPartBytes));
  }
};

} // namespace

llvm::Expected<BenchResult>
mlir::gdr::run::benchOnHost(Caller &caller, const Program &program,
                            int64_t bytes, int64_t copyBytes, int64_t repeat) {
  CallArguments arguments(program, /*device=*/nullptr, {});
  if (llvm::Error error = caller.launch(arguments))
    return error;
  llvm::Error failure = llvm::Error::success();
  SmallVector<double> seconds = measure(
      [&] {
        if (llvm::Error error = caller.launch(arguments))
          failure = llvm::joinErrors(std::move(failure), std::move(error));
      },
      repeat);
  if (failure)
    return failure;

  copyBytes = std::max(copyBytes, minCopyBytes);
  Buffer from(copyBytes), to(copyBytes);
  HostCopy copy = {from.getData(), to.getData(), copyBytes};
  double copySeconds = getMedian(measure([&] { copy.run(); }, repeat));

  BenchResult result;
  result.seconds = getMedian(seconds);
  result.repeats = static_cast<int64_t>(seconds.size());
  result.bytes = bytes;
  result.copyBytesPerSecond = 2 * static_cast<double>(copyBytes) / copySeconds;
  return result;
}

// How many copies of something exceed the L2 cache.
static int64_t getNumSets(int64_t bytes) {
  auto sets = static_cast<int64_t>(
      llvm::divideCeil(rotatedBytes, std::max<int64_t>(bytes, 1)));
  return std::clamp(sets, int64_t(2), maxSets);
}

// A copy of the arguments on the GPU.
static llvm::Expected<std::vector<DeviceBuffer>>
copyArguments(const Program &program, const Device &device) {
  std::vector<DeviceBuffer> copies;
  for (const Argument &argument : program.arguments) {
    int64_t bytes = argument.isTensor() ? argument.buffer.getTotalBytes() : 0;
    llvm::Expected<DeviceBuffer> copy = device.allocate(bytes);
    if (!copy)
      return copy.takeError();
    if (bytes)
      if (llvm::Error error = device.copyToDevice(
              copy->getData(), argument.buffer.getBegin(), bytes))
        return error;
    copies.push_back(std::move(*copy));
  }
  return copies;
}

// Seconds of one of `count` copies of this size.
static llvm::Expected<double> measureCopies(const Device &device, int64_t bytes,
                                            int64_t count, int64_t repeat) {
  auto size = static_cast<int64_t>(llvm::alignTo(bytes, 256));
  llvm::Expected<DeviceBuffer> from = device.allocate(count * size);
  if (!from)
    return from.takeError();
  llvm::Expected<DeviceBuffer> to = device.allocate(count * size);
  if (!to)
    return to.takeError();
  auto enqueue = [&]() -> llvm::Error {
    for (int64_t i = 0; i < count; ++i)
      if (llvm::Error error = device.copyOnDevice(
              static_cast<char *>(to->getData()) + i * size,
              static_cast<char *>(from->getData()) + i * size, bytes))
        return error;
    return llvm::Error::success();
  };
  llvm::Expected<SmallVector<double>> seconds = device.measure(enqueue, repeat);
  if (!seconds)
    return seconds.takeError();
  return getMedian(*seconds) / static_cast<double>(count);
}

llvm::Expected<BenchResult>
mlir::gdr::run::benchOnDevice(Caller &caller, const Program &program,
                              const Device &device, int64_t bytes,
                              int64_t repeat) {
  int64_t setBytes = 0;
  for (const Argument &argument : program.arguments)
    if (argument.isTensor())
      setBytes += argument.buffer.getTotalBytes();
  std::vector<std::vector<DeviceBuffer>> sets(getNumSets(setBytes));
  std::vector<CallArguments> calls;
  for (std::vector<DeviceBuffer> &set : sets) {
    llvm::Expected<std::vector<DeviceBuffer>> copies =
        copyArguments(program, device);
    if (!copies)
      return copies.takeError();
    set = std::move(*copies);
    calls.emplace_back(program, &device, set);
  }
  auto enqueue = [&]() -> llvm::Error {
    for (CallArguments &call : calls)
      if (llvm::Error error = caller.launch(call))
        return error;
    return llvm::Error::success();
  };
  // Outside of the capture, because it may provide a workspace.
  if (llvm::Error error = enqueue())
    return error;
  if (llvm::Error error = device.synchronize())
    return error;

  BenchResult result;
  result.bytes = bytes;
  result.repeats = repeat ? repeat : deviceRepeats;
  llvm::Expected<SmallVector<double>> seconds =
      device.measure(enqueue, result.repeats);
  if (!seconds)
    return seconds.takeError();
  result.seconds = getMedian(*seconds) / static_cast<double>(sets.size());

  // A copy reads and writes half of the bytes each.
  int64_t half = std::max<int64_t>(bytes / 2, 1);
  llvm::Expected<double> copy =
      measureCopies(device, half, getNumSets(2 * half), result.repeats);
  if (!copy)
    return copy.takeError();
  result.copySeconds = *copy;
  llvm::Expected<double> largeCopy =
      measureCopies(device, rotatedBytes, 1, result.repeats);
  if (!largeCopy)
    return largeCopy.takeError();
  result.copyBytesPerSecond =
      2 * static_cast<double>(rotatedBytes) / *largeCopy;
  return result;
}
