//===- WGAsyncOps.cpp - copies, rings and barriers ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The verifiers of what warpgroups and copies tell each other. A program that
// counts wrong here waits for ever.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::wg;

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// What a copy of consecutive bytes needs of addresses and sizes; PTX ISA,
/// "cp.async.bulk".
static constexpr int64_t bulkBytes = 16;
/// The most dimensions of a tensor map, and elements of a side of its box; CUDA
/// driver API, "cuTensorMapEncodeTiled".
static constexpr size_t maxBoxRank = 5;
static constexpr int64_t maxBoxSize = 256;

// A copy between a box of a tensor and a tile.
static LogicalResult verifyBox(Operation *op, TypedValue<SharedType> tile,
                               OperandRange indices) {
  SharedType type = tile.getType();
  // copy_indices
  if (indices.size() < type.getShape().size() || indices.size() > maxBoxRank)
    return op->emitOpError("expected from ")
           << type.getShape().size() << " to " << maxBoxRank
           << " indices for a box, got " << indices.size();
  // copy_slice; PTX ISA, "cp.async.bulk.tensor"
  auto slice = tile.getDefiningOp<SliceOp>();
  if (slice && type.getBytes() % type.getAlignment() != 0)
    return op->emitOpError("expected parts of a multiple of ")
           << type.getAlignment() << " bytes for boxes, got " << type;
  // copy_box
  int64_t rowBytes = type.getPanelWidth();
  if (rowBytes % bulkBytes != 0 ||
      rowBytes / type.getElementBytes() > maxBoxSize ||
      type.getShape().front() > maxBoxSize)
    return op->emitOpError("expected boxes of at most ")
           << maxBoxSize << " rows of at most " << maxBoxSize
           << " elements and of a multiple of " << bulkBytes << " bytes, got "
           << type;
  return success();
}

// A copy between consecutive elements in global memory and a tile.
static LogicalResult verifyBulk(Operation *op, SharedType tile,
                                MemRefType memory, OperandRange indices) {
  // copy_no_indices
  if (!indices.empty())
    return op->emitOpError("expected no indices for a memref, got ")
           << indices.size();
  // copy_space
  if (!isGlobal(memory))
    return op->emitOpError("expected a memref in global memory, got ")
           << memory;
  // copy_shape
  if (memory.getShape() != tile.getShape() ||
      memory.getElementType() != tile.getElementType())
    return op->emitOpError("expected a memref of shape [")
           << tile.getShape() << "] and elements of " << tile.getElementType()
           << ", got " << memory;
  // copy_contiguous
  if (!memory.areTrailingDimsContiguous(memory.getRank()))
    return op->emitOpError("expected a memref of consecutive elements, got ")
           << memory;
  // copy_bytes
  if (tile.getBytes() % bulkBytes != 0)
    return op->emitOpError("expected a tile of a multiple of ")
           << bulkBytes << " bytes, got " << tile;
  // copy_aligned
  auto [strides, offset] = memory.getStridesAndOffset();
  if (!ShapedType::isDynamic(offset) &&
      offset * tile.getElementBytes() % bulkBytes != 0)
    return op->emitOpError("expected a memref at a multiple of ")
           << bulkBytes << " bytes, got " << memory;
  return success();
}

static LogicalResult verifyCopy(Operation *op, TypedValue<SharedType> tile,
                                Type memory, OperandRange indices) {
  if (auto memref = dyn_cast<MemRefType>(memory))
    return verifyBulk(op, tile.getType(), memref, indices);
  return verifyBox(op, tile, indices);
}

LogicalResult CopyOp::verify() {
  return verifyCopy(*this, getTile(), getSource().getType(), getIndices());
}

LogicalResult CopyOutOp::verify() {
  return verifyCopy(*this, getTile(), getDestination().getType(), getIndices());
}

//===----------------------------------------------------------------------===//
// Rings
//===----------------------------------------------------------------------===//

// The warpgroups that run an op, if it is known.
static std::optional<int64_t> getWarpgroups(Operation *op) {
  if (auto role = op->getParentOfType<RoleOp>())
    return role.getWarpgroups();
  if (auto kernel = op->getParentOfType<gpu::GPUFuncOp>())
    if (auto blockSize = kernel.getKnownBlockSize())
      return blockSize->front() / warpgroupThreads;
  return std::nullopt;
}

namespace {

/// The uses of a ring, and the programs they are in: roles, or null for what is
/// outside of all.
struct RingUses {
  explicit RingUses(RingOp ring) {
    for (Operation *user : ring->getUsers()) {
      if (isa<AcquireOp>(user))
        acquires.push_back(user);
      else if (isa<TakeOp>(user))
        takes.push_back(user);
      else if (isa<ReleaseOp>(user))
        releases.push_back(user);
      else if (!isa<AllocOp, ClaimOp>(user))
        other = user;
    }
  }

  SmallVector<Operation *> acquires, takes, releases;
  Operation *other = nullptr;
};

} // namespace

static llvm::SmallSetVector<Operation *, 4>
getPrograms(ArrayRef<Operation *> ops) {
  llvm::SmallSetVector<Operation *, 4> programs;
  for (Operation *op : ops)
    programs.insert(op->getParentOfType<RoleOp>());
  return programs;
}

// One thread of the CTA fills the ring: the barriers count one arrival.
static LogicalResult verifyProducer(RingOp ring, const RingUses &uses) {
  // ring_filled
  if (uses.acquires.empty()) {
    if (uses.takes.empty())
      return success();
    return ring.emitOpError("expected a wg.acquire that fills the ring, which "
                            "wg.take waits for");
  }
  // ring_producer
  if (size_t count = getPrograms(uses.acquires).size(); count != 1)
    return ring.emitOpError("expected one role to fill the ring, got ")
           << count;
  if (auto warpgroups = getWarpgroups(uses.acquires.front());
      warpgroups && *warpgroups != 1)
    return ring.emitOpError("expected one warpgroup to fill the ring, got ")
           << *warpgroups;
  return success();
}

// Each use is released by all warpgroups that take it, as often as the barriers
// count.
static LogicalResult verifyConsumers(RingOp ring, const RingUses &uses) {
  int64_t slots = ring.getRing().getType().getSlots();
  if (uses.releases.empty()) {
    // ring_released
    for (Operation *acquire : uses.acquires) {
      APInt use;
      if (!matchPattern(cast<AcquireOp>(acquire).getUse(),
                        m_ConstantInt(&use)) ||
          !use.ult(slots)) {
        InFlightDiagnostic diagnostic =
            ring.emitOpError("expected a wg.release, because more than ")
            << slots << " uses may be acquired";
        return diagnostic.attachNote(acquire->getLoc()) << "one use is here";
      }
    }
    return success();
  }
  auto releasing = getPrograms(uses.releases);
  int64_t warpgroups = 0;
  for (Operation *release : uses.releases) {
    if (!releasing.remove(release->getParentOfType<RoleOp>()))
      continue;
    std::optional<int64_t> ofProgram = getWarpgroups(release);
    if (!ofProgram)
      return success();
    warpgroups += *ofProgram;
  }
  // ring_consumers
  if (warpgroups != static_cast<int64_t>(ring.getConsumers()))
    return ring.emitOpError("expected as many consumers as warpgroups release "
                            "the ring, ")
           << warpgroups << ", got " << ring.getConsumers();
  // ring_taken
  releasing = getPrograms(uses.releases);
  for (Operation *take : uses.takes)
    if (!releasing.contains(take->getParentOfType<RoleOp>())) {
      InFlightDiagnostic diagnostic =
          ring.emitOpError("expected every role that takes from the ring to "
                           "release what it took");
      return diagnostic.attachNote(take->getLoc()) << "a role takes here";
    }
  return success();
}

LogicalResult RingOp::verify() {
  RingUses uses(*this);
  // ring_uses
  if (uses.other)
    return emitOpError("expected uses by wg.acquire, wg.take, wg.release and "
                       "wg.alloc, got ")
           << uses.other->getName();
  if (failed(verifyProducer(*this, uses)))
    return failure();
  return verifyConsumers(*this, uses);
}

//===----------------------------------------------------------------------===//
// What rings are lowered to
//===----------------------------------------------------------------------===//

LogicalResult SlotOp::verify() {
  ArrayRef<SharedType> tiles = getRing().getType().getTiles();
  // slot_tile
  if (getTile() >= tiles.size())
    return emitOpError("expected tile to be below ")
           << tiles.size() << ", got " << static_cast<int64_t>(getTile());
  // slot_result
  if (getResult().getType() != tiles[getTile()])
    return emitOpError("expected a result of type ")
           << tiles[getTile()] << ", got " << getResult().getType();
  return success();
}

LogicalResult MBarrierAllocOp::verify() {
  // mbarrier_aligned
  if (getOffset() && *getOffset() % mbarrierBytes != 0)
    return emitOpError("expected offset to be a multiple of ")
           << mbarrierBytes << ", got " << static_cast<int64_t>(*getOffset());
  return success();
}

LogicalResult MBarrierWaitOp::verify() {
  APInt parity;
  // wait_parity
  if (matchPattern(getParity(), m_ConstantInt(&parity)) && !parity.ult(2))
    return emitOpError("expected parity to be 0 or 1, got ")
           << parity.getSExtValue();
  return success();
}
