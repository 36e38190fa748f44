//===- InsertProxyFences.cpp - writes before asynchronous reads -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects barriers between stores to shared tiles and the products and copies
// that read them, and leaves a wg.fence_proxy before each such barrier.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

namespace mlir::wg {
#define GEN_PASS_DEF_INSERTPROXYFENCES
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"
} // namespace mlir::wg

using namespace mlir;
using namespace mlir::wg;

// Barriers that make writes visible.
static bool isBarrier(Operation *op) {
  return isa<SyncOp, MeetOp>(op);
}

// Whether the op, or one inside of it, writes shared memory by threads.
static bool storesToShared(Operation &op) {
  return op
      .walk([](Operation *inside) {
        auto store = dyn_cast<StoreOp>(inside);
        bool writes =
            isa<FillOp>(inside) ||
            (store && isa<SharedType>(store.getDestination().getType()));
        return writes ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

// Whether a store may come before the barrier with no other barrier in between.
// Looks at the ops before it, and then at those around it; before an enclosing
// loop's body comes its end.
static bool publishesStore(Operation *barrier) {
  for (Operation *op = barrier; !isa<gpu::GPUFuncOp>(op);
       op = op->getParentOp()) {
    for (Operation *before = op->getPrevNode(); before;
         before = before->getPrevNode()) {
      if (isBarrier(before))
        return false;
      if (storesToShared(*before))
        return true;
    }
    Operation *parent = op->getParentOp();
    if (!isa<LoopLikeOpInterface>(parent))
      continue;
    // Any region of a loop may come before another.
    if (parent->getNumRegions() > 1 && storesToShared(*parent))
      return true;
    for (Operation *before = &op->getBlock()->back(); before && before != op;
         before = before->getPrevNode()) {
      if (isBarrier(before))
        break;
      if (storesToShared(*before))
        return true;
    }
  }
  return false;
}

namespace {

struct InsertProxyFences : wg::impl::InsertProxyFencesBase<InsertProxyFences> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (!isBarrier(op) || !publishesStore(op))
        return;
      OpBuilder b(op);
      FenceProxyOp::create(b, op->getLoc());
    });
  }
};

} // namespace
