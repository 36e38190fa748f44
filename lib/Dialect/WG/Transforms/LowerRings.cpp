//===- LowerRings.cpp - rings to slots, barriers and parities -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects rings that are used by wg.acquire, wg.claim, wg.take and
// wg.release, and leaves
// their memory as one wg.alloc each, wg.slot, and operations on barriers.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::wg {
#define GEN_PASS_DEF_LOWERRINGS
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"
} // namespace mlir::wg

using namespace mlir;
using namespace mlir::wg;

namespace {

/// The memory and barriers of a ring.
struct Slots {
  RingType type;
  Value memory;
  Value full, empty; // one barrier a slot; empty is null without a release
  /// Of the barriers that say that a slot is full.
  int64_t arrivals = 1;
};

/// Where a use of a ring is.
struct Place {
  Value slot;
  Value parity; // of the round
};

struct LowerRings : wg::impl::LowerRingsBase<LowerRings> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<RingOp> rings;
    getOperation()->walk([&](RingOp ring) { rings.push_back(ring); });
    for (RingOp ring : rings)
      lower(ring);
  }

private:
  void lower(RingOp ring) {
    ImplicitLocOpBuilder b(ring.getLoc(), ring);
    Slots slots;
    slots.type = ring.getRing().getType();
    const int64_t ofConsumer =
        eachThreadArrives ? warpgroupThreads : warpgroupThreads / warpThreads;
    // Threads that fill a slot, and the one that copies.
    if (eachThreadArrives &&
        llvm::any_of(ring->getUsers(), llvm::IsaPred<ClaimOp>))
      slots.arrivals += warpgroupThreads;
    slots.memory = AllocOp::create(b, slots.type, /*over=*/nullptr,
                                   /*over_offset=*/nullptr,
                                   /*offset=*/nullptr);
    slots.full = MBarrierAllocOp::create(b, slots.type.getSlots(),
                                         slots.arrivals, /*offset=*/nullptr);
    if (llvm::any_of(ring->getUsers(), llvm::IsaPred<ReleaseOp>))
      slots.empty = MBarrierAllocOp::create(b, slots.type.getSlots(),
                                            ring.getConsumers() * ofConsumer,
                                            /*offset=*/nullptr);
    // Publishes the initialization of the barriers.
    gpu::BarrierOp::create(b);
    for (Operation *user : llvm::make_early_inc_range(ring->getUsers())) {
      b.setInsertionPoint(user);
      b.setLoc(user->getLoc());
      if (auto acquire = dyn_cast<AcquireOp>(user))
        lower(b, acquire, slots);
      else if (auto take = dyn_cast<TakeOp>(user))
        lower(b, take, slots);
      else if (auto claim = dyn_cast<ClaimOp>(user))
        lower(b, claim, slots);
      else if (auto release = dyn_cast<ReleaseOp>(user))
        lower(b, release, slots);
      else
        user->replaceUsesOfWith(ring.getRing(), slots.memory);
    }
    ring.erase();
  }

  // In 32 bits: a division of 64 takes several times as many instructions, and
  // the products that wait for the slot wait for it.
  Place createPlace(ImplicitLocOpBuilder &b, const Slots &slots, Value use) {
    auto getConstant = [&](int32_t value) -> Value {
      return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
    };
    auto toIndex = [&](Value value) -> Value {
      return arith::IndexCastUIOp::create(b, b.getIndexType(), value);
    };
    Value narrow = arith::IndexCastUIOp::create(b, b.getI32Type(), use);
    Value count = getConstant(slots.type.getSlots());
    Value round = arith::DivUIOp::create(b, narrow, count);
    Place place;
    place.slot = toIndex(arith::RemUIOp::create(b, narrow, count));
    place.parity = toIndex(arith::AndIOp::create(b, round, getConstant(1)));
    return place;
  }

  SmallVector<Value> createTiles(ImplicitLocOpBuilder &b, const Slots &slots,
                                 Value slot) {
    SmallVector<Value> tiles;
    for (auto [i, type] : llvm::enumerate(slots.type.getTiles()))
      tiles.push_back(SlotOp::create(b, type, slots.memory, slot, i));
    return tiles;
  }

  // Waits for the end of the round before, if there can be one.
  void createWaitForEmpty(ImplicitLocOpBuilder &b, const Slots &slots,
                          const Place &place) {
    if (!slots.empty)
      return;
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value other = arith::XOrIOp::create(b, place.parity, one);
    Value empty = MBarrierAtOp::create(b, slots.empty, place.slot);
    MBarrierWaitOp::create(b, empty, other);
  }

  void lower(ImplicitLocOpBuilder &b, AcquireOp acquire, const Slots &slots) {
    Place place = createPlace(b, slots, acquire.getUse());
    createWaitForEmpty(b, slots, place);
    Value full = MBarrierAtOp::create(b, slots.full, place.slot);
    int64_t bytes = slots.type.getCopiedBytes();
    for (int64_t tile : acquire.getFilled())
      bytes -= slots.type.getTiles()[tile].getBytes();
    bool isFilled = !acquire.getFilled().empty();
    MBarrierExpectOp::create(b, full, bytes, isFilled ? 1 : slots.arrivals);
    if (isFilled && slots.arrivals > 1)
      createArrivals(acquire, slots);
    SmallVector<Value> results = {full};
    llvm::append_range(results, createTiles(b, slots, place.slot));
    acquire->replaceAllUsesWith(results);
    acquire.erase();
  }

  // Of the threads that have filled tiles of the slot, before one of them goes
  // on to copy the others.
  void createArrivals(AcquireOp acquire, const Slots &slots) {
    ImplicitLocOpBuilder b(acquire.getLoc(),
                           acquire->getParentOfType<OneThreadOp>());
    Value slot = createPlace(b, slots, acquire.getUse()).slot;
    MBarrierArriveOp::create(b, MBarrierAtOp::create(b, slots.full, slot),
                             /*each_thread=*/true);
  }

  void lower(ImplicitLocOpBuilder &b, ClaimOp claim, const Slots &slots) {
    Place place = createPlace(b, slots, claim.getUse());
    createWaitForEmpty(b, slots, place);
    claim->replaceAllUsesWith(createTiles(b, slots, place.slot));
    claim.erase();
  }

  void lower(ImplicitLocOpBuilder &b, TakeOp take, const Slots &slots) {
    Place place = createPlace(b, slots, take.getUse());
    Value full = MBarrierAtOp::create(b, slots.full, place.slot);
    MBarrierWaitOp::create(b, full, place.parity);
    take->replaceAllUsesWith(createTiles(b, slots, place.slot));
    take.erase();
  }

  void lower(ImplicitLocOpBuilder &b, ReleaseOp release, const Slots &slots) {
    Place place = createPlace(b, slots, release.getUse());
    Value empty = MBarrierAtOp::create(b, slots.empty, place.slot);
    MBarrierArriveOp::create(b, empty, eachThreadArrives);
    release.erase();
  }
};

} // namespace
