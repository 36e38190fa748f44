//===- WGOps.cpp - operations of the wg dialect ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"
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
    // move_space
    if (!isGlobal(cast<MemRefType>(memory)))
      return op->emitOpError("expected a memref in global memory, got ")
             << memory;
  }
  // move_shape
  if (!fits || element != tile.getElementType())
    return op->emitOpError("expected memory of shape [")
           << shape << "] and elements of " << tile.getElementType() << ", got "
           << memory;
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
                      getSource().getType(), getTranspose());
}

LogicalResult StoreOp::verify() {
  auto tile = cast<RankedTensorType>(getTile().getType());
  // store_vector
  if (isa<SharedType>(getDestination().getType()) && tile.getRank() == 1 &&
      isa<ColumnsAttr>(tile.getEncoding()))
    return emitOpError("expected a vector with encoding #wg.lanes or #wg.rows "
                       "to go to shared memory, got ")
           << tile;
  return verifyMemory(*this, tile, getDestination().getType(), getTranspose());
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

SharedType InvertBlocksOp::getScratchType(MLIRContext *context, int64_t count) {
  return SharedType::get(context, {4 * count, scratchFloats},
                         Float32Type::get(context), /*swizzle=*/0);
}

LogicalResult
InvertBlocksOp::inferReturnTypes(MLIRContext *context, std::optional<Location>,
                                 ValueRange operands, DictionaryAttr,
                                 OpaqueProperties, RegionRange,
                                 SmallVectorImpl<Type> &inferred) {
  // One for each operand but the scratch.
  if (!operands.empty())
    for (Type type : operands.drop_back().getTypes())
      inferred.push_back(
          cast<RankedTensorType>(type).clone(Float16Type::get(context)));
  return success();
}

LogicalResult InvertBlocksOp::verify() {
  // invert_count
  int64_t count = getSources().size();
  if (count != 1 && count != 2)
    return emitOpError("expected one or two sources, got ") << count;
  // invert_source
  for (Type type : getSources().getTypes())
    if (auto source = cast<RankedTensorType>(type);
        source.getShape()[1] != fragmentRows ||
        !source.getElementType().isF32())
      return emitOpError("expected a source of shape [64, 64] and elements of "
                         "f32, got ")
             << source;
  // invert_scratch
  SharedType scratch = getScratchType(getContext(), count);
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
  if (aElement != element ||
      ArrayRef<int64_t>(aShape) != ArrayRef<int64_t>({fragmentRows, depth}))
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

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// A tile and the global memory that threads copy it from or to.
static LogicalResult verifyFill(Operation *op, SharedType tile,
                                MemRefType memory) {
  SmallVector<int64_t> strides;
  int64_t offset;
  // fill_memory
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
  return verifyFill(*this, getTile().getType(),
                    cast<MemRefType>(getSource().getType()));
}

LogicalResult DrainOp::verify() {
  return verifyFill(*this, getTile().getType(),
                    cast<MemRefType>(getDestination().getType()));
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
  int64_t count = getRing().getType().getTiles().size();
  // acquire_filled
  for (int64_t tile : getFilled())
    if (tile < 0 || tile >= count)
      return emitOpError("expected filled to be numbers of tiles, less than ")
             << count << ", got " << tile;
  if (failed(verifyTiles(*this, getRing().getType(), getTiles().getTypes())))
    return failure();
  for (auto [number, tile] : llvm::enumerate(getTiles())) {
    // Parts are copied one by one.
    if (llvm::is_contained(getFilled(), number) ||
        llvm::any_of(tile.getUsers(), llvm::IsaPred<SliceOp>))
      continue;
    // acquire_copied
    int64_t copies = llvm::count_if(tile.getUsers(), [&](Operation *user) {
      auto copy = dyn_cast<CopyOp>(user);
      return copy && copy.getBarrier() == getBarrier();
    });
    if (copies != 1)
      return emitOpError("expected one wg.copy to fill tile ")
             << number << " with the barrier of the slot, got " << copies;
  }
  return success();
}

LogicalResult ClaimOp::verify() {
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}

LogicalResult TakeOp::verify() {
  return verifyTiles(*this, getRing().getType(), getTiles().getTypes());
}
