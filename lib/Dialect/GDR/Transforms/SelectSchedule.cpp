//===- SelectSchedule.cpp - choose tile sizes -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes `#gdr.schedule` on ops that have none. The only place with heuristics;
// docs/Performance.md has the measurements behind the constants.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

#define DEBUG_TYPE "gdr-select-schedule"

static constexpr int64_t warpSize = 32;
/// The widest access of a thread.
static constexpr int64_t accessBytes = 16;
/// Warps that a multiprocessor holds (CUDA C++ Programming Guide, compute
/// capability 8.0 and 9.0).
static constexpr int64_t warpsPerMultiprocessor = 64;

namespace {

/// What a choice depends on.
struct Problem {
  bool kFirst;
  int64_t keyDim;
  int64_t valueDim;
  int64_t valueHeads;
  int64_t sequences; // kDynamic if it is known only at run time
  bool isOneToken;
  int64_t stateBytes; // an element of the state
  int64_t smCount;
};

} // namespace

static Problem getProblem(RuleOpInterface rule, int64_t smCount) {
  int64_t stateBytes = 0;
  for (Value state : {rule.getInitialState(), rule.getFinalStateInit()})
    if (state)
      stateBytes = std::max<int64_t>(
          stateBytes,
          getElementTypeOrSelf(state.getType()).getIntOrFloatBitWidth() / 8);
  return {rule.getStateLayout() == StateLayout::KFirst,
          rule.getKeyDim(),
          rule.getValueDim(),
          rule.getNumValueHeads(),
          rule.getNumSequences(),
          rule.getNumTokens() == 1,
          stateBytes ? stateBytes : 4,
          smCount};
}

// The elements of a contiguous dimension that one access moves.
static int64_t getVectorSize(const Problem &problem, int64_t contiguousDim) {
  return std::min(contiguousDim & -contiguousDim,
                  accessBytes / problem.stateBytes);
}

// V-first. The lanes of a group read a row of K together. Of the group sizes
// that leave the fewest lanes idle, the one with a share a lane nearest to 32
// bytes is taken: fewer shuffles than with smaller shares, more loads in flight
// than with larger ones. One token is bound by memory latency and bandwidth and
// wants small tiles; several tokens reuse k and q for four times as many
// columns.
static ScheduleAttr getVFirstSchedule(MLIRContext *context,
                                      const Problem &problem) {
  constexpr double wantedBytes = 32;
  int64_t vec = getVectorSize(problem, problem.keyDim);
  int64_t accesses = llvm::divideCeil(problem.keyDim, vec);
  auto getBytes = [&](int64_t lanes) {
    return llvm::divideCeil(accesses, lanes) * vec * problem.stateBytes;
  };
  int64_t lanes = 4;
  for (int64_t candidate : {8, 16, 32}) {
    int64_t slots = llvm::divideCeil(accesses, candidate) * candidate;
    int64_t bestSlots = llvm::divideCeil(accesses, lanes) * lanes;
    bool isNearer = std::abs(std::log2(getBytes(candidate) / wantedBytes)) <
                    std::abs(std::log2(getBytes(lanes) / wantedBytes));
    if (slots < bestSlots || (slots == bestSlots && isNearer))
      lanes = candidate;
  }
  int64_t bytes = problem.isOneToken ? 32 : 128;
  int64_t columns = std::max<int64_t>(1, bytes / getBytes(lanes));
  columns = std::min<int64_t>(llvm::bit_floor<uint64_t>(columns),
                              llvm::bit_ceil<uint64_t>(problem.valueDim));

  // Large blocks once there is work for every multiprocessor several times
  // over; small ones end more evenly.
  int64_t columnsPerWarp = warpSize / lanes * columns;
  int64_t warps = 2;
  if (!ShapedType::isDynamic(problem.sequences)) {
    int64_t allWarps = problem.sequences * problem.valueHeads *
                       llvm::divideCeil(problem.valueDim, columnsPerWarp);
    if (problem.isOneToken &&
        allWarps >= 4 * problem.smCount * warpsPerMultiprocessor)
      warps = 8;
  }
  int64_t usefulWarps = llvm::divideCeil(problem.valueDim, columnsPerWarp);
  warps = std::min<int64_t>(warps, llvm::bit_ceil<uint64_t>(usefulWarps));
  return ScheduleAttr::get(context, lanes, columns, warps, /*key_warps=*/1);
}

// K-first. V is contiguous: a warp should read whole 128-byte lines of it, or
// every line is fetched in parts. So few lanes share K, and warps share it
// instead. A thread holds about 8 elements of K for one token, 16 for several.
static ScheduleAttr getKFirstSchedule(MLIRContext *context,
                                      const Problem &problem) {
  int64_t columns = getVectorSize(problem, problem.valueDim);
  auto getTilesPerHead = [&](int64_t lanes) -> int64_t {
    return llvm::divideCeil(problem.valueDim, warpSize / lanes * columns);
  };
  // More lanes along K, and so narrower tiles of V, while multiprocessors are
  // idle or the tile is wider than V.
  int64_t lanes = 2;
  while (lanes < 4 && !ShapedType::isDynamic(problem.sequences) &&
         problem.sequences * problem.valueHeads * getTilesPerHead(lanes) <
             problem.smCount)
    lanes *= 2;
  while (lanes < warpSize && getTilesPerHead(lanes) == 1 &&
         warpSize / (2 * lanes) * columns >= problem.valueDim)
    lanes *= 2;
  if (!problem.isOneToken)
    lanes = std::max<int64_t>(lanes, 4);

  int64_t rows = problem.isOneToken ? 8 : 16;
  int64_t keyThreads =
      llvm::bit_ceil<uint64_t>(llvm::divideCeil(problem.keyDim, rows));
  int64_t keyWarps = std::clamp<int64_t>(keyThreads / lanes, 1, 8);
  int64_t warps = problem.isOneToken || getTilesPerHead(lanes) == 1 ? 1 : 2;
  return ScheduleAttr::get(context, lanes, columns, warps, keyWarps);
}

namespace {

struct SelectSchedule : gdr::impl::SelectScheduleBase<SelectSchedule> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](RuleOpInterface rule) {
      bool isStatic = llvm::none_of(
          ArrayRef<int64_t>{rule.getNumKeyHeads(), rule.getNumValueHeads(),
                            rule.getKeyDim(), rule.getValueDim()},
          ShapedType::isDynamic);
      if (!rule.getScheduleAttr() && isStatic)
        select(rule);
    });
  }

private:
  void select(RuleOpInterface rule) {
    Problem problem = getProblem(rule, smCount);
    ScheduleAttr schedule = problem.kFirst
                                ? getKFirstSchedule(&getContext(), problem)
                                : getVFirstSchedule(&getContext(), problem);
    rule->setAttr("schedule", schedule);
    remark::passed(rule->getLoc(),
                   remark::RemarkOpts::name("schedule").category(DEBUG_TYPE))
        << remark::metric("lanes", schedule.getLanes())
        << remark::metric("columns", schedule.getColumns())
        << remark::metric("warps", schedule.getWarps())
        << remark::metric("key_warps", schedule.getKeyWarps());
  }
};

} // namespace
