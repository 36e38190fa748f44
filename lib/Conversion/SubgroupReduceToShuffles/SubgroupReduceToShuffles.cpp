//===- SubgroupReduceToShuffles.cpp - reductions to butterflies
//--------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers clustered sums of f32 in `gpu.subgroup_reduce` to `gpu.shuffle xor`.
// Runs of adjacent reductions are lowered together, interleaved.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_SUBGROUPREDUCETOSHUFFLES
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

static constexpr int32_t warpSize = 32;

static bool isSumOfF32(gpu::SubgroupReduceOp op) {
  return op.getOp() == gpu::AllReduceOperation::ADD &&
         getElementTypeOrSelf(op.getType()).isF32() && op.getClusterSize() &&
         op.getClusterStride() == 1;
}

// The run of lowerable reductions of one size that begins at `first`.
static SmallVector<gpu::SubgroupReduceOp> getRun(gpu::SubgroupReduceOp first) {
  SmallVector<gpu::SubgroupReduceOp> run = {first};
  Operation *next = first->getNextNode();
  while (auto op = dyn_cast_or_null<gpu::SubgroupReduceOp>(next)) {
    bool usesRun = llvm::any_of(run, [&](gpu::SubgroupReduceOp earlier) {
      return op.getValue() == earlier.getResult();
    });
    if (!isSumOfF32(op) || op.getClusterSize() != first.getClusterSize() ||
        usesRun)
      break;
    run.push_back(op);
    next = op->getNextNode();
  }
  return run;
}

// The elements of the values of a run, as scalars.
static SmallVector<Value> createElements(ImplicitLocOpBuilder &b,
                                         ArrayRef<gpu::SubgroupReduceOp> run) {
  SmallVector<Value> elements;
  for (gpu::SubgroupReduceOp op : run) {
    Value value = op.getValue();
    if (isa<VectorType>(value.getType()))
      llvm::append_range(elements,
                         vector::ToElementsOp::create(b, value).getResults());
    else
      elements.push_back(value);
  }
  return elements;
}

static void replaceRun(MutableArrayRef<gpu::SubgroupReduceOp> run) {
  ImplicitLocOpBuilder b(run.front().getLoc(), run.back());
  SmallVector<Value> sums = createElements(b, run);
  int32_t lanes = *run.front().getClusterSize();
  for (int32_t distance = lanes / 2; distance > 0; distance /= 2) {
    SmallVector<Value> received;
    for (Value sum : sums)
      received.push_back(gpu::ShuffleOp::create(b, sum, distance, warpSize,
                                                gpu::ShuffleMode::XOR)
                             .getShuffleResult());
    for (auto [sum, other] : llvm::zip_equal(sums, received))
      sum = arith::AddFOp::create(b, sum, other);
  }

  ArrayRef<Value> rest = sums;
  for (gpu::SubgroupReduceOp op : run) {
    auto vectorType = dyn_cast<VectorType>(op.getType());
    int64_t count = vectorType ? vectorType.getNumElements() : 1;
    Value result = rest.front();
    if (vectorType)
      result =
          vector::FromElementsOp::create(b, vectorType, rest.take_front(count));
    op.replaceAllUsesWith(result);
    rest = rest.drop_front(count);
  }
  for (gpu::SubgroupReduceOp op : run)
    op.erase();
}

namespace {

struct SubgroupReduceToShuffles
    : gdr::impl::SubgroupReduceToShufflesBase<SubgroupReduceToShuffles> {
  void runOnOperation() override {
    SmallVector<SmallVector<gpu::SubgroupReduceOp>> runs;
    llvm::SmallPtrSet<Operation *, 16> seen;
    getOperation()->walk([&](gpu::SubgroupReduceOp op) {
      if (!isSumOfF32(op) || seen.contains(op))
        return;
      runs.push_back(getRun(op));
      seen.insert_range(runs.back());
    });
    for (MutableArrayRef<gpu::SubgroupReduceOp> run : runs)
      replaceRun(run);
  }
};

} // namespace
