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

#include "FormChoice.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

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
/// 32-bit registers of a multiprocessor for each lane of a warp, and warps that
/// it holds at most (CUDA C++ Programming Guide, compute capabilities 8.0 and
/// 9.0: 64 K registers, 64 warps).
static constexpr int64_t registersPerLane = 2048;
static constexpr int64_t warpsPerMultiprocessor = 64;
/// Columns that make up for a small share of K, and no more: each costs
/// registers for its sums too.
static constexpr int64_t maxBaseColumns = 4;
/// Registers that a thread needs beside its tile of the state; more where it
/// exchanges sums through shared memory.
static constexpr int64_t registersBesideTile = 32;
static constexpr int64_t registersBesideExchange = 58;

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
  return {rule.getStateLayout() == StateLayout::KFirst,
          rule.getKeyDim(),
          rule.getValueDim(),
          rule.getNumValueHeads(),
          rule.getNumSequences(),
          rule.getNumTokens() == 1,
          rule.getStateElementBytes(),
          smCount};
}

// The elements of a contiguous dimension that one access moves.
static int64_t getVectorSize(const Problem &problem, int64_t contiguousDim) {
  return std::min(contiguousDim & -contiguousDim,
                  accessBytes / problem.stateBytes);
}

// Whether all warps of a kernel are resident at once.
static bool fitsAtOnce(const Problem &problem, int64_t warps,
                       int64_t registers) {
  return warps <= problem.smCount * (registersPerLane / registers);
}

// V-first: lanes that share a row of K. The lanes of a group read the row
// together. A group size costs by the accesses that its idle lanes waste, and
// by the distance of a lane's share from 32 bytes: smaller ones need more
// shuffles, larger ones have fewer loads in flight.
static int64_t getVFirstLanes(const Problem &problem) {
  int64_t vec = getVectorSize(problem, problem.keyDim);
  int64_t accesses = llvm::divideCeil(problem.keyDim, vec);
  auto getCost = [&](int64_t lanes) {
    double share = llvm::divideCeil(accesses, lanes);
    double waste = share * lanes / accesses;
    double distance =
        std::abs(std::log2(share * vec * problem.stateBytes / 32));
    return waste * (1 + distance / 4);
  };
  int64_t lanes = 4;
  for (int64_t candidate : {8, 16, 32})
    if (getCost(candidate) < getCost(lanes))
      lanes = candidate;
  return lanes;
}

// V-first. One token is bound by memory: a thread has 32 bytes of the state, or
// up to four times as much if then all warps are resident at once and every
// load is under way from the start. A kernel that fills the GPU so is slower if
// the next one starts inside it: then loads and stores mix. Several tokens
// reuse k and q for four times as many columns.
static ScheduleAttr getVFirstSchedule(MLIRContext *context,
                                      const Problem &problem) {
  int64_t lanes = getVFirstLanes(problem);
  int64_t vec = getVectorSize(problem, problem.keyDim);
  int64_t share = llvm::divideCeil(problem.keyDim, lanes * vec) * vec;
  auto getAllWarps = [&](int64_t columns) -> int64_t {
    int64_t columnsPerWarp = warpSize / lanes * columns;
    return problem.sequences * problem.valueHeads *
           llvm::divideCeil(problem.valueDim, columnsPerWarp);
  };
  auto isResident = [&](int64_t columns) {
    return fitsAtOnce(problem, getAllWarps(columns),
                      registersBesideTile + share * columns);
  };

  int64_t base =
      std::clamp<int64_t>(32 / (share * problem.stateBytes), 1, maxBaseColumns);
  int64_t columns = base, warps = 2;
  bool overlap = true;
  if (!problem.isOneToken) {
    columns = 4 * base;
  } else if (!ShapedType::isDynamic(problem.sequences)) {
    while (columns < 4 * base && !isResident(columns))
      columns *= 2;
    if (!isResident(columns))
      columns = base;
    overlap = columns <= 2 * base;
    warps = std::max<int64_t>(2, columns / base);
    // Larger blocks once there is work for every multiprocessor several times
    // over; small ones end more evenly.
    if (getAllWarps(columns) >= 4 * problem.smCount * warpsPerMultiprocessor)
      warps = 8;
  }
  columns =
      std::min<int64_t>(columns, llvm::bit_ceil<uint64_t>(problem.valueDim));
  int64_t usefulWarps =
      llvm::divideCeil(problem.valueDim, warpSize / lanes * columns);
  warps = std::min<int64_t>(warps, llvm::bit_ceil<uint64_t>(usefulWarps));
  return ScheduleAttr::get(context, lanes, columns, warps, /*key_warps=*/1,
                           overlap);
}

// K-first. V is contiguous, so few lanes share K and a warp reads at least a
// 128-byte line of V; fetching lines in parts costs 20 to 30 %. Warps share K
// instead, and a thread has about 8 elements of K for one token, 16 for
// several. While multiprocessors would be idle, tiles of V are narrower.
static ScheduleAttr getKFirstSchedule(MLIRContext *context,
                                      const Problem &problem) {
  int64_t vec = getVectorSize(problem, problem.valueDim);
  int64_t lanes = 2, columns = vec, warps = 1;
  int64_t rows = problem.isOneToken ? 8 : 16;
  auto getTilesPerHead = [&]() -> int64_t {
    return llvm::divideCeil(problem.valueDim, warpSize / lanes * columns);
  };
  if (!problem.isOneToken) {
    lanes = 4;
    warps = getTilesPerHead() > 1 ? 2 : 1;
  } else if (!ShapedType::isDynamic(problem.sequences)) {
    int64_t blocks = problem.sequences * problem.valueHeads * getTilesPerHead();
    if (2 * blocks <= problem.smCount) {
      columns = std::max<int64_t>(1, vec / 4);
    } else if (blocks < problem.smCount) {
      lanes = 4;
      columns = std::max<int64_t>(1, vec / 2);
    }
  }
  // No wider than V.
  while (lanes < warpSize &&
         warpSize / (2 * lanes) * columns >= problem.valueDim)
    lanes *= 2;

  int64_t keyThreads =
      llvm::bit_ceil<uint64_t>(llvm::divideCeil(problem.keyDim, rows));
  int64_t keyWarps = std::clamp<int64_t>(keyThreads / lanes, 1, 8);
  bool overlap = true;
  if (problem.isOneToken)
    lanes = std::min<int64_t>(warpSize,
                              std::max<int64_t>(lanes, keyThreads / keyWarps));
  if (problem.isOneToken && !ShapedType::isDynamic(problem.sequences)) {
    auto isResident = [&](int64_t keyWarps) {
      int64_t tile =
          columns * llvm::divideCeil(problem.keyDim, lanes * keyWarps);
      return fitsAtOnce(problem,
                        problem.sequences * problem.valueHeads *
                            getTilesPerHead() * keyWarps,
                        registersBesideExchange + tile);
    };
    if (keyWarps > 1 && !isResident(keyWarps) && isResident(keyWarps / 2)) {
      keyWarps /= 2;
      overlap = false;
    }
  }
  return ScheduleAttr::get(context, lanes, columns, warps, keyWarps, overlap);
}

namespace {

struct SelectSchedule : gdr::impl::SelectScheduleBase<SelectSchedule> {
  using Base::Base;

  void runOnOperation() override {
    if (smCount <= 0) {
      getOperation().emitError("expected sm-count to be positive, got ")
          << smCount;
      return signalPassFailure();
    }
    if (!schedule.empty() && failed(setGivenSchedule()))
      return signalPassFailure();
    getOperation()->walk([&](RuleOpInterface rule) {
      if (!isa<GatedDeltaRuleOp, RecurrentOp>(rule))
        return;
      bool isStatic = llvm::none_of(
          ArrayRef<int64_t>{rule.getNumKeyHeads(), rule.getNumValueHeads(),
                            rule.getKeyDim(), rule.getValueDim()},
          ShapedType::isDynamic);
      if (!isStatic)
        return;
      if (chunked)
        selectForm(rule);
      else if (!rule.getScheduleAttr())
        select(rule);
    });
  }

private:
  LogicalResult setGivenSchedule();

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

  void selectForm(RuleOpInterface rule);
};

} // namespace

LogicalResult SelectSchedule::setGivenSchedule() {
  Attribute given;
  std::string reason;
  {
    // The parser's errors have no place in the module.
    ScopedDiagnosticHandler collect(&getContext(), [&](Diagnostic &diagnostic) {
      reason += "; " + diagnostic.str();
      return success();
    });
    given = parseAttribute(schedule, &getContext());
  }
  if (!isa_and_present<ScheduleAttr, ChunkedAttr, AlternativesAttr>(given))
    return getOperation().emitError("expected option schedule to be "
                                    "#gdr.schedule, #gdr.chunked or "
                                    "#gdr.alternatives, got '")
           << schedule << "'" << reason;
  getOperation()->walk([&](GatedDeltaRuleOp rule) {
    if (!rule.getScheduleAttr())
      rule.setScheduleAttr(given);
  });
  return success();
}

// A rule whose form is not decided: one without a schedule, or one with
// #gdr.chunked but without columns.
void SelectSchedule::selectForm(RuleOpInterface op) {
  auto rule = dyn_cast<GatedDeltaRuleOp>(*op);
  if (!rule)
    return;
  Attribute given = rule.getScheduleAttr();
  auto chunked = dyn_cast_if_present<ChunkedAttr>(given);
  if (given && (!chunked || chunked.getColumns() != 0))
    return;
  if (!chunked && alwaysChunked)
    chunked = ChunkedAttr::get(&getContext(), /*chunk_size=*/64, /*columns=*/0,
                               /*stages=*/0, /*heads=*/0, /*overlap=*/true);
  FormChoice choice = chooseForm(rule, chunked, smCount, wgmma);
  if (choice.schedule)
    rule.setScheduleAttr(choice.schedule);
  if (!choice.reason.empty())
    remark::missed(rule.getLoc(),
                   remark::RemarkOpts::name("chunked").category(DEBUG_TYPE))
        << remark::reason("{0}", choice.reason);
  for (const PredictedTime &time : choice.times)
    remark::analysis(rule.getLoc(),
                     remark::RemarkOpts::name("predicted").category(DEBUG_TYPE))
        << remark::metric("form", time.form)
        << remark::metric("sequences", time.sizes.sequences)
        << remark::metric("tokens", time.sizes.tokens)
        << remark::metric("us", time.microseconds);
}
