//===- ScanLoops.cpp - gdr.chunk_scan to vectorized loops -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A parallel loop over sequences, value heads and tiles of V. Each iteration
// carries its columns of the state, as f32 and K-first, through the chunks. The
// operands of a chunk are copied to buffers of whole register tiles; what lies
// there behind its last token is never an operand of a sum.
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

// Columns of V that one iteration carries: with K = 128 they take 32 KiB.
static constexpr int64_t maxColumns = 64;

namespace {

class ScanLowering {
public:
  ScanLowering(ImplicitLocOpBuilder &b, ChunkScanOp op)
      : b(b), op(op), rule(op), scalars(b, rule), tiles(b) {}

  void createLoops();

private:
  void createSequence(const Sequence &sequence, Value n);
  void createChunk(const Sequence &sequence, Value begin, Value slot);
  void createLoadChunk(const Sequence &sequence, Value begin);
  void createStoreOutputs(const Sequence &sequence, Value begin);
  void createInitialState(const Sequence &sequence);
  void createFinalState(const Sequence &sequence);
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
  /// Buffers: the state S [K, columns]; K and Q [C, K]; V, then P, then O
  /// [C, columns]; V' and diag(decay_1) V' [C, columns].
  Matrix state, keys, queries, values, newValues, decayedValues;
  /// Set by createChunk.
  Value slot, tokens;
};

} // namespace

void ScanLowering::createLoops() {
  int64_t chunkSize = rule.getChunkSize(), valueDim = rule.getValueDim();
  int64_t paddedKeys = llvm::alignTo(rule.getKeyDim(), numLanes);
  int64_t maxPadded =
      std::min<int64_t>(maxColumns, llvm::alignTo(valueDim, tileColumns));
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  keyDim = createIndex(b, rule.getKeyDim());

  Value end = createIndex(b, valueDim), step = createIndex(b, maxPadded);
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
  if (valueDim % maxPadded != 0)
    columns = b.createOrFold<arith::MinUIOp>(
        step, b.createOrFold<arith::SubIOp>(end, firstColumn));

  SmallVector<LocalBuffer> buffers;
  auto createBuffer = [&](int64_t rows, int64_t columns) -> Matrix {
    buffers.push_back(createLocalBuffer(
        b, {createIndex(b, rows), createIndex(b, columns)}));
    return {buffers.back().memref, {}};
  };
  state = createBuffer(paddedKeys, maxPadded);
  keys = createBuffer(chunkSize, paddedKeys);
  queries = createBuffer(chunkSize, paddedKeys);
  values = createBuffer(chunkSize, maxPadded);
  newValues = createBuffer(chunkSize, maxPadded);
  decayedValues = createBuffer(chunkSize, maxPadded);

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
               Value next = arith::AddIOp::create(b, carried[0],
                                                  createIndex(b, 1));
               return SmallVector<Value>{next};
             });
  createFinalState(sequence);
}

RowFactors ScanLowering::createDecays(DecayRow decay, Value row) {
  Value decayRow = createIndex(b, static_cast<int64_t>(decay));
  return tiles.createRowFactors(op.getDecay(), {slot, valueHead, decayRow},
                                row);
}

void ScanLowering::createChunk(const Sequence &sequence, Value begin,
                               Value chunkSlot) {
  slot = chunkSlot;
  tokens = scalars.createChunkTokens(begin, sequence, rule.getChunkSize());
  createLoadChunk(sequence, begin);

  // P = V - diag(decay_0) K S
  tiles.createTileLoops(tokens, columns, [&](Value row, Value column) {
    Tile product = tiles.createProduct(tiles.createZeros(), keys, row, state,
                                       column, keyDim);
    Tile v = tiles.createLoad(values, row, column);
    v = tiles.createSubtractScaled(v, product,
                                   createDecays(DecayRow::KeyBefore, row));
    tiles.createStore(v, values, row, column);
  });
  // V' = inverse P
  tiles.createTileLoops(tokens, columns, [&](Value row, Value column) {
    Value end = tiles.createTriangleEnd(row, tokens);
    Tile v =
        tiles.createProduct(tiles.createZeros(), getMatrix(op.getInverse()),
                            row, values, column, end);
    tiles.createStore(v, newValues, row, column);
    v = tiles.createScaled(v, createDecays(DecayRow::KeyAfter, row));
    tiles.createStore(v, decayedValues, row, column);
  });
  // O = diag(decay_2) Q S + attention V'
  tiles.createTileLoops(tokens, columns, [&](Value row, Value column) {
    Tile o = tiles.createProduct(tiles.createZeros(), queries, row, state,
                                 column, keyDim);
    o = tiles.createScaled(o, createDecays(DecayRow::Query, row));
    Value end = tiles.createTriangleEnd(row, tokens);
    o = tiles.createProduct(o, getMatrix(op.getAttention()), row, newValues,
                            column, end);
    tiles.createStore(o, values, row, column);
  });
  createStoreOutputs(sequence, begin);
  // S <- exp(G_C) S + K^T diag(decay_1) V'
  Value zero = createIndex(b, 0);
  Value chunkDecay =
      createDecays(DecayRow::Chunk, zero).front();
  Matrix transposedKeys = keys;
  transposedKeys.isTransposed = true;
  tiles.createTileLoops(keyDim, columns, [&](Value row, Value column) {
    Tile s = tiles.createLoad(state, row, column);
    s = tiles.createScaled(s, RowFactors(tileRows, chunkDecay));
    s = tiles.createProduct(s, transposedKeys, row, decayedValues, column,
                            tokens);
    tiles.createStore(s, state, row, column);
  });
}

// Copies q, k and v of the chunk's tokens to their buffers.
void ScanLowering::createLoadChunk(const Sequence &sequence, Value begin) {
  createLoop(
      b, createIndex(b, 0), tokens, /*step=*/1, ValueRange(),
      [&](Value row, ValueRange) {
        Value token = arith::AddIOp::create(b, begin, row);
        createLaneLoop(b, keyDim, [&](Value key, Value valid) {
          for (auto [from, to] :
               {std::pair(op.getK(), keys), std::pair(op.getQ(), queries)}) {
            Value lanes = createLoadLanes(
                b, from, {sequence.batch, token, keyHead, key}, valid);
            createStoreLanes(b, lanes, to.memref, {row, key});
          }
        });
        createLaneLoop(b, columns, [&](Value column, Value valid) {
          Value index = arith::AddIOp::create(b, firstColumn, column);
          Value lanes = createLoadLanes(
              b, op.getV(), {sequence.batch, token, valueHead, index}, valid);
          createStoreLanes(b, lanes, values.memref, {row, column});
        });
        return SmallVector<Value>();
      });
}

void ScanLowering::createStoreOutputs(const Sequence &sequence, Value begin) {
  createLoop(b, createIndex(b, 0), tokens, /*step=*/1, ValueRange(),
             [&](Value row, ValueRange) {
               Value token = arith::AddIOp::create(b, begin, row);
               createLaneLoop(b, columns, [&](Value column, Value valid) {
                 Value index = arith::AddIOp::create(b, firstColumn, column);
                 Value lanes =
                     createLoadLanes(b, values.memref, {row, column});
                 createStoreLanes(b, lanes, op.getOInit(),
                                  {sequence.batch, token, valueHead, index},
                                  valid);
               });
               return SmallVector<Value>();
             });
}

// The state of the sequence, or zeros.
void ScanLowering::createInitialState(const Sequence &sequence) {
  StateCopier copier(b, rule, valueHead, firstColumn, columns);
  auto createZeros = [&] { copier.createZeros(state); };
  Value initial = op.getInitialState();
  if (!initial)
    return createZeros();
  createIf(
      b, sequence.hasInitialState,
      [&] { copier.createLoad(initial, sequence.readRow, state); },
      createZeros);
}

void ScanLowering::createFinalState(const Sequence &sequence) {
  StateCopier copier(b, rule, valueHead, firstColumn, columns);
  if (Value final = op.getFinalStateInit())
    createIf(b, sequence.storesFinalState, [&] {
      copier.createStore(state, final, sequence.writeRow);
    });
}

void mlir::gdr::createScanLoops(ImplicitLocOpBuilder &b, ChunkScanOp op) {
  ScanLowering(b, op).createLoops();
}
