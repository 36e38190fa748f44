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
/// What a kernel that finds nothing to do adds to a graph, where it starts
/// before the previous one has ended (from compute capability 9.0 on).
static constexpr double launch = 0.8;

/// The recurrent form: a token of a sequence that has the GPU for itself, and
/// of each head and element of its state when the GPU is full.
static constexpr double recurrentStart = 1.4;
static constexpr double recurrentToken = 0.6;
static constexpr double recurrentElement = 2.5e-7;

/// Prepare with one value head a CTA, or two at once: a CTA that has its SM for
/// itself, how many an SM has at most, and what all of these at once take after
/// one another and, beyond that, once.
namespace {
struct PrepareTimes {
  double alone, blocksPerSM, wave, ramp;
};
} // namespace
static constexpr PrepareTimes prepareOneHead = {3.6, 4, 7.0, 2.0};
static constexpr PrepareTimes prepareTwoHeads = {5.5, 3, 9.5, 8.0};

/// Scan: the state in and out, and a chunk at K = 128, by columns of V.
static constexpr double scanStart = 3.8;
/// With 32 columns it takes longer where other CTAs load too.
static constexpr double splitChunk = 0.77;
static constexpr double splitChunkBusy = 0.08;
static constexpr double registerChunk = 1.05;
static constexpr double twoRegisterChunk = 1.6;
/// How much longer products take with mma.sync.
static constexpr double mmaFactor = 2.5;
/// What overlapping the two kernels saves, and the part of a scan that it
/// costs: one that is bound by memory is in prepare's way, and CTAs of a long
/// chain stay on the SMs that prepare left first, unevenly.
static constexpr double overlapGain = 1.2;
static constexpr double overlapMemoryLoss = 0.04;
static constexpr double overlapChainLoss = 0.02;
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
  const PrepareTimes &times = heads == 1 ? prepareOneHead : prepareTwoHeads;
  double full = sizes.smCount * times.blocksPerSM;
  double waves = std::max(0.0, (blocks - sizes.smCount) / full);
  double ramp = std::min(1.0, waves / (1 - 1 / times.blocksPerSM));
  double compute = times.alone + times.wave * waves + times.ramp * ramp;
  if (!sizes.hasWgmma)
    compute *= mmaFactor;
  double keyBytes = double(sizes.sequences) * sizes.tokens * 2 *
                    sizes.keyHeads * sizes.keyDim * sizes.elementBytes;
  double memory = (keyBytes + getChunkBytes(sizes)) / getBandwidth(sizes);
  return launch + std::max(compute, memory);
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
  double loss = times.memory <= times.chain ? overlapChainLoss * times.chain
                                            : overlapMemoryLoss * times.memory;
  return loss < overlapGain;
}
