//===- RegisterScan.cpp - the state in registers --------------------------===//
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

#include "ScanProgram.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;
static constexpr int64_t swizzle = 128;
/// Registers of a thread: a producer needs few; S^T, its 16-bit copy and two
/// products need most of the rest. Two warpgroups have all that there are.
static constexpr int64_t producerRegisters = 40;
static constexpr int64_t consumerRegisters = 232;
static constexpr int64_t registersOfTwo = 256;

namespace {

/// What is taken from one chunk to the next. The tiles are carried, so that
/// nothing of them is computed or waited for between one state and the next.
struct Carried {
  Value state, difference;
  ChunkTiles tiles;

  SmallVector<Value> getValues() const {
    SmallVector<Value> values = {state, difference};
    llvm::append_range(values, tiles.getValues());
    return values;
  }
  static Carried fromValues(ArrayRef<Value> values) {
    return {values[0], values[1], ChunkTiles(values.drop_front(2))};
  }
};

class RegisterScan : ScanProgram {
public:
  RegisterScan(ImplicitLocOpBuilder &b, ChunkScanOp op, const TensorMaps &maps,
               bool overlap, int64_t columns)
      : ScanProgram(b, op, maps, overlap, columns, fragmentRows),
        consumers(columns / fragmentRows) {}

  void create() {
    createPosition();
    createRings(consumers);
    Value outputs =
        AllocOp::create(b, getRegisterScanTiles(op, columns).front(), Value(),
                        IntegerAttr(), IntegerAttr());
    auto roles = RolesOp::create(b);
    b.createBlock(&roles.getBody());
    bool isAlone = consumers == 1;
    createLoadRole(isAlone ? registersOfTwo : producerRegisters);
    createRole("math", consumers, isAlone ? registersOfTwo : consumerRegisters,
               [&] { createMath(outputs); });
  }

private:
  // A row of decay as a vector over the tokens, the columns of what is
  // transposed, repeated over a tile.
  Value createDecay(const ChunkTiles &tiles, Decay row, Value tile) {
    return t.broadcast(t.load(t.getColumns(C, f32), createDecayRow(tiles, row)),
                       tile);
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
    Value decay = t.neg(createDecay(tiles, keyIn, product));
    return t.cast(t.fma(product, decay, values), element);
  }

  void createMath(Value outputs) {
    warpgroup = WarpgroupIndexOp::create(b);
    output =
        SliceOp::create(b, t.getShared({C, fragmentRows}, element, swizzle),
                        outputs, warpgroup);
    column = arith::AddIOp::create(
        b, firstColumn,
        arith::MulIOp::create(b, warpgroup, t.index(fragmentRows)));
    Value state =
        createInitialState(t.getFragment(paddedKeyDim, f32),
                           /*transposed=*/isKFirst(), getColumnsView());
    Value hasChunks =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, chunks, t.index(0));
    auto branch = scf::IfOp::create(b, state.getType(), hasChunks, true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(b, createChunkLoop(state));
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, state);
    }
    createFinalState(branch.getResult(0), /*transposed=*/isKFirst(),
                     getColumnsView());
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/true); });
  }

  // This warpgroup's columns of a state in memory.
  std::function<Value(Value, Value)> getColumnsView() {
    return [this](Value states, Value row) {
      return createStateView(states, row, 0, paddedKeyDim, column,
                             fragmentRows);
    };
  }

  // Returns the final state.
  Value createChunkLoop(Value state) {
    // Before the first chunk: P^T.
    ChunkTiles first = createTake(t.index(0));
    Value narrow = t.cast(state, element);
    Value product = t.wait(t.mma(narrow, first.k, /*transposeB=*/true));
    Value difference = createDifference(first, createValues(first), product);

    auto loop =
        scf::ForOp::create(b, t.index(0), chunks, t.index(1),
                           Carried{state, difference, first}.getValues());
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> carried(loop.getRegionIterArgs());
    Carried next =
        createChunk(loop.getInductionVar(), Carried::fromValues(carried));
    scf::YieldOp::create(b, next.getValues());
    b.setInsertionPointAfter(loop);
    createOutputTail([&](Value) { return output; }, column);
    return loop.getResult(0);
  }

  Carried createChunk(Value chunk, const Carried &carried) {
    ChunkTiles tiles = createTakeOfRest(carried.tiles, chunk);
    Value state = carried.state, difference = carried.difference;
    Value narrow = t.cast(state, element);
    // V'^T = P^T inverse^T, and S^T Q^T in its shadow
    Value written = t.mma(difference, tiles.inverse, /*transposeB=*/true);
    Value out = t.mma(narrow, tiles.q, /*transposeB=*/true);
    state = createScaled(state, createStateDecay(tiles));
    written = t.wait(written, /*newer=*/1);
    Value update =
        t.cast(t.mul(written, createDecay(tiles, keyOut, written)), element);
    written = t.cast(written, element);
    // S^T <- decay_3 S^T + V'^T diag(decay_1) K
    Value newState = t.mma(update, tiles.k, /*transposeB=*/false, state);
    // O^T = S^T Q^T diag(decay_2) + V'^T attention^T
    out = t.wait(out, /*newer=*/1);
    out = t.mul(out, createDecay(tiles, queryIn, out));
    out = t.mma(written, tiles.attention, /*transposeB=*/true, out);

    // The next chunk's S^T K^T.
    ChunkTiles next = createTake(createNext(chunk));
    state = t.wait(newState, /*newer=*/1);
    Value product = t.mma(t.cast(state, element), next.k, /*transposeB=*/true);
    Value values = createValues(next);
    out = t.wait(out, /*newer=*/1);
    createOutput(out, chunk);
    difference = createDifference(next, values, t.wait(product));
    createRelease(chunk);
    createSnapshot(chunk, [&](Value row) {
      createStateStore(state, op.getSnapshotsInit(), row,
                       /*transposed=*/isKFirst(), getColumnsView());
    });
    return {state, difference, next};
  }

  void createOutput(Value out, Value chunk) {
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/false); });
    SyncOp::create(b, IntegerAttr());
    t.store(t.cast(out, element), output, /*transpose=*/true);
    SyncOp::create(b, IntegerAttr());
    createOutputCopy(output, chunk, column);
  }

  int64_t consumers;
  // Of the warpgroup.
  Value warpgroup, output, column;
};

} // namespace

SmallVector<SharedType> mlir::gdr::getRegisterScanTiles(ChunkScanOp op,
                                                        int64_t columns) {
  Type element = cast<ShapedType>(op.getQ().getType()).getElementType();
  return {SharedType::get(op.getContext(), {C, columns}, element, swizzle)};
}

void mlir::gdr::createRegisterScan(ImplicitLocOpBuilder &b, ChunkScanOp op,
                                   const TensorMaps &maps, bool overlap,
                                   int64_t columns) {
  RegisterScan(b, op, maps, overlap, columns).create();
}
