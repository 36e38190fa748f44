//===- CopiesToThreads.cpp - copies by the threads of a warpgroup ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels after wg-lower-rings, with wg.tensor_box in place of tensor
// maps, and leaves no wg.copy, wg.copy_out, wg.mbarrier_expect or
// wg.tensor_box: copies are made by all threads of a warpgroup.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/Transforms/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::wg {
#define GEN_PASS_DEF_COPIESTOTHREADS
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"
} // namespace mlir::wg

using namespace mlir;
using namespace mlir::wg;

namespace {

/// What a copy names: a memref, and the dimension that the rows of a tile go
/// along; none for consecutive elements.
struct Memory {
  Value memref;
  IntegerAttr rows;
};

} // namespace

static FailureOr<Memory> getMemory(Operation *copy, Value operand) {
  if (isa<MemRefType>(operand.getType()))
    return Memory{operand, IntegerAttr()};
  auto box = operand.getDefiningOp<TensorBoxOp>();
  if (!box)
    return copy->emitOpError("expected the result of a wg.tensor_box, got a "
                             "tensor map that the host encodes; run "
                             "gdr-chunk-to-wg with tensor-maps=false before "
                             "wg-copies-to-threads");
  ArrayRef<int64_t> sizes = box.getBox().drop_back();
  const int64_t *rows =
      llvm::find_if(sizes, [](int64_t size) { return size != 1; });
  if (rows == sizes.end())
    return box.emitOpError("expected a box of more than one row");
  Builder b(copy->getContext());
  return Memory{box.getTensor(), b.getI64IntegerAttr(rows - sizes.begin())};
}

// Whether all threads must run the op when they make the copies.
static bool isCopyOrWait(Operation *op) {
  return isa<MBarrierExpectOp, CopyOp, CopyOutOp, WaitCopiesOutOp>(op);
}

namespace {

struct CopiesToThreads : wg::impl::CopiesToThreadsBase<CopiesToThreads> {
  void runOnOperation() override {
    SmallVector<Operation *> copies;
    SmallVector<OneThreadOp> regions;
    SmallVector<MBarrierExpectOp> expects;
    SmallVector<RoleOp> producers;
    getOperation()->walk([&](Operation *op) {
      if (isCopyOrWait(op))
        copies.push_back(op);
      auto contains = [&](auto isOne) {
        return op
            ->walk([&](Operation *inner) {
              return isOne(inner) ? WalkResult::interrupt()
                                  : WalkResult::advance();
            })
            .wasInterrupted();
      };
      if (auto region = dyn_cast<OneThreadOp>(op);
          region && contains(isCopyOrWait))
        regions.push_back(region);
      else if (auto expect = dyn_cast<MBarrierExpectOp>(op))
        expects.push_back(expect);
      else if (auto role = dyn_cast<RoleOp>(op);
               role && contains([](Operation *op) { return isa<CopyOp>(op); }))
        producers.push_back(role);
    });
    for (MBarrierExpectOp expect : expects)
      if (failed(createArrivals(expect)))
        return signalPassFailure();
    for (Operation *copy : copies)
      if (failed(rewrite(copy)))
        return signalPassFailure();
    for (OneThreadOp region : regions) {
      region->getBlock()->getOperations().splice(
          region->getIterator(), region.getBody().front().getOperations());
      region.erase();
    }
    // A thread may not end before its copies.
    for (RoleOp role : producers) {
      OpBuilder b = OpBuilder::atBlockEnd(&role.getBody().front());
      WaitCopiesByThreadsOp::create(b, role.getLoc());
    }
    getOperation()->walk([](TensorBoxOp box) {
      if (box->use_empty())
        box.erase();
    });
  }

private:
  // In place of the one arrival those of all threads, after the last copy that
  // the barrier counts.
  LogicalResult createArrivals(MBarrierExpectOp expect) {
    Value barrier = expect.getBarrier();
    Value row = barrier;
    if (auto at = barrier.getDefiningOp<MBarrierAtOp>())
      row = at.getBarriers();
    auto alloc = row.getDefiningOp<MBarrierAllocOp>();
    if (!alloc)
      return expect.emitOpError("expected a barrier of a wg.mbarrier_alloc");
    alloc.setArrivals(warpgroupThreads);

    Operation *last = expect;
    for (Operation *user : barrier.getUsers()) {
      if (!isa<CopyOp>(user))
        continue;
      if (user->getBlock() != expect->getBlock())
        return user->emitOpError("expected the copy in the block of its "
                                 "barrier's wg.mbarrier_expect");
      if (last->isBeforeInBlock(user))
        last = user;
    }
    OpBuilder b(last->getContext());
    b.setInsertionPointAfter(last);
    MBarrierArriveCopiesOp::create(b, last->getLoc(), barrier);
    return success();
  }

  LogicalResult rewrite(Operation *op) {
    OpBuilder b(op);
    if (auto copy = dyn_cast<CopyOp>(op)) {
      FailureOr<Memory> memory = getMemory(copy, copy.getSource());
      if (failed(memory))
        return failure();
      CopyByThreadsOp::create(b, copy.getLoc(), memory->memref,
                              copy.getIndices(), memory->rows, copy.getTile());
    } else if (auto copy = dyn_cast<CopyOutOp>(op)) {
      FailureOr<Memory> memory = getMemory(copy, copy.getDestination());
      if (failed(memory))
        return failure();
      CopyOutByThreadsOp::create(b, copy.getLoc(), copy.getTile(),
                                 memory->memref, copy.getIndices(),
                                 memory->rows);
    }
    op->erase();
    return success();
  }
};

} // namespace
