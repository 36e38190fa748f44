//===- SplitScan.cpp - the rows of the state split over two warpgroups ----===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For few sequences: a CTA has only 32 columns of V, and its time is that of
// the chain from one state to the next. Two warpgroups share a chunk. Each
// holds some of the rows of the state, S: [K, 32], in registers, and leaves a
// 16-bit copy in shared memory, where both find all of it:
//
//   keys:     P  = V - diag(decay_0) K S      queries:  O = diag(decay_2) Q S
//             V' = inverse P
//             S <- decay_3 S                            S <- decay_3 S
//                  + (diag(decay_1) K)^T V'                  + ...^T V'
//                                                       O += attention V'
//
// Tokens and rows of S are the rows of the products, and P, V' and S their
// right operands, which are stored transposed. Both come to two barriers:
//
//   ready:   the copy of S is the next chunk's
//   written: V' is there, and nobody needs this chunk's copy of S any more
//
//===----------------------------------------------------------------------===//

#include "ScanProgram.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;
static constexpr int64_t swizzle = 128;
static constexpr int64_t splitColumns = 32;
static constexpr int64_t producerRegisters = 40;
static constexpr int64_t consumerRegisters = 200;

namespace {

/// Panels of 64 rows of the state.
struct Panels {
  int64_t first, count;
};

/// What a role takes from one chunk to the next. The tiles are carried, so that
/// nothing of them is computed or waited for between one state and the next.
struct Carried {
  Value ahead; // K, or Q S
  SmallVector<Value> state;
  ChunkTiles tiles;

  SmallVector<Value> getValues() const {
    SmallVector<Value> values = {ahead};
    llvm::append_range(values, state);
    llvm::append_range(values, tiles.getValues());
    return values;
  }
  static Carried fromValues(ArrayRef<Value> values, Panels panels) {
    return {values[0], llvm::to_vector(values.slice(1, panels.count)),
            ChunkTiles(values.drop_front(1 + panels.count))};
  }
};

class SplitScan : ScanProgram {
public:
  SplitScan(ImplicitLocOpBuilder &b, ChunkScanOp op, const TensorMaps &maps,
            bool overlap)
      : ScanProgram(b, op, maps, overlap, splitColumns, splitColumns) {}

  void create() {
    createPosition();
    createTiles();
    // Of both roles, which come to the same barriers.
    hasChunks =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, chunks, t.index(0));
    for (Value *barrier : {&ready, &written})
      *barrier = BarrierOp::create(b, /*participants=*/2, IntegerAttr());
    auto roles = RolesOp::create(b);
    b.createBlock(&roles.getBody());
    int64_t panels = paddedKeyDim / fragmentRows;
    int64_t ofKeys = llvm::divideCeil(panels, 2);
    createLoadRole(producerRegisters);
    createRole("keys", 1, consumerRegisters,
               [&] { createKeysRole({0, ofKeys}); });
    createRole("queries", 1, consumerRegisters,
               [&] { createQueriesRole({ofKeys, panels - ofKeys}); });
  }

private:
  // The rows of the state after a chunk, where that is a snapshot.
  void createSnapshotOfRows(Value chunk, Panels panels, ArrayRef<Value> state) {
    createSnapshot(chunk, [&](Value row) {
      for (auto [i, rows] : llvm::enumerate(state))
        createStateStore(rows, op.getSnapshotsInit(), row,
                         /*transposed=*/!isKFirst(), getView(panels.first + i));
    });
  }

  void createTiles() {
    createRings(/*consumers=*/2);
    std::array<Value *, 5> tiles = {&stateCopy, &difference, &update,
                                    &writtenOfTwo, &outputsOfTwo};
    for (auto [tile, type] : llvm::zip_equal(tiles, getSplitScanTiles(op)))
      *tile = AllocOp::create(b, type, Value(), IntegerAttr(), IntegerAttr());
  }

  void createKeysRole(Panels panels) {
    createRows(panels, [&](const SmallVector<Value> &state) {
      ChunkTiles tiles = createTake(t.index(0));
      Value keys = createKeysLoad(tiles);
      MeetOp::create(b, ready);
      return createChunkLoop({keys, state, tiles}, panels,
                             [&](Value chunk, const Carried &carried) {
                               return createKeys(chunk, panels, carried);
                             });
    });
  }

  void createQueriesRole(Panels panels) {
    createRows(panels, [&](const SmallVector<Value> &state) {
      ChunkTiles tiles = createTake(t.index(0));
      MeetOp::create(b, ready);
      Value product = t.wait(createQueryProduct(tiles));
      auto last =
          createChunkLoop({product, state, tiles}, panels,
                          [&](Value chunk, const Carried &carried) {
                            return createQueries(chunk, panels, carried);
                          });
      createOutputTail([&](Value chunk) { return createOutputTile(chunk); },
                       firstColumn);
      return last;
    });
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/true); });
  }

  // The rows of the state from memory, through the chunks by `createChunks` if
  // there are any, and back to memory.
  void
  createRows(Panels panels,
             llvm::function_ref<SmallVector<Value>(const SmallVector<Value> &)>
                 createChunks) {
    SmallVector<Value> state;
    for (int64_t i = 0; i < panels.count; ++i)
      state.push_back(createInitialState(t.getFragment(splitColumns, f32),
                                         /*transposed=*/!isKFirst(),
                                         getView(panels.first + i)));
    auto branch =
        scf::IfOp::create(b, ValueRange(state).getTypes(), hasChunks, true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.elseBlock());
      createYield(state);
      b.setInsertionPointToStart(branch.thenBlock());
      createStateCopy(panels, state);
      createYield(createChunks(state));
    }
    for (auto [i, rows] : llvm::enumerate(branch.getResults()))
      createFinalState(rows, /*transposed=*/!isKFirst(),
                       getView(panels.first + i));
  }

  // Carries the state through the chunks. Returns the last one.
  SmallVector<Value>
  createChunkLoop(const Carried &first, Panels panels,
                  llvm::function_ref<Carried(Value, const Carried &)> create) {
    auto loop = scf::ForOp::create(b, t.index(0), chunks, t.index(1),
                                   first.getValues());
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> carried(loop.getRegionIterArgs());
    createYield(
        create(loop.getInductionVar(), Carried::fromValues(carried, panels))
            .getValues());
    SmallVector<Value> results(loop.getResults());
    return Carried::fromValues(results, panels).state;
  }

  // Regions without results have their terminator already.
  void createYield(ValueRange values) {
    if (!values.empty())
      scf::YieldOp::create(b, values);
  }

  std::function<Value(Value, Value)> getView(int64_t panel) {
    return [this, panel](Value states, Value row) {
      return createStateView(states, row, panel * fragmentRows, fragmentRows,
                             firstColumn, splitColumns);
    };
  }

  // The rows of the state as a right operand.
  void createStateCopy(Panels panels, ArrayRef<Value> state) {
    for (auto [i, rows] : llvm::enumerate(state))
      t.store(t.cast(rows, element),
              createPanel(stateCopy, t.index(panels.first + i),
                          {splitColumns, fragmentRows}, swizzle),
              /*transpose=*/true);
  }

  Value createPanel(Value tile, Value number, ArrayRef<int64_t> shape,
                    int64_t swizzle) {
    return SliceOp::create(b, t.getShared(shape, element, swizzle), tile,
                           number);
  }

  // A row of decay over the tokens, which are the rows of the tile.
  Value createDecay(const ChunkTiles &tiles, Decay row, Value tile) {
    return t.broadcast(t.load(t.getRows(f32), createDecayRow(tiles, row)),
                       tile);
  }

  // K^T of some rows of the state, a left operand.
  SmallVector<Value> createTransposedKeys(const ChunkTiles &tiles,
                                          Panels panels) {
    SmallVector<Value> keys;
    for (int64_t i = 0; i < panels.count; ++i)
      keys.push_back(t.load(t.getFragment(C, element),
                            createPanel(tiles.k, t.index(panels.first + i),
                                        {C, fragmentRows}, swizzle),
                            /*transpose=*/true));
    return keys;
  }

  // decay_3 S
  SmallVector<Value> createDecayed(const ChunkTiles &tiles,
                                   ArrayRef<Value> state) {
    Value decay = createStateDecay(tiles);
    return llvm::map_to_vector(
        state, [&](Value rows) { return createScaled(rows, decay); });
  }

  // V' of a chunk; that of the next one must not wait for its last reader.
  Value createWritten(Value chunk) {
    Value parity = arith::RemUIOp::create(b, chunk, t.index(2));
    return createPanel(writtenOfTwo, parity, {splitColumns, C}, swizzle);
  }

  // K, a left operand.
  Value createKeysLoad(const ChunkTiles &tiles) {
    return t.load(t.getFragment(paddedKeyDim, element), tiles.k);
  }

  // Has K ahead.
  Carried createKeys(Value chunk, Panels panels, const Carried &carried) {
    const ChunkTiles &tiles = carried.tiles;
    // P = V - diag(decay_0) K S
    Value product = t.mma(carried.ahead, stateCopy, /*transposeB=*/true);
    Value inverse = t.load(t.getFragment(C, element), tiles.inverse);
    Value values =
        t.cast(t.load(t.getFragment(splitColumns, element), tiles.v), f32);
    Value in = t.neg(createDecay(tiles, keyIn, values));
    product = t.wait(product);
    t.store(t.cast(t.fma(in, product, values), element), difference,
            /*transpose=*/true);
    SyncOp::create(b, IntegerAttr());
    // V' = inverse P
    Value ofChunk = t.mma(inverse, difference, /*transposeB=*/true);
    SmallVector<Value> transposed = createTransposedKeys(tiles, panels);
    SmallVector<Value> next = createDecayed(tiles, carried.state);
    Value out = createDecay(tiles, keyOut, values);
    ofChunk = t.wait(ofChunk);
    t.store(t.cast(t.mul(out, ofChunk), element), update, /*transpose=*/true);
    t.store(t.cast(ofChunk, element), createWritten(chunk),
            /*transpose=*/true);
    createRelease(chunk);
    MeetOp::create(b, written);
    // S <- decay_3 S + K^T diag(decay_1) V'
    for (auto [rows, ofKeys] : llvm::zip(next, transposed))
      rows = t.mma(ofKeys, update, /*transposeB=*/true, rows);
    // In their shadow.
    ChunkTiles nextTiles = createTake(createNext(chunk));
    Value keys = createKeysLoad(nextTiles);
    next = createWaitForAll(next, /*newer=*/0);
    createStateCopy(panels, next);
    MeetOp::create(b, ready);
    createSnapshotOfRows(chunk, panels, next);
    return {keys, next, nextTiles};
  }

  // Q S, under way.
  Value createQueryProduct(const ChunkTiles &tiles) {
    return t.mma(tiles.q, stateCopy, /*transposeB=*/true);
  }

  // Has Q S ahead.
  Carried createQueries(Value chunk, Panels panels, const Carried &carried) {
    const ChunkTiles &tiles = carried.tiles;
    // O = diag(decay_2) Q S
    Value product = carried.ahead;
    Value out = t.mul(createDecay(tiles, queryIn, product), product);
    SmallVector<Value> next = createDecayed(tiles, carried.state);
    SmallVector<Value> transposed = createTransposedKeys(tiles, panels);
    Value attention = t.load(t.getFragment(C, element), tiles.attention);
    createRelease(chunk);
    MeetOp::create(b, written);
    // S <- decay_3 S + K^T diag(decay_1) V'
    for (auto [rows, ofKeys] : llvm::zip(next, transposed))
      rows = t.mma(ofKeys, update, /*transposeB=*/true, rows);
    // O += attention V'
    out = t.mma(attention, createWritten(chunk), /*transposeB=*/true, out);
    ChunkTiles nextTiles = createTake(createNext(chunk));
    next = createWaitForAll(next, /*newer=*/1);
    createStateCopy(panels, next);
    MeetOp::create(b, ready);
    // The output in the shadow of the next chunk's product.
    product = createQueryProduct(nextTiles);
    createOutput(t.wait(out, /*newer=*/1), chunk);
    product = t.wait(product);
    createSnapshotOfRows(chunk, panels, next);
    return {product, next, nextTiles};
  }

  SmallVector<Value> createWaitForAll(ArrayRef<Value> products, int64_t newer) {
    if (products.empty())
      return {};
    SmallVector<Type> types = llvm::map_to_vector(products, [](Value product) {
      return Type(cast<PendingType>(product.getType()).getTile());
    });
    return llvm::to_vector_of<Value>(
        WaitOp::create(b, types, products, newer).getTiles());
  }

  Value createOutputTile(Value chunk) {
    Value parity = arith::RemUIOp::create(b, chunk, t.index(2));
    return createPanel(outputsOfTwo, parity, {C, splitColumns}, swizzle / 2);
  }

  void createOutput(Value out, Value chunk) {
    Value output = createOutputTile(chunk);
    t.store(t.cast(out, element), output);
    // Then the next chunk's output has a free tile.
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/false); });
    SyncOp::create(b, IntegerAttr());
    createOutputCopy(output, chunk, firstColumn);
  }

  Value stateCopy, difference, update, writtenOfTwo, outputsOfTwo;
  Value ready, written;
  Value hasChunks;
};

} // namespace

SmallVector<SharedType> mlir::gdr::getSplitScanTiles(ChunkScanOp op) {
  Type element = cast<ShapedType>(op.getQ().getType()).getElementType();
  auto getTile = [&](int64_t rows, int64_t columns, int64_t swizzle) {
    return SharedType::get(op.getContext(), {rows, columns}, element, swizzle);
  };
  SharedType ofTokens = getTile(splitColumns, C, swizzle);
  // The copy of the state, P and V' with the decay; V' and outputs, of two
  // chunks.
  return {getTile(splitColumns, llvm::alignTo(op.getKeyDim(), fragmentRows),
                  swizzle),
          ofTokens, ofTokens, getTile(splitColumns, 2 * C, swizzle),
          getTile(C, 2 * splitColumns, swizzle / 2)};
}

void mlir::gdr::createSplitScan(ImplicitLocOpBuilder &b, ChunkScanOp op,
                                const TensorMaps &maps, bool overlap) {
  SplitScan(b, op, maps, overlap).create();
}
