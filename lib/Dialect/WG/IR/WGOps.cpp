//===- WGOps.cpp - operations of the wg dialect ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

#define GET_OP_CLASSES
#include "gdr/Dialect/WG/IR/WGOps.cpp.inc"

/// Registers of one SM; CUDA C++ programming guide, "compute capabilities".
static constexpr int64_t registersPerSM = 64 * 1024;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

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

/// Shape and element type of memory that a tile is moved to or from.
static LogicalResult verifyMemory(Operation *op, RankedTensorType tile,
                                  Type memory, bool transposed, Value limit) {
  SmallVector<int64_t> shape(tile.getShape());
  if (transposed)
    std::reverse(shape.begin(), shape.end());
  ArrayRef<int64_t> memoryShape;
  Type element;
  if (auto shared = dyn_cast<SharedType>(memory)) {
    memoryShape = shared.getShape();
    element = shared.getElementType();
    // move_limit
    if (limit)
      return op->emitOpError("expected no limit in shared memory");
  } else {
    memoryShape = cast<MemRefType>(memory).getShape();
    element = cast<MemRefType>(memory).getElementType();
  }
  // move_shape
  if (memoryShape != ArrayRef<int64_t>(shape) ||
      element != tile.getElementType())
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
                      getSource().getType(), getTranspose(), getLimit());
}

LogicalResult StoreOp::verify() {
  return verifyMemory(*this, cast<RankedTensorType>(getTile().getType()),
                      getDestination().getType(), getTranspose(), getLimit());
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
// Copies by threads
//===----------------------------------------------------------------------===//

LogicalResult TensorBoxOp::verify() {
  ArrayRef<int64_t> box = getBox();
  auto type = cast<MemRefType>(getTensor().getType());
  // tensor_box_rank
  if (static_cast<int64_t>(box.size()) != type.getRank())
    return emitOpError("expected a box of ")
           << type.getRank() << " dimensions, got " << box.size();
  // tensor_box_rows
  if (llvm::count_if(box.drop_back(), [](int64_t size) { return size != 1; }) >
      1)
    return emitOpError("expected a box with more than one element in one "
                       "dimension and the last, got [")
           << box << "]";
  return success();
}

// Units of a copy, and those of a row of a tile that a thread stays in the same
// column of when it goes on to the rows of the next pass.
static constexpr int64_t copyBytes = 16;
static constexpr int64_t maxRowCopies = 16;

static LogicalResult verifyCopyByThreads(Operation *op, SharedType tile,
                                         MemRefType memory, size_t indices,
                                         std::optional<int64_t> rows) {
  int64_t elementBytes = tile.getElementBytes();
  // thread_copy_element
  if (memory.getElementType() != tile.getElementType())
    return op->emitOpError("expected elements of ")
           << tile.getElementType() << " in memory, got " << memory;
  if (indices == 0 && !rows) {
    // thread_copy_size
    if (!memory.hasStaticShape() ||
        memory.getNumElements() * elementBytes != tile.getBytes() ||
        tile.getBytes() % copyBytes != 0)
      return op->emitOpError("expected ")
             << tile.getBytes() << " bytes, a multiple of 16, in memory, got "
             << memory;
    return success();
  }
  // thread_copy_indices
  if (static_cast<int64_t>(indices) != memory.getRank() || !rows || *rows < 0 ||
      *rows >= memory.getRank() - 1)
    return op->emitOpError("expected an index for each dimension, and rows to "
                           "be one of them but the last");
  int64_t last = memory.getShape().back();
  auto [strides, offset] = memory.getStridesAndOffset();
  // thread_copy_columns
  if (ShapedType::isDynamic(last) || last * elementBytes % copyBytes != 0 ||
      strides.back() != 1)
    return op->emitOpError("expected a last dimension of consecutive elements "
                           "and a multiple of 16 bytes, got ")
           << memory;
  // thread_copy_tile
  int64_t copies = tile.getShape().back() * elementBytes / copyBytes;
  if (tile.getShape().size() != 2 || !llvm::isPowerOf2_64(copies) ||
      copies > maxRowCopies ||
      tile.getShape()[0] * copies % warpgroupThreads != 0)
    return op->emitOpError("expected a tile of rows of 16, 32, 64, 128 or 256 "
                           "bytes and of a multiple of 2048 bytes, got ")
           << tile;
  return success();
}

LogicalResult CopyByThreadsOp::verify() {
  return verifyCopyByThreads(*this, getTile().getType(),
                             cast<MemRefType>(getSource().getType()),
                             getIndices().size(), getRows());
}

LogicalResult CopyOutByThreadsOp::verify() {
  return verifyCopyByThreads(*this, getTile().getType(),
                             cast<MemRefType>(getDestination().getType()),
                             getIndices().size(), getRows());
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
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}

LogicalResult TakeOp::verify() {
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}
