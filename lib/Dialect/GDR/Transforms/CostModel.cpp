//===- CostModel.cpp - predicted times of the forms on a GPU --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CostModel.h"

#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::gdr;

// Of an H100; docs/Performance.md, "The cost model". Times in microseconds.

static constexpr int64_t chunkSize = 64;
/// Bytes a microsecond of a copy by all multiprocessors, and how many
/// multiprocessors that was.
static constexpr double bandwidth = 2.9e6;
static constexpr double measuredSMs = 132;
/// What a kernel that finds nothing to do takes in a graph.
static constexpr double launch = 1.2;

/// The recurrent form: a token of a sequence that has the GPU for itself, and
/// of each head and element of its state when the GPU is full.
static constexpr double recurrentStart = 1.4;
static constexpr double recurrentToken = 0.6;
static constexpr double recurrentElement = 2.5e-7;

/// Prepare: one CTA, by the number of its value heads, and how many an SM has.
static constexpr double prepareStart = 3.0;
static constexpr double prepareHead = 1.6;
static constexpr double prepareWaveStart = 2.6;
static constexpr double prepareWaveHead = 4.05;
static constexpr double prepareBlocksPerSM = 3;

/// Scan: the state in and out, and a chunk at K = 128, by columns of V.
static constexpr double scanStart = 2.6;
/// With 32 columns it takes longer where other CTAs load too.
static constexpr double splitChunk = 0.85;
static constexpr double splitChunkBusy = 0.1;
static constexpr double registerChunk = 1.1;
static constexpr double twoRegisterChunk = 1.6;
/// How much longer products take with mma.sync.
static constexpr double mmaFactor = 2.5;
/// What overlapping the two kernels saves, and the part of a scan that is bound
/// by memory by which they are in each other's way.
static constexpr double overlapGain = 2;
static constexpr double overlapLoss = 0.04;
/// Part of the bandwidth that the scan gets when it fills the GPU.
static constexpr double scanBandwidth = 0.95;

static double getBandwidth(const RuleSizes &sizes) {
  return bandwidth * sizes.smCount / measuredSMs;
}

static double getStateElements(const RuleSizes &sizes) {
  return double(sizes.sequences) * sizes.valueHeads * sizes.keyDim *
         sizes.valueDim;
}

static double getActivationBytes(const RuleSizes &sizes) {
  double elements = 2.0 * sizes.keyHeads * sizes.keyDim +
                    2.0 * sizes.valueHeads * sizes.valueDim;
  return double(sizes.sequences) * sizes.tokens * elements * sizes.elementBytes;
}

static int64_t getChunks(const RuleSizes &sizes) {
  return llvm::divideCeil(sizes.tokens, chunkSize);
}

// Bytes that prepare leaves for scan.
static double getChunkBytes(const RuleSizes &sizes) {
  double ofChunk =
      2.0 * chunkSize * chunkSize * sizes.elementBytes + 4 * chunkSize * 4;
  return sizes.sequences * getChunks(sizes) * sizes.valueHeads * ofChunk;
}

double mlir::gdr::predictRecurrent(const RuleSizes &sizes) {
  double bytes = 2 * getStateElements(sizes) * sizes.stateBytes +
                 getActivationBytes(sizes);
  double full =
      recurrentElement * getStateElements(sizes) * measuredSMs / sizes.smCount;
  double more = std::max<int64_t>(0, sizes.tokens - 1);
  return launch + recurrentStart + bytes / getBandwidth(sizes) +
         more * std::max(recurrentToken, full);
}

double mlir::gdr::predictPrepare(const RuleSizes &sizes, int64_t heads) {
  double blocks =
      double(sizes.sequences) * getChunks(sizes) * sizes.valueHeads / heads;
  double alone = prepareStart + prepareHead * heads;
  // An SM that has fewer CTAs at the end is faster by less than their number.
  double waves = blocks / (sizes.smCount * prepareBlocksPerSM);
  double whole = std::floor(waves);
  waves = whole + std::pow(waves - whole, 0.25);
  double full = waves * (prepareWaveStart + prepareWaveHead * heads);
  if (!sizes.hasWgmma)
    full *= mmaFactor;
  double keyBytes = double(sizes.sequences) * sizes.tokens * 2 *
                    sizes.keyHeads * sizes.keyDim * sizes.elementBytes;
  double memory = (keyBytes + getChunkBytes(sizes)) / getBandwidth(sizes);
  return launch + std::max({alone, full, memory});
}

namespace {
/// What bounds a scan.
struct ScanTimes {
  double chain, memory;
};
} // namespace

static ScanTimes predictScanTimes(const RuleSizes &sizes, int64_t columns) {
  int64_t blocks = sizes.sequences * sizes.valueHeads *
                   llvm::divideCeil(sizes.valueDim, columns);
  double busy = std::min(1.0, double(blocks) / sizes.smCount);
  double chunk = columns == 32   ? splitChunk + splitChunkBusy * busy
                 : columns == 64 ? registerChunk
                                 : twoRegisterChunk;
  if (!sizes.hasWgmma)
    chunk *= mmaFactor;
  // Half of the products are over K.
  chunk *= (1 + llvm::divideCeil(sizes.keyDim, 64) / 2.0) / 2;
  int64_t waves = llvm::divideCeil(blocks, sizes.smCount);
  double bytes = 2 * getStateElements(sizes) * sizes.stateBytes +
                 getActivationBytes(sizes) + getChunkBytes(sizes);
  // CTAs that wait for memory still take turns with their states.
  double rate = scanBandwidth * getBandwidth(sizes) * std::pow(busy, 0.3);
  return {waves * (scanStart + getChunks(sizes) * chunk),
          bytes / rate + waves * scanStart / 2};
}

double mlir::gdr::predictScan(const RuleSizes &sizes, int64_t columns) {
  ScanTimes times = predictScanTimes(sizes, columns);
  return launch + std::max(times.chain, times.memory);
}

double mlir::gdr::predictChunked(const RuleSizes &sizes, int64_t heads,
                                 int64_t columns) {
  return predictPrepare(sizes, heads) + predictScan(sizes, columns) -
         (isOverlapFaster(sizes, columns) ? overlapGain : 0);
}

bool mlir::gdr::isOverlapFaster(const RuleSizes &sizes, int64_t columns) {
  ScanTimes times = predictScanTimes(sizes, columns);
  return times.memory <= times.chain ||
         overlapLoss * times.memory < overlapGain;
}
