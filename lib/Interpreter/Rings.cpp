//===- Rings.cpp - rings of slots -----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A ring is what wg-lower-rings makes of it, two rows of barriers; but uses are
// counted, where the barriers of a GPU only tell an even round from an odd one.
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

static constexpr int64_t warps = wg::warpgroupThreads / wg::warpThreads;

static int64_t getNumSlots(const Ring &ring) {
  return static_cast<int64_t>(ring.lastUse.size());
}

// Where a tile of a slot begins, from the begin of the ring.
static int64_t getOffset(wg::RingType type, int64_t slot, int64_t tile) {
  int64_t offset = slot * type.getSlotBytes();
  for (wg::SharedType before : type.getTiles().take_front(tile))
    offset += llvm::alignTo(before.getBytes(), wg::tileAlignment);
  return offset;
}

Step Warpgroup::createRing(wg::RingOp op) {
  if (Ring *ring = cta.find<Ring>(op)) {
    set(op.getRing(), ring);
    return Step::Done;
  }
  wg::RingType type = op.getRing().getType();
  for (wg::SharedType tile : type.getTiles())
    if (!getElement(tile.getElementType()))
      return fail(op, "has an element type that is not known to the "
                      "interpreter");
  int64_t slots = type.getSlots();
  cta.barrierBytes += 2 * slots * mbarrierBytes;
  int64_t begin = allocate(op, slots * type.getSlotBytes(), std::nullopt);
  if (begin < 0)
    return Step::Failed;
  auto consumers = static_cast<int64_t>(op.getConsumers());
  Ring ring{op,
            begin,
            cta.createMBarriers(slots, 1),
            cta.createMBarriers(slots, consumers * warps),
            std::vector<int64_t>(slots, -1),
            std::vector<bool>(slots, false)};
  set(op.getRing(), cta.add<Ring>(op, std::move(ring)));
  return Step::Done;
}

int64_t Warpgroup::getUse(Operation *op, Value use) {
  int64_t value = getInteger(use);
  if (value < 0)
    emitError(op) << "expected a use that is not negative, got " << value;
  return std::max<int64_t>(value, -1);
}

void Warpgroup::setTiles(ResultRange results, Ring &ring, int64_t use) {
  wg::RingType type = ring.op.getRing().getType();
  for (auto [i, result] : llvm::enumerate(results)) {
    int64_t offset = getOffset(type, use % type.getSlots(), i);
    set(result, SharedTile{cast<wg::SharedType>(result.getType()),
                           ring.begin + offset, &ring, use});
  }
}

// "use 4 of the ring, in slot 1".
static std::string describe(int64_t use, int64_t slot) {
  return ("use " + Twine(use) + " of the ring, in slot " + Twine(slot)).str();
}

// Waits until the slot is empty, and makes it that of the use.
Step Warpgroup::waitForEmpty(Operation *op, Ring &ring, int64_t use) {
  int64_t slot = use % getNumSlots(ring), round = use / getNumSlots(ring);
  MBarrier &empty = ring.empty.barriers[slot];
  if (empty.getPhase() < round)
    return wait("for the release of " +
                Twine(describe(use - getNumSlots(ring), slot)) + ": " +
                empty.describe());
  // On a GPU the parity would be that of another round.
  if (empty.getPhase() > round || ring.lastUse[slot] >= use)
    return fail(op, "expected the next use of the slot, which is after use " +
                        Twine(ring.lastUse[slot]) + ", got use " + Twine(use));
  Step step = learnFrom(op, empty);
  ring.lastUse[slot] = use;
  return step;
}

Step Warpgroup::claim(wg::ClaimOp op) {
  int64_t use = getUse(op, op.getUse());
  if (use < 0)
    return Step::Failed;
  Ring &ring = *getAs<Ring *>(op.getRing());
  Step step = waitForEmpty(op, ring, use);
  if (step != Step::Done)
    return step;
  ring.claimed[use % getNumSlots(ring)] = true;
  // What was in the slot is of an earlier use.
  int64_t begin = ring.begin + getOffset(ring.op.getRing().getType(),
                                         use % getNumSlots(ring), 0);
  cta.shared.forget(begin, begin + ring.op.getRing().getType().getSlotBytes());
  setTiles(op.getTiles(), ring, use);
  return Step::Done;
}

Step Warpgroup::acquire(wg::AcquireOp op) {
  int64_t use = getUse(op, op.getUse());
  if (use < 0)
    return Step::Failed;
  Ring &ring = *getAs<Ring *>(op.getRing());
  int64_t slot = use % getNumSlots(ring);
  if (ring.claimed[slot] && ring.lastUse[slot] == use) {
    ring.claimed[slot] = false;
  } else {
    // Whoever fills before the slot is empty overwrites what is still read.
    if (!op.getFilled().empty())
      return fail(op, "expected " + Twine(describe(use, slot)) +
                          ", to be claimed before its tiles are filled");
    Step step = waitForEmpty(op, ring, use);
    if (step != Step::Done)
      return step;
  }
  MBarrier &full = ring.full.barriers[slot];
  wg::RingType type = ring.op.getRing().getType();
  int64_t bytes = type.getCopiedBytes();
  for (int64_t tile : op.getFilled())
    bytes -= type.getTiles()[tile].getBytes();
  full.expect(bytes);
  Step step = arrive(op, full, 1);
  set(op.getBarrier(), MBarrierAt{&ring.full, slot, /*publishedBy=*/0});
  setTiles(op.getTiles(), ring, use);
  return step;
}

Step Warpgroup::take(wg::TakeOp op) {
  int64_t use = getUse(op, op.getUse());
  if (use < 0)
    return Step::Failed;
  Ring &ring = *getAs<Ring *>(op.getRing());
  int64_t slot = use % getNumSlots(ring), round = use / getNumSlots(ring);
  MBarrier &full = ring.full.barriers[slot];
  full.makeCopies();
  if (full.getPhase() <= round)
    return wait("for " + Twine(describe(use, slot)) +
                ", to be filled: " + full.describe());
  if (ring.lastUse[slot] != use)
    return fail(op, "expected " + Twine(describe(use, slot)) +
                        ", which has been acquired for use " +
                        Twine(ring.lastUse[slot]));
  setTiles(op.getTiles(), ring, use);
  return learnFrom(op, full);
}

// One thread of each warp arrives.
Step Warpgroup::release(wg::ReleaseOp op) {
  int64_t use = getUse(op, op.getUse());
  if (use < 0)
    return Step::Failed;
  Ring &ring = *getAs<Ring *>(op.getRing());
  int64_t slot = use % getNumSlots(ring), round = use / getNumSlots(ring);
  MBarrier &empty = ring.empty.barriers[slot];
  if (ring.full.barriers[slot].getPhase() <= round || empty.getPhase() != round)
    return fail(op, "expected a use that is full, got " +
                        Twine(describe(use, slot)));
  int64_t begin = ring.begin + getOffset(ring.op.getRing().getType(), slot, 0);
  int64_t end = begin + ring.op.getRing().getType().getSlotBytes();
  for (const auto &product : products)
    for (const Access *access : product->accesses)
      if (access->begin < end && begin < access->end) {
        InFlightDiagnostic diagnostic = emitError(op);
        diagnostic << "releases " << describe(use, slot)
                   << ", which a product still reads; wait for it before";
        diagnostic.attachNote(product->op->getLoc())
            << "the product is '" << cta.getText(product->op) << "'";
        return Step::Failed;
      }
  return arrive(op, empty, warps);
}

bool Warpgroup::executeOnRings(Operation *op, Step &step) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::RingOp ring) {
        step = createRing(ring);
        return true;
      })
      .Case([&](wg::AcquireOp acquireOp) {
        step = acquire(acquireOp);
        return true;
      })
      .Case([&](wg::ClaimOp claimOp) {
        step = claim(claimOp);
        return true;
      })
      .Case([&](wg::TakeOp takeOp) {
        step = take(takeOp);
        return true;
      })
      .Case([&](wg::ReleaseOp releaseOp) {
        step = release(releaseOp);
        return true;
      })
      .Case([&](wg::SlotOp slot) {
        const auto &memory = getAs<RingMemory>(slot.getRing());
        int64_t number = getInteger(slot.getSlot());
        if (number < 0 || number >= memory.type.getSlots() ||
            slot.getTile() >= memory.type.getTiles().size() ||
            memory.type.getTiles()[slot.getTile()] !=
                slot.getResult().getType()) {
          step = fail(op, "expected a tile of a slot of the ring");
          return true;
        }
        int64_t offset = getOffset(memory.type, number,
                                   static_cast<int64_t>(slot.getTile()));
        set(slot.getResult(),
            SharedTile{slot.getResult().getType(), memory.begin + offset});
        step = Step::Done;
        return true;
      })
      .Default(false);
}
