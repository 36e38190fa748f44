//===- WGOps.cpp - operations of the wg dialect ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::wg;

#define GET_OP_CLASSES
#include "gdr/Dialect/WG/IR/WGOps.cpp.inc"

/// Registers of one SM; CUDA C++ programming guide, "compute capabilities".
static constexpr int64_t registersPerSM = 64 * 1024;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

namespace {
/// The ops around an op inside of its role: what each of them depends on, and
/// the number of its region. Equal ones are run equally often.
using Visit = SmallVector<std::pair<SmallVector<OpFoldResult>, unsigned>>;
} // namespace

static Visit getVisit(Operation *op, RoleOp role) {
  Visit visit;
  for (Region *region = op->getParentRegion();
       region->getParentOp() != role.getOperation();
       region = region->getParentRegion()) {
    Operation *around = region->getParentOp();
    SmallVector<Value> operands(around->getOperands());
    // What a loop carries has nothing to do with how often it runs.
    if (auto loop = dyn_cast<scf::ForOp>(around))
      operands = {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()};
    visit.emplace_back(getAsOpFoldResult(operands), region->getRegionNumber());
  }
  return visit;
}

/// Each time that a role comes to a barrier.
static SmallVector<Visit> getVisits(RoleOp role, BarrierOp barrier) {
  SmallVector<Visit> visits;
  role->walk([&](Operation *op) {
    if (isa<ArriveOp, MeetOp>(op) && op->getOperand(0) == barrier.getBarrier())
      visits.push_back(getVisit(op, role));
  });
  return visits;
}

/// All roles that come to a barrier come equally often.
static LogicalResult verifyBarrier(RolesOp roles, BarrierOp barrier) {
  int64_t participants = 0;
  RoleOp firstRole;
  SmallVector<Visit> expected;
  for (auto role : roles.getBody().front().getOps<RoleOp>()) {
    SmallVector<Visit> visits = getVisits(role, barrier);
    if (visits.empty())
      continue;
    participants += role.getWarpgroups();
    if (!firstRole) {
      firstRole = role;
      expected = std::move(visits);
      continue;
    }
    // roles_barrier_visits
    if (visits.size() != expected.size() ||
        !std::is_permutation(visits.begin(), visits.end(), expected.begin()))
      return (roles.emitOpError("expected role '")
              << role.getName() << "' to come to a barrier in the same loops "
              << "and branches as role '" << firstRole.getName() << "'; one would wait "
              << "for ever")
                 .attachNote(barrier.getLoc())
             << "the barrier";
  }
  // roles_barrier_participants
  if (participants != static_cast<int64_t>(barrier.getParticipants()))
    return (roles.emitOpError("expected ")
            << barrier.getParticipants()
            << " warpgroups to come to a barrier, got " << participants)
               .attachNote(barrier.getLoc())
           << "the barrier";
  return success();
}

LogicalResult RolesOp::verifyRegions() {
  // In the order of the function.
  SmallVector<BarrierOp> barriers;
  getOperation()->walk([&](Operation *op) {
    if (!isa<ArriveOp, MeetOp>(op))
      return;
    auto barrier = op->getOperand(0).getDefiningOp<BarrierOp>();
    if (barrier && !llvm::is_contained(barriers, barrier))
      barriers.push_back(barrier);
  });
  for (BarrierOp barrier : barriers)
    if (failed(verifyBarrier(*this, barrier)))
      return failure();
  return success();
}

LogicalResult RolesOp::verify() {
  int64_t registers = 0, warpgroups = 0;
  for (Operation &op : getBody().front()) {
    auto role = dyn_cast<RoleOp>(op);
    // roles_body
    if (!role)
      return emitOpError("expected only wg.role in the body, got ")
             << op.getName();
    warpgroups += role.getWarpgroups();
    registers += role.getWarpgroups() * warpgroupThreads * role.getRegisters();
  }
  // roles_threads
  if (warpgroups > 8)
    return emitOpError("expected roles of at most 8 warpgroups, the 1024 "
                       "threads of a CTA, got ")
           << warpgroups;
  // roles_registers
  if (registers > registersPerSM)
    return emitOpError("expected roles of at most ")
           << registersPerSM << " registers together, got " << registers
           << "; the CTA would never start";
  return success();
}

LogicalResult RoleOp::verify() {
  // role_warpgroups
  if (static_cast<int64_t>(getWarpgroups()) < 1)
    return emitOpError("expected at least one warpgroup, got ")
           << getWarpgroups();
  // role_registers; PTX ISA, "setmaxnreg"
  int64_t registers = getRegisters();
  if (registers < 24 || registers > 256 || registers % 8 != 0)
    return emitOpError("expected registers to be a multiple of 8 from 24 to "
                       "256, got ")
           << registers;
  return success();
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  SharedType source = getSource().getType(), part = getPart().getType();
  bool isPanels = part.getSwizzle() == 0 ||
                  (part.getShape()[0] == source.getShape()[0] &&
                   part.getBytes() % part.getSwizzle() == 0);
  // slice_part
  if (source.getElementType() != part.getElementType() ||
      source.getSwizzle() != part.getSwizzle() || !isPanels ||
      source.getBytes() % part.getBytes() != 0)
    return emitOpError("expected a part that is whole rows or whole panels of ")
           << source << ", got " << part;
  return success();
}

//===----------------------------------------------------------------------===//
// Register tiles
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  auto type = cast<RankedTensorType>(getTile().getType());
  // iota_type
  if (type.getRank() != 1 || !type.getElementType().isInteger(32))
    return emitOpError("expected a vector of i32, got ") << type;
  return success();
}

LogicalResult BroadcastOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType());
  auto tile = cast<RankedTensorType>(getTile().getType());
  // broadcast_source
  if (!isa<RowsAttr, ColumnsAttr>(source.getEncoding()))
    return emitOpError("expected a source with encoding #wg.rows or "
                       "#wg.columns, got ")
           << source;
  // broadcast_shape
  int64_t size = tile.getShape()[isa<RowsAttr>(source.getEncoding()) ? 0 : 1];
  if (source.getNumElements() != size ||
      source.getElementType() != tile.getElementType())
    return emitOpError("expected a source of ")
           << size << " elements of " << tile.getElementType() << ", got "
           << source;
  return success();
}

/// Whether memory of this shape may be smaller than a tile of the other.
static bool fitsInto(ArrayRef<int64_t> memory, ArrayRef<int64_t> tile) {
  return memory.size() == tile.size() &&
         llvm::all_of(llvm::zip(memory, tile), [](auto sizes) {
           auto [size, most] = sizes;
           return ShapedType::isDynamic(size) || size <= most;
         });
}

/// Shape and element type of memory that a tile is moved to or from.
static LogicalResult verifyMemory(Operation *op, RankedTensorType tile,
                                  Type memory, bool transposed) {
  SmallVector<int64_t> shape(tile.getShape());
  if (transposed)
    std::reverse(shape.begin(), shape.end());
  bool fits;
  Type element;
  if (auto shared = dyn_cast<SharedType>(memory)) {
    fits = shared.getShape() == ArrayRef<int64_t>(shape);
    element = shared.getElementType();
  } else {
    fits = fitsInto(cast<MemRefType>(memory).getShape(), shape);
    element = cast<MemRefType>(memory).getElementType();
  }
  // move_shape
  if (!fits || element != tile.getElementType())
    return op->emitOpError("expected memory of shape [")
           << shape << "] and elements of " << tile.getElementType()
           << ", got " << memory;
  // move_transpose
  if (transposed && tile.getRank() != 2)
    return op->emitOpError("expected no transpose of a vector");
  return success();
}

LogicalResult LoadOp::verify() {
  return verifyMemory(*this, cast<RankedTensorType>(getTile().getType()),
                      getSource().getType(), getTranspose());
}

LogicalResult StoreOp::verify() {
  return verifyMemory(*this, cast<RankedTensorType>(getTile().getType()),
                      getDestination().getType(), getTranspose());
}

LogicalResult SumColumnsOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType());
  auto sums = cast<RankedTensorType>(getSums().getType());
  // sum_columns_type
  if (!source.getElementType().isF32() || !sums.getElementType().isF32() ||
      !isa<RowsAttr>(sums.getEncoding()))
    return emitOpError("expected a source of f32 and sums of f32 with encoding "
                       "#wg.rows, got ")
           << source << " and " << sums;
  return success();
}

LogicalResult CumsumOp::verify() {
  auto type = cast<RankedTensorType>(getSource().getType());
  // cumsum_type
  if (!isa<LanesAttr>(type.getEncoding()) || !type.getElementType().isF32())
    return emitOpError("expected a source of f32 with encoding #wg.lanes, got ")
           << type;
  return success();
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

LogicalResult MmaOp::verify() {
  SharedType b = getB().getType();
  Type element = b.getElementType();
  // mma_element
  if (!element.isBF16() && !element.isF16())
    return emitOpError("expected b of bf16 or f16, got ") << element;
  // mma_rank
  if (b.getShape().size() != 2)
    return emitOpError("expected b with two dimensions, got ") << b;
  int64_t depth = b.getShape()[getTransposeB() ? 1 : 0];
  int64_t columns = b.getShape()[getTransposeB() ? 0 : 1];

  auto shared = dyn_cast<SharedType>(getA().getType());
  Type aElement;
  SmallVector<int64_t> aShape;
  if (shared) {
    aElement = shared.getElementType();
    aShape.assign(shared.getShape().begin(), shared.getShape().end());
  } else {
    auto tile = cast<RankedTensorType>(getA().getType());
    aElement = tile.getElementType();
    aShape.assign(tile.getShape().begin(), tile.getShape().end());
    // mma_transpose_a
    if (getTransposeA())
      return emitOpError("expected no transpose_a of a register tile");
  }
  if (getTransposeA())
    std::reverse(aShape.begin(), aShape.end());
  // mma_a
  if (aElement != element || ArrayRef<int64_t>(aShape) != ArrayRef<int64_t>(
                                 {fragmentRows, depth}))
    return emitOpError("expected a of shape [64, ")
           << depth << "] and elements of " << element << ", got "
           << getA().getType();
  // mma_swizzle
  for (auto [name, type] : {std::pair{"a", shared}, {"b", b}})
    if (type && type.getSwizzle() != 128)
      return emitOpError("expected ")
             << name << " with a swizzle of 128 bytes, got " << type;
  // mma_depth; PTX ISA, "wgmma.mma_async": K is 16 for 16-bit elements
  if (depth % 16 != 0)
    return emitOpError("expected the products to be over a multiple of 16, "
                       "got ")
           << depth;
  // mma_columns; up to 256 in the ISA, but 128 registers of accumulators are
  // the most that leaves room for anything else
  if (columns % 8 != 0 || columns > 256)
    return emitOpError("expected a result of a multiple of 8 and at most 256 "
                       "columns, got ")
           << columns;
  // mma_result
  RankedTensorType tile = getResult().getType().getTile();
  if (tile.getShape() != ArrayRef<int64_t>({fragmentRows, columns}) ||
      !tile.getElementType().isF32() || !isa<FragmentAttr>(tile.getEncoding()))
    return emitOpError("expected the result to be a tensor<64x")
           << columns << "xf32, #wg.fragment>, got " << tile;
  // mma_accumulator
  if (getAccumulator() && getAccumulator().getType() != tile)
    return emitOpError("expected the accumulator to be ")
           << tile << ", got " << getAccumulator().getType();
  return success();
}

LogicalResult WaitOp::verify() {
  // wait_tiles
  if (getProducts().size() != getTiles().size())
    return emitOpError("expected a tile for each product, got ")
           << getTiles().size() << " for " << getProducts().size();
  for (auto [product, tile] : llvm::zip(getProducts(), getTiles())) {
    Type expected = cast<PendingType>(product.getType()).getTile();
    if (tile.getType() != expected)
      return emitOpError("expected a tile of type ")
             << expected << ", got " << tile.getType();
  }
  // wait_newer: PTX ISA, "wgmma.wait_group"
  if (static_cast<int64_t>(getNewer()) < 0 || getNewer() > 7)
    return emitOpError("expected newer to be from 0 to 7, got ") << getNewer();
  return success();
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// A tile and the global memory that threads copy it from or to.
static LogicalResult verifyCopyByThreads(Operation *op, SharedType tile,
                                         MemRefType memory) {
  SmallVector<int64_t> strides;
  int64_t offset;
  // copy_by_threads
  if (tile.getShape().size() != 2 ||
      !fitsInto(memory.getShape(), tile.getShape()) ||
      memory.getElementType() != tile.getElementType() ||
      failed(memory.getStridesAndOffset(strides, offset)) ||
      strides.back() != 1 ||
      (!memory.isDynamicDim(1) &&
       memory.getShape()[1] * tile.getElementBytes() % 16 != 0))
    return op->emitOpError("expected a memref of at most the rows and columns "
                           "of ")
           << tile << ", with rows of whole 16-byte units, got " << memory;
  return success();
}

LogicalResult FillOp::verify() {
  return verifyCopyByThreads(*this, getTile().getType(),
                             cast<MemRefType>(getSource().getType()));
}

LogicalResult DrainOp::verify() {
  return verifyCopyByThreads(*this, getTile().getType(),
                             cast<MemRefType>(getDestination().getType()));
}

//===----------------------------------------------------------------------===//
// Rings
//===----------------------------------------------------------------------===//

static LogicalResult verifyTiles(Operation *op, RingType ring,
                                 TypeRange tiles) {
  // ring_results
  if (!llvm::equal(tiles, ring.getTiles()))
    return op->emitOpError("expected the tiles of ") << ring;
  return success();
}

LogicalResult AcquireOp::verify() {
  int64_t count = getRing().getType().getTiles().size();
  // acquire_filled
  for (int64_t tile : getFilled())
    if (tile < 0 || tile >= count)
      return emitOpError("expected filled to be numbers of tiles, less than ")
             << count << ", got " << tile;
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}

LogicalResult ClaimOp::verify() {
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}

LogicalResult TakeOp::verify() {
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}
