//===- Warpgroup.h - the program of one warpgroup ---------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the ops of wg do, with whole tiles. Products are computed when they are
// started, but count as reading shared memory until they are waited for; so do
// copies out.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_WARPGROUP_H
#define GDR_LIB_INTERPRETER_WARPGROUP_H

#include "Evaluator.h"
#include "SharedMemory.h"

#include <deque>

namespace mlir::gdr::interpreter {

class CTA;

/// A product and the accesses of shared memory that it makes until it is waited
/// for.
struct Product {
  Operation *op;
  TilePtr result;
  SmallVector<Access *, 2> accesses;
  bool isFinished = false;
};

class Warpgroup : public Evaluator {
public:
  Warpgroup(CTA &cta, unsigned number);

  /// "warpgroup 1, of role 'math'".
  std::string getName() const;
  /// What the current op, which is blocked, waits for.
  StringRef getReason() const { return reason; }
  /// Fails if something is still under way.
  LogicalResult verifyEnd();

private:
  Step execute(Operation *op) override;
  void leave(Operation *parent) override;
  InFlightDiagnostic emitError(Operation *op) override;

  // Warpgroup.cpp
  Step enterRole(wg::RolesOp op);
  bool executeStructure(Operation *op, Step &step);
  Step wait(const Twine &why);
  /// Fails outside of wg.one_thread; for ops without the trait ByOneThread.
  LogicalResult verifyOneThread(Operation *op);

  // SharedTiles.cpp
  bool executeOnShared(Operation *op, Step &step);
  Step allocate(wg::AllocOp op);
  Step slice(wg::SliceOp op);
  /// Where memory for the CTA begins, the same for all warpgroups; -1, and an
  /// error, if there is not enough.
  int64_t allocate(Operation *op, int64_t bytes, std::optional<int64_t> offset);
  /// Fails if memory up to `end`, and barriers, are too much.
  LogicalResult verifySharedSize(Operation *op, int64_t end);
  /// An access of this warpgroup to all of a tile.
  Access createAccess(Operation *op, const SharedTile &tile, bool isWrite,
                      Attribute layout = {}) const;
  /// Reports an access that is not ordered after an earlier one.
  LogicalResult verifyAccess(Operation *op, const Access &access);
  LogicalResult verifyIsCurrent(Operation *op, const SharedTile &tile);
  LogicalResult verifyIsWritten(Operation *op, const SharedTile &tile);
  LogicalResult verifyIsFenced(Operation *op, const Access &access);
  /// All of these, for a read of the whole tile; returns the remembered access,
  /// which is under way if it is asynchronous.
  FailureOr<Access *> readTile(Operation *op, const SharedTile &tile,
                               Attribute layout, bool isAsync);
  /// The elements of a tile, as they are now.
  std::shared_ptr<Tile> getElements(const SharedTile &tile, bool transposed);

  // Tiles.cpp
  bool executeOnTiles(Operation *op, Step &step);
  Step load(wg::LoadOp op);
  Step loadGlobal(wg::LoadOp op, std::shared_ptr<Tile> result);
  Step store(wg::StoreOp op);
  Step storeGlobal(wg::StoreOp op, const Tile &tile);
  Step extract(wg::ExtractOp op);
  Step broadcast(wg::BroadcastOp op);
  Step invertBlocks(wg::InvertBlocksOp op);

  // Products.cpp
  Step startProduct(wg::MmaOp op);
  Step waitForProducts(wg::WaitOp op);

  // Copies.cpp
  Step copy(wg::CopyOp op);
  Step copyOut(wg::CopyOutOp op);
  Step waitForCopiesOut(wg::WaitCopiesOutOp op);

  // Fills.cpp
  Step fill(wg::FillOp op);
  Step drain(wg::DrainOp op);
  /// Visits the units that threads copy between a memref and a tile: where each
  /// is in shared memory, and its address, null outside of the memref.
  LogicalResult forEachUnit(Operation *op, const SharedTile &tile,
                            const MemRef &memory,
                            function_ref<void(int64_t, char *)> visit);

  // Rings.cpp
  bool executeOnRings(Operation *op, Step &step);
  Step createRing(wg::RingOp op);
  Step waitForEmpty(Operation *op, Ring &ring, int64_t use);
  Step claim(wg::ClaimOp op);
  Step acquire(wg::AcquireOp op);
  Step take(wg::TakeOp op);
  Step release(wg::ReleaseOp op);
  void setTiles(ResultRange results, Ring &ring, int64_t use);
  /// The use of a ring and its slot; -1 and an error if it is negative.
  int64_t getUse(Operation *op, Value use);

  // BarrierOps.cpp
  bool executeOnBarriers(Operation *op, Step &step);
  bool executeOnNamedBarriers(Operation *op, Step &step);
  Step createMBarriers(wg::MBarrierAllocOp op);
  Step waitForMBarrier(wg::MBarrierWaitOp op);
  Step learnFrom(Operation *op, const MBarrier &barrier);
  Step arrive(Operation *op, MBarrier &barrier, int64_t count);
  Step meet(NamedBarrier &barrier);
  /// Null, and an error, if the barrier may not have been initialized.
  MBarrier *getMBarrier(Operation *op, Value value);

  CTA &cta;
  Observer observer;
  int64_t timeOfCopies = 0;
  /// Barriers of the CTA that it has come past.
  int64_t numBarriers = 0;
  std::string reason;
  /// Of the last role.
  StringAttr roleName;
  /// The number of the first warpgroup of the role, while in one.
  unsigned firstOfRole = 0;
  std::deque<std::shared_ptr<Product>> products;
  SmallVector<Access *> copiesOut;
  /// The phase in which this warpgroup arrived at the barrier that it waits at.
  std::optional<int64_t> meetingPhase;
};

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_WARPGROUP_H
