//===- ScanLoops.cpp - gdr.chunk_scan to vectorized loops -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A parallel loop over sequences, value heads and tiles of V. Each iteration
// carries its columns of the state, as f32 and K-first, through the chunks, in
// panels as wide as a register tile: a panel of K = 128 takes 8 KiB, in cache
// lines that follow each other. The operands of a chunk are copied to buffers
// of whole register tiles; what lies there behind its last token or column is
// never an operand of a sum that is stored.
//
//===----------------------------------------------------------------------===//

#include "ChunkToLoops.h"
#include "MatrixTile.h"
#include "StateCopy.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;

// An iteration carries few columns of V for more parallelism, many for fewer
// copies of q and k and longer accesses to v and o.
static constexpr int64_t minColumns = 32;
static constexpr int64_t maxColumns = 128;
// Iterations a sequence from which on more parallelism does not pay.
static constexpr int64_t manyIterations = 32;

// The columns of V that one iteration carries, whole panels.
static int64_t getColumns(RuleOpInterface rule) {
  int64_t valueDim = llvm::alignTo(rule.getValueDim(), tileColumns);
  int64_t columns = std::min(maxColumns, valueDim);
  while (columns > minColumns &&
         rule.getNumValueHeads() * llvm::divideCeil(valueDim, columns) <
             manyIterations)
    columns = llvm::alignTo(columns / 2, tileColumns);
  return columns;
}

namespace {

/// Columns of V as wide as a register tile, or what is left of them.
struct Panel {
  /// [K, tileColumns], a part of the state.
  Matrix state;
  /// [C, tileColumns]: V, then P, then O.
  Matrix values;
  Value firstColumn;
  Value columns;
};

class ScanLowering {
public:
  ScanLowering(ImplicitLocOpBuilder &b, ChunkScanOp op)
      : b(b), op(op), rule(op), scalars(b, rule), tiles(b) {}

  void createLoops();

private:
  void createSequence(const Sequence &sequence, Value n);
  void createChunk(const Sequence &sequence, Value begin, Value slot);
  void createPanel(const Panel &panel);
  void createLoadKeys(const Sequence &sequence, Value begin);
  void createLoadValues(const Sequence &sequence, Value begin);
  void createStoreOutputs(const Sequence &sequence, Value begin);
  void createInitialState(const Sequence &sequence);
  void createFinalState(const Sequence &sequence);
  void createSnapshot(const Sequence &sequence, Value begin);
  /// Stores the columns of the state in a row of `states`.
  void createStateStore(Value states, Value row);
  /// Calls `body` in a loop over the panels.
  void createPanelLoop(function_ref<void(const Panel &)> body);
  /// Calls `body` in a loop over the rows of register tiles.
  void createRowLoop(Value rows, function_ref<void(Value row)> body);
  RowFactors createDecays(DecayRow decay, Value row);
  Matrix getMatrix(Value memref) { return {memref, {slot, valueHead}}; }

  ImplicitLocOpBuilder &b;
  ChunkScanOp op;
  RuleOpInterface rule;
  SequenceBuilder scalars;
  TileBuilder tiles;

  /// Set by createLoops: K, the first column of V, the number of columns.
  Value keyDim, firstColumn, columns;
  Value valueHead, keyHead;
  /// Buffers: the state S, [panels, K, tileColumns]; V, then P, then O,
  /// [panels, C, tileColumns].
  Value state, values;
  /// Buffers: K and Q [C, K]; of a panel V' and diag(decay_1) V',
  /// [C, tileColumns].
  Matrix keys, queries, newValues, decayedValues;
  /// Set by createChunk.
  Value slot, tokens;
};

} // namespace

void ScanLowering::createLoops() {
  int64_t chunkSize = rule.getChunkSize(), valueDim = rule.getValueDim();
  int64_t paddedKeys = llvm::alignTo(rule.getKeyDim(), numLanes);
  int64_t width = getColumns(rule), panels = width / tileColumns;
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  keyDim = createIndex(b, rule.getKeyDim());

  Value end = createIndex(b, valueDim), step = createIndex(b, width);
  auto loop = scf::ParallelOp::create(
      b, ValueRange{zero, zero, zero},
      ValueRange{scalars.createSequenceCount(),
                 createIndex(b, rule.getNumValueHeads()), end},
      ValueRange{one, one, step});
  b.setInsertionPointToStart(loop.getBody());
  Value n = loop.getInductionVars()[0];
  valueHead = loop.getInductionVars()[1];
  firstColumn = loop.getInductionVars()[2];
  columns = step;
  if (valueDim % width != 0)
    columns = b.createOrFold<arith::MinUIOp>(
        step, b.createOrFold<arith::SubIOp>(end, firstColumn));

  SmallVector<LocalBuffer> buffers;
  auto createBuffer = [&](ArrayRef<int64_t> shape) -> Value {
    SmallVector<Value> sizes;
    for (int64_t size : shape)
      sizes.push_back(createIndex(b, size));
    buffers.push_back(createLocalBuffer(b, sizes));
    return buffers.back().memref;
  };
  state = createBuffer({panels, paddedKeys, tileColumns});
  values = createBuffer({panels, chunkSize, tileColumns});
  keys = {createBuffer({chunkSize, paddedKeys}), {}};
  queries = {createBuffer({chunkSize, paddedKeys}), {}};
  newValues = {createBuffer({chunkSize, tileColumns}), {}};
  decayedValues = {createBuffer({chunkSize, tileColumns}), {}};

  Sequence sequence = scalars.createSequence(n);
  createIf(b, sequence.isActive, [&] { createSequence(sequence, n); });
  createFree(b, buffers);
}

void ScanLowering::createSequence(const Sequence &sequence, Value n) {
  keyHead = scalars.createKeyHead(valueHead);
  createInitialState(sequence);
  int64_t chunkSize = rule.getChunkSize();
  Value firstSlot = scalars.createFirstSlot(n, sequence, chunkSize);
  createLoop(b, sequence.begin, sequence.end, chunkSize, firstSlot,
             [&](Value begin, ValueRange carried) {
               createChunk(sequence, begin, carried[0]);
               createSnapshot(sequence, begin);
               Value next =
                   arith::AddIOp::create(b, carried[0], createIndex(b, 1));
               return SmallVector<Value>{next};
             });
  createFinalState(sequence);
}

RowFactors ScanLowering::createDecays(DecayRow decay, Value row) {
  Value decayRow = createIndex(b, static_cast<int64_t>(decay));
  return tiles.createRowFactors(op.getDecay(), {slot, valueHead, decayRow},
                                row);
}

void ScanLowering::createPanelLoop(function_ref<void(const Panel &)> body) {
  Value width = createIndex(b, tileColumns);
  createLoop(b, createIndex(b, 0), columns, tileColumns, ValueRange(),
             [&](Value begin, ValueRange) {
               Value number = arith::DivUIOp::create(b, begin, width);
               Value rest = b.createOrFold<arith::SubIOp>(columns, begin);
               Panel panel;
               panel.state = {state, {number}};
               panel.values = {values, {number}};
               panel.firstColumn = arith::AddIOp::create(b, firstColumn, begin);
               panel.columns =
                   rule.getValueDim() % tileColumns == 0
                       ? width
                       : b.createOrFold<arith::MinUIOp>(width, rest);
               body(panel);
               return SmallVector<Value>();
             });
}

void ScanLowering::createRowLoop(Value rows, function_ref<void(Value)> body) {
  createLoop(b, createIndex(b, 0), rows, tileRows, ValueRange(),
             [&](Value row, ValueRange) {
               body(row);
               return SmallVector<Value>();
             });
}

void ScanLowering::createChunk(const Sequence &sequence, Value begin,
                               Value chunkSlot) {
  slot = chunkSlot;
  tokens = scalars.createChunkTokens(begin, sequence, rule.getChunkSize());
  createLoadKeys(sequence, begin);
  createLoadValues(sequence, begin);
  createPanelLoop([&](const Panel &panel) { createPanel(panel); });
  createStoreOutputs(sequence, begin);
}

// The chunk's step on columns of V.
void ScanLowering::createPanel(const Panel &panel) {
  Value column = createIndex(b, 0);
  // P = V - diag(decay_0) K S
  createRowLoop(tokens, [&](Value row) {
    Tile product = tiles.createProduct(tiles.createZeros(), keys, row,
                                       panel.state, column, keyDim);
    Tile v = tiles.createLoad(panel.values, row, column);
    v = tiles.createSubtractScaled(v, product,
                                   createDecays(DecayRow::KeyBefore, row));
    tiles.createStore(v, panel.values, row, column);
  });
  // V' = inverse P
  createRowLoop(tokens, [&](Value row) {
    Value end = tiles.createTriangleEnd(row, tokens);
    Tile v =
        tiles.createProduct(tiles.createZeros(), getMatrix(op.getInverse()),
                            row, panel.values, column, end);
    tiles.createStore(v, newValues, row, column);
    v = tiles.createScaled(v, createDecays(DecayRow::KeyAfter, row));
    tiles.createStore(v, decayedValues, row, column);
  });
  // O = diag(decay_2) Q S + attention V'
  createRowLoop(tokens, [&](Value row) {
    Tile o = tiles.createProduct(tiles.createZeros(), queries, row, panel.state,
                                 column, keyDim);
    o = tiles.createScaled(o, createDecays(DecayRow::Query, row));
    Value end = tiles.createTriangleEnd(row, tokens);
    o = tiles.createProduct(o, getMatrix(op.getAttention()), row, newValues,
                            column, end);
    tiles.createStore(o, panel.values, row, column);
  });
  // S <- exp(G_C) S + K^T diag(decay_1) V'
  RowFactors decay(tileRows,
                   createDecays(DecayRow::Chunk, createIndex(b, 0)).front());
  Matrix transposedKeys = keys;
  transposedKeys.isTransposed = true;
  createRowLoop(keyDim, [&](Value row) {
    Tile s = tiles.createLoad(panel.state, row, column);
    s = tiles.createScaled(s, decay);
    s = tiles.createProduct(s, transposedKeys, row, decayedValues, column,
                            tokens);
    tiles.createStore(s, panel.state, row, column);
  });
}

// Copies q and k of the chunk's tokens to their buffers.
void ScanLowering::createLoadKeys(const Sequence &sequence, Value begin) {
  createLoop(b, createIndex(b, 0), tokens, /*step=*/1, ValueRange(),
             [&](Value row, ValueRange) {
               Value token = arith::AddIOp::create(b, begin, row);
               createLaneLoop(b, keyDim, [&](Value key, Value valid) {
                 for (auto [from, to] : {std::pair(op.getK(), keys),
                                         std::pair(op.getQ(), queries)}) {
                   Value lanes = createLoadLanes(
                       b, from, {sequence.batch, token, keyHead, key}, valid);
                   createStoreLanes(b, lanes, to.memref, {row, key});
                 }
               });
               return SmallVector<Value>();
             });
}

void ScanLowering::createLoadValues(const Sequence &sequence, Value begin) {
  createLoop(
      b, createIndex(b, 0), tokens, /*step=*/1, ValueRange(),
      [&](Value row, ValueRange) {
        Value token = arith::AddIOp::create(b, begin, row);
        createPanelLoop([&](const Panel &panel) {
          createLaneLoop(b, panel.columns, [&](Value column, Value valid) {
            Value index = arith::AddIOp::create(b, panel.firstColumn, column);
            Value lanes = createLoadLanes(
                b, op.getV(), {sequence.batch, token, valueHead, index}, valid);
            createStoreLanes(b, lanes, values,
                             panel.values.getIndices(row, column));
          });
        });
        return SmallVector<Value>();
      });
}

void ScanLowering::createStoreOutputs(const Sequence &sequence, Value begin) {
  createLoop(
      b, createIndex(b, 0), tokens, /*step=*/1, ValueRange(),
      [&](Value row, ValueRange) {
        Value token = arith::AddIOp::create(b, begin, row);
        createPanelLoop([&](const Panel &panel) {
          createLaneLoop(b, panel.columns, [&](Value column, Value valid) {
            Value index = arith::AddIOp::create(b, panel.firstColumn, column);
            Value lanes = createLoadLanes(b, values,
                                          panel.values.getIndices(row, column));
            createStoreLanes(b, lanes, op.getOInit(),
                             {sequence.batch, token, valueHead, index}, valid);
          });
        });
        return SmallVector<Value>();
      });
}

// The state of the sequence, or zeros.
void ScanLowering::createInitialState(const Sequence &sequence) {
  createPanelLoop([&](const Panel &panel) {
    StateCopier copier(b, rule, valueHead, panel.firstColumn, panel.columns);
    auto createZeros = [&] { copier.createZeros(panel.state); };
    Value initial = op.getInitialState();
    if (!initial)
      return createZeros();
    createIf(
        b, sequence.hasInitialState,
        [&] { copier.createLoad(initial, sequence.readRow, panel.state); },
        createZeros);
  });
}

void ScanLowering::createFinalState(const Sequence &sequence) {
  Value final = op.getFinalStateInit();
  if (!final)
    return;
  createIf(b, sequence.storesFinalState,
           [&] { createStateStore(final, sequence.writeRow); });
}

// After the chunk that begins at a token, if it is whole.
void ScanLowering::createSnapshot(const Sequence &sequence, Value begin) {
  if (!op.getSnapshotsInit())
    return;
  Value size = createIndex(b, rule.getChunkSize());
  Value end = arith::AddIOp::create(b, begin, size);
  Value isWhole =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ule, end, sequence.end);
  Value tokens = b.createOrFold<arith::SubIOp>(end, sequence.begin);
  scalars.createSnapshot(sequence, tokens, isWhole, [&](Value row) {
    createStateStore(op.getSnapshotsInit(), row);
  });
}

void ScanLowering::createStateStore(Value states, Value row) {
  createPanelLoop([&](const Panel &panel) {
    StateCopier copier(b, rule, valueHead, panel.firstColumn, panel.columns);
    copier.createStore(panel.state, states, row);
  });
}

void mlir::gdr::createScanLoops(ImplicitLocOpBuilder &b, ChunkScanOp op) {
  ScanLowering(b, op).createLoops();
}
