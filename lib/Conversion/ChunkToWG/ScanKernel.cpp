//===- ScanKernel.cpp - the state over all chunks of a sequence -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One warpgroup loads chunks into a ring. Each of the others holds 64 columns
// of V of the transposed state, S^T: [64, K], in registers for the whole
// sequence, so that S^T and what is computed from it are operands of the next
// product without a trip through shared memory:
//
//   P^T  = V^T - S^T K^T diag(decay_0)       K^T     is the tile K, [C, K]
//   V'^T = P^T inverse^T                     inverse, [C, C]
//   O^T  = S^T Q^T diag(decay_2) + V'^T attention^T
//   S^T <- decay_3 S^T + V'^T diag(decay_1) K
//
// The products with S^T of the next chunk are started as soon as S^T is known,
// and the output is stored in their shadow.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "TileBuilder.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;
static constexpr int64_t swizzle = 128;
/// Rows of decay.
enum Decay { keyIn = 0, keyOut = 1, queryIn = 2, stateDecay = 3 };
/// Registers of a thread: a producer needs few; S^T, its 16-bit copy and two
/// products need most of the rest.
static constexpr int64_t producerRegisters = 40;
static constexpr int64_t consumerRegisters = 232;

// Warpgroups that hold state, each 64 columns of V.
static int64_t getConsumers(ChunkScanOp op) {
  int64_t columns = op.getScheduleAttr() ? op.getScheduleAttr().getColumns() : 0;
  return columns ? columns / fragmentRows : 1;
}

static int64_t getColumnTiles(ChunkScanOp op) {
  return llvm::divideCeil(op.getValueDim(), fragmentRows * getConsumers(op));
}

int64_t mlir::gdr::getScanBlocksPerSequence(ChunkScanOp op) {
  return op.getNumValueHeads() * getColumnTiles(op);
}

int64_t mlir::gdr::getScanThreads(ChunkScanOp op) {
  return (getConsumers(op) + 1) * warpgroupThreads;
}

// The rings that chunks are loaded into. K, V and decay of the next chunk are
// taken while all of this one is in use: with one stage they have a ring of two
// slots, and the rest of a chunk one of its own.
static SmallVector<RingType> getRingTypes(ChunkScanOp op, int64_t stages) {
  MLIRContext *context = op.getContext();
  Type element = cast<ShapedType>(op.getQ().getType()).getElementType();
  auto getTile = [&](int64_t rows, int64_t columns) {
    return SharedType::get(context, {rows, columns}, element, swizzle);
  };
  SharedType keys = getTile(C, op.getKeyDim());
  SharedType values = getTile(C, fragmentRows * getConsumers(op));
  SharedType square = getTile(C, C);
  SharedType decays = SharedType::get(context, {numDecayRows, C},
                                      Float32Type::get(context), /*swizzle=*/0);
  if (stages > 1)
    return {RingType::get(context, stages,
                          {keys, values, decays, keys, square, square})};
  return {RingType::get(context, 2, {keys, values, decays}),
          RingType::get(context, 1, {keys, square, square})};
}

static SharedType getOutputType(ChunkScanOp op) {
  Type element = cast<ShapedType>(op.getQ().getType()).getElementType();
  return SharedType::get(op.getContext(), {C, fragmentRows * getConsumers(op)},
                         element, swizzle);
}

int64_t mlir::gdr::getScanSharedBytes(ChunkScanOp op, int64_t stages) {
  constexpr int64_t barrierBytes = 1024; // at most
  int64_t bytes = getOutputType(op).getBytes() + barrierBytes;
  for (RingType ring : getRingTypes(op, stages))
    bytes += ring.getSlots() * ring.getSlotBytes();
  return bytes;
}

namespace {

/// The tiles of one chunk in the order of the rings' types; of the first ring,
/// or of all.
struct ChunkTiles {
  Value k, v, decay, q, inverse, attention;
  explicit ChunkTiles(ArrayRef<Value> tiles)
      : k(tiles[0]), v(tiles[1]), decay(tiles[2]) {
    if (tiles.size() == 3)
      return;
    q = tiles[3];
    inverse = tiles[4];
    attention = tiles[5];
  }
};

class ScanKernel {
public:
  ScanKernel(ImplicitLocOpBuilder &b, ChunkScanOp op, const TensorMaps &maps)
      : b(b), op(op), maps(maps), t(b), sequences(b, op) {
    element = cast<ShapedType>(op.getQ().getType()).getElementType();
    f32 = b.getF32Type();
    consumers = getConsumers(op);
    keyDim = op.getKeyDim();
  }

  void create() {
    createPosition();
    int64_t stages =
        op.getScheduleAttr() ? op.getScheduleAttr().getStages() : 0;
    for (RingType type : getRingTypes(op, stages ? stages : maxScanStages))
      rings.push_back(RingOp::create(b, type, consumers));
    Value outputs = AllocOp::create(b, getOutputType(op), Value(),
                                    IntegerAttr(), IntegerAttr());
    auto roles = RolesOp::create(b);
    b.createBlock(&roles.getBody());
    createRole("load", 1, consumers == 1 ? 256 : producerRegisters,
               [&] { createLoads(); });
    createRole("math", consumers, consumers == 1 ? 256 : consumerRegisters,
               [&] { createMath(outputs); });
  }

private:
  void createRole(StringRef name, int64_t warpgroups, int64_t registers,
                  llvm::function_ref<void()> fill) {
    auto role = RoleOp::create(b, name, warpgroups, registers);
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&role.getBody());
    fill();
  }

  // Which columns of V of which head of which sequence.
  void createPosition() {
    Value block = gpu::BlockIdOp::create(b, gpu::Dimension::x);
    Value tiles = t.index(getColumnTiles(op));
    Value heads = t.index(op.getNumValueHeads());
    Value tile = arith::RemUIOp::create(b, block, tiles);
    Value rest = arith::DivUIOp::create(b, block, tiles);
    valueHead = arith::RemUIOp::create(b, rest, heads);
    n = arith::DivUIOp::create(b, rest, heads);
    keyHead = sequences.createKeyHead(valueHead);
    firstColumn =
        arith::MulIOp::create(b, tile, t.index(fragmentRows * consumers));
    sequence = sequences.createSequence(n);
    firstSlot = sequences.createFirstSlot(n, sequence, C);
    Value tokens = arith::SubIOp::create(b, sequence.end, sequence.begin);
    chunks = arith::CeilDivUIOp::create(b, tokens, t.index(C));
  }

  Value createFirstToken(Value chunk) {
    return arith::AddIOp::create(
        b, sequence.begin, arith::MulIOp::create(b, chunk, t.index(C)));
  }

  // Matrix or rows of the chunk in `memref`, [slots, HV, rows, C].
  Value createChunkOf(Value memref, Value chunk) {
    auto type = cast<MemRefType>(memref.getType());
    int64_t rows = type.getShape()[2];
    Value slot = arith::AddIOp::create(b, firstSlot, chunk);
    return createSubview(memref, {slot, valueHead, b.getIndexAttr(0),
                                  b.getIndexAttr(0)},
                         rows, C);
  }

  Value createSubview(Value memref, ArrayRef<OpFoldResult> offsets,
                      int64_t rows, int64_t columns) {
    auto type = cast<MemRefType>(memref.getType());
    Attribute one = b.getIndexAttr(1);
    SmallVector<OpFoldResult> sizes = {one, one, b.getIndexAttr(rows),
                                       b.getIndexAttr(columns)};
    SmallVector<OpFoldResult> strides(4, one);
    auto reduced = memref::SubViewOp::inferRankReducedResultType(
        {rows, columns}, type, offsets, sizes, strides);
    return memref::SubViewOp::create(b, cast<MemRefType>(reduced), memref,
                                     offsets, sizes, strides);
  }

  template <typename Fill>
  void forEachChunk(Fill fill) {
    auto loop = scf::ForOp::create(b, t.index(0), chunks, t.index(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    fill(loop.getInductionVar());
  }

  static SmallVector<Type> getTileTypes(Value ring) {
    ArrayRef<SharedType> types = cast<RingType>(ring.getType()).getTiles();
    return {types.begin(), types.end()};
  }

  void createLoads() {
    t.oneThread([&] {
      forEachChunk([&](Value chunk) {
        SmallVector<Value> acquired;
        Value barrier;
        auto acquire = [&](Value ring) {
          auto slot = AcquireOp::create(b, MBarrierType::get(b.getContext()),
                                        getTileTypes(ring), ring, chunk);
          llvm::append_range(acquired, slot.getTiles());
          barrier = slot.getBarrier();
          return ChunkTiles(acquired);
        };
        Value token = createFirstToken(chunk), zero = t.index(0);
        auto copyBox = [&](Value map, Value head, Value column, Value tile) {
          CopyOp::create(b, map, ValueRange{sequence.batch, token, head, column},
                         tile, barrier);
        };
        auto copyChunk = [&](Value memref, Value tile) {
          CopyOp::create(b, createChunkOf(memref, chunk), ValueRange{}, tile,
                         barrier);
        };
        ChunkTiles tiles = acquire(rings.front());
        copyBox(maps.k, keyHead, zero, tiles.k);
        copyBox(maps.v, valueHead, firstColumn, tiles.v);
        copyChunk(op.getDecay(), tiles.decay);
        if (rings.size() > 1)
          tiles = acquire(rings.back());
        copyChunk(op.getInverse(), tiles.inverse);
        copyBox(maps.q, keyHead, zero, tiles.q);
        copyChunk(op.getAttention(), tiles.attention);
      });
    });
  }

  ChunkTiles createTake(ArrayRef<Value> fromRings, Value chunk) {
    SmallVector<Value> tiles;
    for (Value ring : fromRings)
      llvm::append_range(
          tiles, TakeOp::create(b, getTileTypes(ring), ring, chunk).getTiles());
    return ChunkTiles(tiles);
  }

  // A row of decay as a vector over the tokens, the columns of what is
  // transposed, repeated over a tile.
  Value createDecay(const ChunkTiles &tiles, Decay row, Value tile) {
    Value vector = SliceOp::create(b, t.getShared({C}, f32), tiles.decay,
                                   t.index(row));
    return t.broadcast(t.load(t.getColumns(C, f32), vector), tile);
  }

  // V^T of this warpgroup's columns.
  Value createValues(const ChunkTiles &tiles) {
    Value panel =
        SliceOp::create(b, t.getShared({C, fragmentRows}, element, swizzle),
                        tiles.v, warpgroup);
    return t.cast(t.load(t.getFragment(C, element), panel, /*transpose=*/true),
                  f32);
  }

  // P^T = V^T - S^T K^T diag(decay_0), in the element type.
  Value createDifference(const ChunkTiles &tiles, Value values, Value product) {
    Value decayed = t.mul(product, createDecay(tiles, keyIn, product));
    return t.cast(t.sub(values, decayed), element);
  }

  void createMath(Value outputs) {
    warpgroup = WarpgroupIndexOp::create(b);
    output = SliceOp::create(b, t.getShared({C, fragmentRows}, element, swizzle),
                             outputs, warpgroup);
    column = arith::AddIOp::create(
        b, firstColumn,
        arith::MulIOp::create(b, warpgroup, t.index(fragmentRows)));
    Value state = createInitialState();
    Value hasChunks = arith::CmpIOp::create(b, arith::CmpIPredicate::ugt,
                                            chunks, t.index(0));
    auto branch = scf::IfOp::create(b, state.getType(), hasChunks, true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(b, createChunkLoop(state));
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, state);
    }
    createFinalState(branch.getResult(0));
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/true); });
  }

  // Returns the final state.
  Value createChunkLoop(Value state) {
    // Before the first chunk: P^T.
    ChunkTiles first = createTake(rings.front(), t.index(0));
    Value narrow = t.cast(state, element);
    Value product = t.wait(t.mma(narrow, first.k, /*transposeB=*/true));
    Value difference = createDifference(first, createValues(first), product);

    auto loop = scf::ForOp::create(b, t.index(0), chunks, t.index(1),
                                   ValueRange{state, difference});
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    auto [nextState, nextDifference] =
        createChunk(loop.getInductionVar(), loop.getRegionIterArg(0),
                    loop.getRegionIterArg(1));
    scf::YieldOp::create(b, ValueRange{nextState, nextDifference});
    return loop.getResult(0);
  }

  std::pair<Value, Value> createChunk(Value chunk, Value state,
                                      Value difference) {
    ChunkTiles tiles = createTake(rings, chunk);
    Value narrow = t.cast(state, element);
    // V'^T = P^T inverse^T, and S^T Q^T in its shadow
    Value written = t.mma(difference, tiles.inverse, /*transposeB=*/true);
    Value out = t.mma(narrow, tiles.q, /*transposeB=*/true);
    Value total = ExtractOp::create(
        b, f32,
        SliceOp::create(b, t.getShared({C}, f32), tiles.decay,
                        t.index(stateDecay)),
        t.index(0));
    state = t.mul(state,
                  t.splat(cast<RankedTensorType>(state.getType()), total));
    written = t.wait(written, /*newer=*/1);
    Value update = t.cast(
        t.mul(written, createDecay(tiles, keyOut, written)), element);
    written = t.cast(written, element);
    // S^T <- decay_3 S^T + V'^T diag(decay_1) K
    Value newState = t.mma(update, tiles.k, /*transposeB=*/false, state);
    // O^T = S^T Q^T diag(decay_2) + V'^T attention^T
    out = t.wait(out, /*newer=*/1);
    out = t.mul(out, createDecay(tiles, queryIn, out));
    out = t.mma(written, tiles.attention, /*transposeB=*/true, out);
    state = t.wait(newState, /*newer=*/1);

    // The next chunk's S^T K^T; after the last chunk again of this one.
    Value after = arith::AddIOp::create(b, chunk, t.index(1));
    Value last = arith::SubIOp::create(b, chunks, t.index(1));
    ChunkTiles next =
        createTake(rings.front(), arith::MinUIOp::create(b, after, last));
    Value product = t.mma(t.cast(state, element), next.k, /*transposeB=*/true);
    Value values = createValues(next);
    out = t.wait(out, /*newer=*/1);
    createOutput(out, chunk);
    product = t.wait(product);
    for (Value ring : rings)
      ReleaseOp::create(b, ring, chunk);
    return {state, createDifference(next, values, product)};
  }

  void createOutput(Value out, Value chunk) {
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/false); });
    SyncOp::create(b);
    t.store(t.cast(out, element), output, /*transpose=*/true);
    SyncOp::create(b);
    t.oneThread([&] {
      CopyOutOp::create(b, output, maps.o,
                        ValueRange{sequence.batch, createFirstToken(chunk),
                                   valueHead, column});
    });
  }

  // This warpgroup's S^T in a state.
  Value createStateOf(Value states, Value row) {
    bool isVFirst = op.getStateLayout() == StateLayout::VFirst;
    OpFoldResult zero = b.getIndexAttr(0), head = valueHead, at = row,
                 v = column;
    if (isVFirst)
      return createSubview(states, {at, head, v, zero}, fragmentRows, keyDim);
    return createSubview(states, {at, head, zero, v}, keyDim, fragmentRows);
  }

  bool isKFirst() { return op.getStateLayout() == StateLayout::KFirst; }

  Value createInitialState() {
    RankedTensorType type = t.getFragment(keyDim, f32);
    if (!op.getInitialState())
      return t.splat(type, 0.0);
    auto load = [&] {
      Type stateElement =
          cast<MemRefType>(op.getInitialState().getType()).getElementType();
      return t.cast(t.load(t.getFragment(keyDim, stateElement),
                           createStateOf(op.getInitialState(), sequence.readRow),
                           isKFirst()),
                    f32);
    };
    if (!sequence.hasInitialState)
      return load();
    auto branch = scf::IfOp::create(b, type, sequence.hasInitialState, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, load());
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, t.splat(type, 0.0));
    return branch.getResult(0);
  }

  void createFinalState(Value state) {
    if (!op.getFinalStateInit())
      return;
    OpBuilder::InsertionGuard guard(b);
    if (sequence.storesFinalState) {
      auto branch = scf::IfOp::create(b, sequence.storesFinalState, false);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    Type stateElement =
        cast<MemRefType>(op.getFinalStateInit().getType()).getElementType();
    t.store(t.cast(state, stateElement),
            createStateOf(op.getFinalStateInit(), sequence.writeRow),
            isKFirst());
  }

  ImplicitLocOpBuilder &b;
  ChunkScanOp op;
  TensorMaps maps;
  TileBuilder t;
  SequenceBuilder sequences;
  Type element, f32;
  int64_t consumers, keyDim;
  // Of the CTA.
  Value valueHead, keyHead, n, firstColumn, firstSlot, chunks;
  SmallVector<Value> rings;
  Sequence sequence;
  // Of the warpgroup.
  Value warpgroup, output, column;
};

} // namespace

void mlir::gdr::createScanBody(ImplicitLocOpBuilder &b, ChunkScanOp op,
                               const TensorMaps &maps) {
  OpBuilder::InsertionGuard guard(b);
  ScanKernel(b, op, maps).create();
}
