//===- ScanProgram.cpp - what the programs of scan share ------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScanProgram.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;
/// Bytes that a panel of keys is wide.
static constexpr int64_t keySwizzle = 128;

//===----------------------------------------------------------------------===//
// The choice of the program
//===----------------------------------------------------------------------===//

// Columns of V of a CTA.
static int64_t getColumns(ChunkScanOp op) {
  int64_t columns =
      op.getScheduleAttr() ? op.getScheduleAttr().getColumns() : 0;
  return columns ? columns : fragmentRows;
}

// The rows of a fragment are columns of V unless there are too few of them.
static bool isSplit(ChunkScanOp op) { return getColumns(op) < fragmentRows; }

int64_t mlir::gdr::getScanPanelColumns(ChunkScanOp op) {
  return std::min(getColumns(op), fragmentRows);
}

int64_t mlir::gdr::getScanBlocksPerSequence(ChunkScanOp op) {
  return op.getNumValueHeads() *
         llvm::divideCeil(op.getValueDim(), getColumns(op));
}

int64_t mlir::gdr::getScanThreads(ChunkScanOp op) {
  int64_t consumers = isSplit(op) ? 2 : getColumns(op) / fragmentRows;
  return (consumers + 1) * warpgroupThreads;
}

static int64_t getPaddedKeyDim(ChunkScanOp op) {
  return llvm::alignTo(op.getKeyDim(), fragmentRows);
}

// Two slots are in use at a time; the program with two warpgroups takes all
// of the next chunk while it has this one.
int64_t mlir::gdr::getLeastScanStages(ChunkScanOp op) {
  return isSplit(op) ? 2 : 1;
}

// The rings that chunks are loaded into. K, V and decay of the next chunk are
// taken while all of this one is in use: with one stage they have a ring of two
// slots, and the rest of a chunk one of its own.
static SmallVector<RingType> getRingTypes(ChunkScanOp op, int64_t stages) {
  MLIRContext *context = op.getContext();
  Type element = cast<ShapedType>(op.getQ().getType()).getElementType();
  auto getTile = [&](int64_t rows, int64_t columns, int64_t swizzle) {
    return SharedType::get(context, {rows, columns}, element, swizzle);
  };
  SharedType keys = getTile(C, getPaddedKeyDim(op), keySwizzle);
  SharedType values =
      getTile(C, getColumns(op),
              getScanPanelColumns(op) * element.getIntOrFloatBitWidth() / 8);
  SharedType square = getTile(C, C, keySwizzle);
  SharedType decays = SharedType::get(context, {numDecayRows, C},
                                      Float32Type::get(context), /*swizzle=*/0);
  if (stages > 1)
    return {RingType::get(context, stages,
                          {keys, values, decays, keys, square, square})};
  return {RingType::get(context, 2, {keys, values, decays}),
          RingType::get(context, 1, {keys, square, square})};
}

int64_t mlir::gdr::getScanSharedBytes(ChunkScanOp op, int64_t stages) {
  constexpr int64_t barrierBytes = 1024; // at most
  int64_t bytes = barrierBytes;
  for (RingType ring : getRingTypes(op, stages))
    bytes += ring.getSlots() * ring.getSlotBytes();
  for (SharedType tile : isSplit(op) ? getSplitScanTiles(op)
                                     : getRegisterScanTiles(op, getColumns(op)))
    bytes += llvm::alignTo(tile.getBytes(), tileAlignment);
  return bytes;
}

void mlir::gdr::createScanBody(ImplicitLocOpBuilder &b, ChunkScanOp op,
                               const TensorMaps &maps, bool overlap) {
  OpBuilder::InsertionGuard guard(b);
  if (isSplit(op))
    createSplitScan(b, op, maps, overlap);
  else
    createRegisterScan(b, op, maps, overlap, getColumns(op));
}

//===----------------------------------------------------------------------===//
// Position and roles
//===----------------------------------------------------------------------===//

ScanProgram::ScanProgram(ImplicitLocOpBuilder &b, ChunkScanOp op,
                         const TensorMaps &maps, bool overlap, int64_t columns,
                         int64_t panelColumns)
    : b(b), op(op), maps(maps), t(b), sequences(b, op), overlap(overlap),
      columns(columns), panelColumns(panelColumns) {
  element = cast<ShapedType>(op.getQ().getType()).getElementType();
  f32 = b.getF32Type();
  paddedKeyDim = getPaddedKeyDim(op);
}

void ScanProgram::createPosition() {
  Value block = gpu::BlockIdOp::create(b, gpu::Dimension::x);
  Value tiles = t.index(llvm::divideCeil(op.getValueDim(), columns));
  Value heads = t.index(op.getNumValueHeads());
  Value tile = arith::RemUIOp::create(b, block, tiles);
  Value rest = arith::DivUIOp::create(b, block, tiles);
  valueHead = arith::RemUIOp::create(b, rest, heads);
  Value n = arith::DivUIOp::create(b, rest, heads);
  keyHead = sequences.createKeyHead(valueHead);
  firstColumn = arith::MulIOp::create(b, tile, t.index(columns));
  sequence = sequences.createSequence(n);
  firstSlot = sequences.createFirstSlot(n, sequence, C);
  Value tokens = arith::SubIOp::create(b, sequence.end, sequence.begin);
  if (sequence.isActive)
    tokens = arith::SelectOp::create(b, sequence.isActive, tokens, t.index(0));
  chunks = arith::CeilDivUIOp::create(b, tokens, t.index(C));
  wholeChunks = chunks;
  if (isPacked())
    wholeChunks = arith::DivUIOp::create(b, tokens, t.index(C));
}

void ScanProgram::createRole(StringRef name, int64_t warpgroups,
                             int64_t registers,
                             llvm::function_ref<void()> fill) {
  auto role = RoleOp::create(b, name, warpgroups, registers);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&role.getBody());
  fill();
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

void ScanProgram::createRings(int64_t consumers) {
  int64_t stages = op.getScheduleAttr() ? op.getScheduleAttr().getStages() : 0;
  for (RingType type : getRingTypes(op, stages ? stages : maxScanStages))
    rings.push_back(RingOp::create(b, type, consumers));
}

Value ScanProgram::createNext(Value chunk) {
  Value after = arith::AddIOp::create(b, chunk, t.index(1));
  Value last = arith::SubIOp::create(b, chunks, t.index(1));
  return arith::MinUIOp::create(b, after, last);
}

static SmallVector<Type> getTileTypes(Value ring) {
  ArrayRef<SharedType> tiles = cast<RingType>(ring.getType()).getTiles();
  return {tiles.begin(), tiles.end()};
}

static SmallVector<Value> createTakeOf(ImplicitLocOpBuilder &b, Value ring,
                                       Value chunk) {
  return llvm::to_vector_of<Value>(
      TakeOp::create(b, getTileTypes(ring), ring, chunk).getTiles());
}

ChunkTiles ScanProgram::createTake(Value chunk) {
  return ChunkTiles(createTakeOf(b, rings.front(), chunk));
}

ChunkTiles ScanProgram::createTakeOfRest(const ChunkTiles &taken, Value chunk) {
  if (taken.isWhole())
    return taken;
  SmallVector<Value> tiles = taken.getValues();
  llvm::append_range(tiles, createTakeOf(b, rings.back(), chunk));
  return ChunkTiles(tiles);
}

void ScanProgram::createRelease(Value chunk) {
  for (Value ring : rings)
    ReleaseOp::create(b, ring, chunk);
}

void ScanProgram::createLoadRole(int64_t registers) {
  createRole("load", 1, registers, [&] {
    t.oneThread([&] {
      createWaitForPrepareIfZero(chunks);
      forEachChunk(wholeChunks, [&](Value chunk) { createCopies(chunk, {}); });
    });
    createIfTail([&](Value chunk) { createTailLoad(chunk); });
  });
}

// Runs `create` for the last chunk if another sequence may begin in it.
void ScanProgram::createIfTail(llvm::function_ref<void(Value)> create) {
  if (!isPacked())
    return;
  Value hasTail =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, wholeChunks, chunks);
  auto branch = scf::IfOp::create(b, hasTail, false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  create(wholeChunks);
}

// Copies the tiles of a chunk, except those of the first ring that are filled
// already, in the order of their use.
void ScanProgram::createCopies(Value chunk, ArrayRef<int64_t> filled) {
  SmallVector<Value> acquired;
  Value barrier, zero = t.index(0), token = createFirstToken(chunk);
  auto acquire = [&](Value ring, ArrayRef<int64_t> filled) {
    auto slot = AcquireOp::create(b, MBarrierType::get(b.getContext()),
                                  getTileTypes(ring), ring, chunk,
                                  b.getDenseI64ArrayAttr(filled));
    llvm::append_range(acquired, slot.getTiles());
    barrier = slot.getBarrier();
    return ChunkTiles(acquired);
  };
  auto copyBox = [&](Value map, Value head, Value column, Value tile) {
    CopyOp::create(b, map, ValueRange{sequence.batch, token, head, column},
                   tile, barrier);
  };
  auto copyChunk = [&](Value memref, Value tile) {
    CopyOp::create(b, createChunkOf(memref, chunk), ValueRange{}, tile,
                   barrier);
  };
  ChunkTiles tiles = acquire(rings.front(), filled);
  if (filled.empty()) {
    copyBox(maps.k, keyHead, zero, tiles.k);
    copyBox(maps.v, valueHead, firstColumn, tiles.v);
  }
  createWaitForPrepareIfZero(chunk);
  copyChunk(op.getDecay(), tiles.decay);
  if (rings.size() > 1)
    tiles = acquire(rings.back(), {});
  copyChunk(op.getInverse(), tiles.inverse);
  copyBox(maps.q, keyHead, zero, tiles.q);
  copyChunk(op.getAttention(), tiles.attention);
}

// Before the first chunk's matrices; or, without chunks, before the CTA ends:
// what comes after this kernel waits for it alone, and relies on prepare having
// ended too.
void ScanProgram::createWaitForPrepareIfZero(Value count) {
  if (!overlap)
    return;
  Value isZero =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, count, t.index(0));
  auto branch = scf::IfOp::create(b, isZero, false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  NVVM::GriddepcontrolOp::create(b, NVVM::GridDepActionKind::wait);
}

// The chunk that is not whole: rows of k and v behind its tokens are zero,
// whatever lies there. Rows of q only reach rows of o that are not written.
//
// All threads claim the slot, where so far one has: the others must not come
// before it, or they take an earlier phase of the same parity for the release.
void ScanProgram::createTailLoad(Value chunk) {
  SyncOp::create(b, IntegerAttr());
  Value ring = rings.front();
  ChunkTiles tiles(llvm::to_vector_of<Value>(
      ClaimOp::create(b, getTileTypes(ring), ring, chunk)
          .getTiles()
          .take_front(3)));
  FillOp::create(
      b, createTokensOf(op.getK(), chunk, keyHead, t.index(0), paddedKeyDim),
      tiles.k);
  FillOp::create(
      b, createTokensOf(op.getV(), chunk, valueHead, firstColumn, columns),
      tiles.v);
  SyncOp::create(b, IntegerAttr());
  // The positions of k and v in the ring's types.
  t.oneThread([&] { createCopies(chunk, {0, 1}); });
}

//===----------------------------------------------------------------------===//
// Parts of the operands
//===----------------------------------------------------------------------===//

Value ScanProgram::createFirstToken(Value chunk) {
  return arith::AddIOp::create(b, sequence.begin,
                               arith::MulIOp::create(b, chunk, t.index(C)));
}

// The tokens of a chunk that is not whole.
Value ScanProgram::createTailTokens(Value chunk) {
  return arith::SubIOp::create(b, sequence.end, createFirstToken(chunk));
}

// Matrix or rows of the chunk in `memref`, [slots, HV, rows, C].
Value ScanProgram::createChunkOf(Value memref, Value chunk) {
  int64_t rows = cast<MemRefType>(memref.getType()).getShape()[2];
  Value slot = arith::AddIOp::create(b, firstSlot, chunk);
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  return t.matrixView(memref, {slot, valueHead, zero, zero},
                      {one, one, b.getIndexAttr(rows), b.getIndexAttr(C)},
                      /*rowDim=*/2);
}

// `count` of `all` from a position on, a multiple of `count` within the columns
// of a CTA: less, down to none, where it is not known to fit.
OpFoldResult ScanProgram::createClipped(Value position, int64_t count,
                                        int64_t all) {
  if (matchPattern(position, m_Zero()))
    return b.getIndexAttr(std::min(count, all));
  if (all % columns == 0)
    return b.getIndexAttr(count);
  Value rest = arith::SubIOp::create(b, t.index(all), position);
  rest = arith::MaxSIOp::create(b, rest, t.index(0));
  return arith::MinSIOp::create(b, rest, t.index(count)).getResult();
}

// The tokens of a chunk that is not whole in an operand [B, T, H, D], from a
// column on.
Value ScanProgram::createTokensOf(Value memref, Value chunk, Value head,
                                  Value column, int64_t width) {
  int64_t all = cast<MemRefType>(memref.getType()).getShape()[3];
  OpFoldResult one = b.getIndexAttr(1);
  Value tokens = createTailTokens(chunk);
  return t.matrixView(memref,
                      {sequence.batch, createFirstToken(chunk), head, column},
                      {one, tokens, one, createClipped(column, width, all)},
                      /*rowDim=*/1);
}

Value ScanProgram::createDecayRow(const ChunkTiles &tiles, Decay row) {
  return SliceOp::create(b, t.getShared({C}, f32), tiles.decay, t.index(row));
}

Value ScanProgram::createStateDecay(const ChunkTiles &tiles) {
  return ExtractOp::create(b, f32, createDecayRow(tiles, stateDecay),
                           t.index(0));
}

Value ScanProgram::createScaled(Value tile, Value scalar) {
  return t.mul(tile, t.splat(cast<RankedTensorType>(tile.getType()), scalar));
}
