//===- WGOps.cpp - operations of the wg dialect ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

#define GET_OP_CLASSES
#include "gdr/Dialect/WG/IR/WGOps.cpp.inc"

bool mlir::wg::isGlobal(MemRefType memref) {
  Attribute space = memref.getMemorySpace();
  if (auto gpuSpace = dyn_cast_if_present<gpu::AddressSpaceAttr>(space))
    return gpuSpace.getValue() == gpu::AddressSpace::Global;
  return !space ||
         space == IntegerAttr::get(IntegerType::get(space.getContext(), 64), 1);
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

static int64_t getBytes(Type memory) {
  if (auto ring = dyn_cast<RingType>(memory))
    return ring.getBytes();
  return cast<SharedType>(memory).getBytes();
}

int64_t AllocOp::getBytes() { return ::getBytes(getTile().getType()); }

static int64_t getAlignment(Type memory) {
  if (auto shared = dyn_cast<SharedType>(memory))
    return shared.getAlignment();
  return tileAlignment;
}

LogicalResult AllocOp::verify() {
  int64_t alignment = getAlignment(getTile().getType());
  // alloc_aligned
  for (auto [name, bytes] : {std::pair{"over_offset", getOverOffset()},
                             std::pair{"offset", getOffset()}})
    if (bytes && *bytes % alignment != 0)
      return emitOpError("expected ")
             << name << " to be a multiple of " << alignment << ", got "
             << static_cast<int64_t>(*bytes);
  if (!getOver()) {
    // alloc_over_offset
    if (getOverOffset())
      return emitOpError("expected no over_offset without over");
    return success();
  }
  // alloc_over
  Operation *under = getOver().getDefiningOp();
  if (!isa_and_present<AllocOp, RingOp>(under))
    return emitOpError("expected over to be the result of wg.alloc or wg.ring");
  // alloc_fits
  int64_t begin = getOverOffset().value_or(0);
  int64_t end = begin + getBytes();
  int64_t space = ::getBytes(getOver().getType());
  if (begin < 0 || end > space)
    return emitOpError("expected a tile within the ")
           << space << " bytes of the one it takes the place of, got bytes "
           << begin << " to " << end;
  return success();
}

// A constant position must be one of `count`.
static LogicalResult verifyPosition(Operation *op, Value position,
                                    int64_t count) {
  APInt constant;
  if (!matchPattern(position, m_ConstantInt(&constant)) || constant.ult(count))
    return success();
  return op->emitOpError("expected a position below ")
         << count << ", got " << constant.getSExtValue();
}

// Whether consecutive parts of this type make up the tile.
static bool isPartOf(SharedType part, SharedType tile) {
  if (part.getElementType() != tile.getElementType() ||
      part.getSwizzle() != tile.getSwizzle() ||
      tile.getNumElements() % part.getNumElements() != 0)
    return false;
  // Panels.
  if (part.getSwizzle())
    return part.getShape()[0] == tile.getShape()[0];
  // Of a vector, or rows.
  return tile.getShape().size() == 1
             ? part.getShape().size() == 1
             : part.getShape().back() == tile.getShape().back();
}

LogicalResult SliceOp::verify() {
  SharedType source = getSource().getType(), part = getPart().getType();
  // slice_part
  if (!isPartOf(part, source))
    return emitOpError("expected a part that is whole rows or whole panels of ")
           << source << ", got " << part;
  // slice_position
  return verifyPosition(*this, getPosition(),
                        source.getNumElements() / part.getNumElements());
}

LogicalResult ExtractOp::verify() {
  SharedType source = getSource().getType();
  // extract_source
  if (source.getShape().size() != 1 || !source.getElementType().isF32())
    return emitOpError("expected a source of one dimension and elements of "
                       "f32, got ")
           << source;
  // extract_position
  return verifyPosition(*this, getPosition(), source.getNumElements());
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

// What the instructions that move a tile to or from shared memory can do.
static LogicalResult verifySharedMove(Operation *op, RankedTensorType tile,
                                      SharedType shared) {
  if (tile.getRank() == 2) {
    // move_fragment; PTX ISA, "ldmatrix": 8x8 matrices of 16 bits, four of them
    if (tile.getElementTypeBitWidth() != 16 || tile.getShape()[1] % 16 != 0)
      return op->emitOpError("expected a fragment of 16-bit elements and a "
                             "multiple of 16 columns, got ")
             << tile;
    // move_swizzle
    if (!shared.getSwizzle())
      return op->emitOpError("expected a swizzled tile for a fragment, got ")
             << shared;
    return success();
  }
  // move_vector
  if (!tile.getElementType().isF32())
    return op->emitOpError("expected a vector of f32 in shared memory, got ")
           << tile;
  // move_lanes; PTX ISA, "ld": vectors of 1, 2 and 4
  if (isa<LanesAttr>(tile.getEncoding()) &&
      !llvm::is_contained({1, 2, 4}, getElementsPerThread(tile)))
    return op->emitOpError("expected 32, 64 or 128 elements of #wg.lanes in "
                           "shared memory, got ")
           << tile;
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
    // move_space
    if (!isGlobal(cast<MemRefType>(memory)))
      return op->emitOpError("expected a memref in global memory, got ")
             << memory;
  }
  // move_shape
  if (memoryShape != ArrayRef<int64_t>(shape) ||
      element != tile.getElementType())
    return op->emitOpError("expected memory of shape [")
           << shape << "] and elements of " << tile.getElementType()
           << ", got " << memory;
  // move_element
  if (element.getIntOrFloatBitWidth() % 8 != 0)
    return op->emitOpError("expected elements of whole bytes, got ") << element;
  // move_transpose
  if (transposed && tile.getRank() != 2)
    return op->emitOpError("expected no transpose of a vector");
  if (auto shared = dyn_cast<SharedType>(memory))
    return verifySharedMove(op, tile, shared);
  return success();
}

LogicalResult LoadOp::verify() {
  return verifyMemory(*this, cast<RankedTensorType>(getTile().getType()),
                      getSource().getType(), getTranspose(), getLimit());
}

LogicalResult StoreOp::verify() {
  auto tile = cast<RankedTensorType>(getTile().getType());
  // store_vector
  if (isa<SharedType>(getDestination().getType()) && tile.getRank() == 1 &&
      !isa<LanesAttr>(tile.getEncoding()))
    return emitOpError("expected a vector with encoding #wg.lanes to go to "
                       "shared memory, got ")
           << tile;
  return verifyMemory(*this, tile, getDestination().getType(), getTranspose(),
                      getLimit());
}

LogicalResult CumsumOp::verify() {
  auto type = cast<RankedTensorType>(getSource().getType());
  // cumsum_type
  if (!isa<LanesAttr>(type.getEncoding()) || !type.getElementType().isF32())
    return emitOpError("expected a source of f32 with encoding #wg.lanes, got ")
           << type;
  return success();
}

LogicalResult InvertBlocksOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType());
  // invert_source
  if (source.getShape()[1] != fragmentRows || !source.getElementType().isF32())
    return emitOpError("expected a source of shape [64, 64] and elements of "
                       "f32, got ")
           << source;
  // invert_scratch
  auto scratch =
      SharedType::get(getContext(), {4, 320}, source.getElementType(), 0);
  if (getScratch().getType() != scratch)
    return emitOpError("expected scratch to be ")
           << scratch << ", got " << getScratch().getType();
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
  // mma_waited
  if (getResult().use_empty())
    return emitOpError("expected the product to be waited for by wg.wait");
  return success();
}

// The products that were certainly started after this one, in the block of both
// and before `end`; none if a region in between may have started some.
static std::optional<int64_t> countNewer(MmaOp product, Operation *end) {
  if (product->getBlock() != end->getBlock())
    return std::nullopt;
  int64_t count = 0;
  for (Operation *op = product->getNextNode(); op != end;
       op = op->getNextNode()) {
    if (isa<MmaOp>(op))
      ++count;
    else if (op->walk([](MmaOp) {
                 return WalkResult::interrupt();
               }).wasInterrupted())
      return std::nullopt;
  }
  return count;
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
  // wait_named
  for (Value product : getProducts())
    if (auto mma = product.getDefiningOp<MmaOp>())
      if (auto count = countNewer(mma, *this);
          count && *count < static_cast<int64_t>(getNewer())) {
        InFlightDiagnostic diagnostic =
            emitOpError("expected newer to be at most ")
            << *count << ", the products started after one that is named, got "
            << getNewer();
        return diagnostic.attachNote(mma.getLoc()) << "the product is here";
      }
  return success();
}
