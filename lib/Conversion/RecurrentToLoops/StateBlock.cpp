//===- StateBlock.cpp - a token's step on a block of the state ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StateBlock.h"

#include "../LoopUtils/Lanes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::gdr;

// Rows of a v_first state that are read together: with a sum over k and one
// over q each, they fill a vector with sums, and leave half of 16 registers.
static constexpr int64_t rowsPerGroup = numLanes / 2;
// Vectors of columns of a k_first state that are read together, likewise.
static constexpr int64_t vectorsPerGroup = 4;

//===----------------------------------------------------------------------===//
// Access to the state
//===----------------------------------------------------------------------===//

Value StateBlockBuilder::createOffset(Value index, int64_t offset) {
  if (offset == 0)
    return index;
  return b.createOrFold<arith::AddIOp>(index, createIndex(b, offset));
}

SmallVector<Value> StateBlockBuilder::getIndices(const StateWindow &window,
                                                 Value key, Value column) {
  SmallVector<Value> indices = window.prefix;
  if (window.firstColumn)
    column = b.createOrFold<arith::AddIOp>(window.firstColumn, column);
  if (isVFirst())
    indices.append({column, key});
  else
    indices.append({key, column});
  return indices;
}

Value StateBlockBuilder::createLoadState(const StateWindow &window, Value key,
                                         Value column, Value valid) {
  return createLoadLanes(b, window.memref, getIndices(window, key, column),
                         window.isPadded ? Value() : valid);
}

void StateBlockBuilder::createStoreState(Value lanes, const StateWindow &window,
                                         Value key, Value column, Value valid) {
  createStoreLanes(b, lanes, window.memref, getIndices(window, key, column),
                   window.isPadded ? Value() : valid);
}

void StateBlockBuilder::createCopy(const StateWindow *from,
                                   const StateWindow &to, Value columns) {
  Value outer = isVFirst() ? columns : keyDim;
  Value inner = isVFirst() ? keyDim : columns;
  createGroupLoops(b, outer, 1, [&](Value row, int64_t) {
    createLaneLoop(b, inner, [&](Value index, Value valid) {
      Value key = isVFirst() ? index : row;
      Value column = isVFirst() ? row : index;
      Value lanes = from ? createLoadState(*from, key, column, valid)
                         : createZeroLanes(b);
      createStoreState(lanes, to, key, column, valid);
    });
  });
}

//===----------------------------------------------------------------------===//
// The step of a token
//===----------------------------------------------------------------------===//

// d of some columns from S^T k and S^T q of the old state; stores their o.
Value StateBlockBuilder::createDelta(const Token &token, Value stateK,
                                     Value stateQ, Value column, Value valid,
                                     int64_t lanes) {
  SmallVector<Value> indices = {token.batch, token.index, token.valueHead,
                                column};
  // d = beta * (v - exp(g) * S^T k)
  Value v = createLoadLanes(b, rule.getV(), indices, valid, lanes);
  if (token.decay) {
    Value decay = createBroadcast(b, token.decay, lanes);
    stateK = arith::MulFOp::create(b, decay, stateK);
    stateQ = arith::MulFOp::create(b, decay, stateQ);
  }
  Value delta = arith::SubFOp::create(b, v, stateK);
  if (token.beta)
    delta =
        arith::MulFOp::create(b, createBroadcast(b, token.beta, lanes), delta);
  // o = exp(g) * S^T q + (k . q) * d
  Value kq = createBroadcast(b, token.kq, lanes);
  Value o = vector::FMAOp::create(b, kq, delta, stateQ);
  createStoreLanes(b, o, rule.getOInit(), indices, valid);
  return delta;
}

// S <- exp(g) * S + k * d
Value StateBlockBuilder::createUpdate(const Token &token, Value state, Value k,
                                      Value delta) {
  if (token.decay)
    state = arith::MulFOp::create(b, createBroadcast(b, token.decay), state);
  return vector::FMAOp::create(b, k, delta, state);
}

void StateBlockBuilder::createStep(const Token &token, const StateWindow &from,
                                   const StateWindow &to, Value begin,
                                   Value columns) {
  if (isVFirst())
    createStepVFirst(token, from, to, begin, columns);
  else
    createStepKFirst(token, from, to, begin, columns);
}

void StateBlockBuilder::createStepVFirst(const Token &token,
                                         const StateWindow &from,
                                         const StateWindow &to, Value begin,
                                         Value columns) {
  createGroupLoops(b, columns, {rowsPerGroup, 1},
                   [&](Value column, int64_t rows) {
                     createRowsVFirst(token, from, to, begin, column, rows);
                   });
}

// Rows `column` to `column + rows` of S^T, vectors along K.
void StateBlockBuilder::createRowsVFirst(const Token &token,
                                         const StateWindow &from,
                                         const StateWindow &to, Value begin,
                                         Value column, int64_t rows) {
  bool isPadded = from.isPadded && to.isPadded;
  Value extent = isPadded ? createRoundUpToLanes(b, keyDim) : keyDim;

  // S^T k and S^T q, a vector of partial sums for each row
  SmallVector<Value> zeros(2 * rows, createZeroLanes(b));
  SmallVector<Value> partials = createLaneLoop(
      b, extent, zeros, [&](Value key, Value valid, ValueRange sums) {
        Value k = createLoadLanes(b, token.k, key);
        Value q = createLoadLanes(b, token.q, key);
        SmallVector<Value> next(sums);
        for (int64_t row = 0; row < rows; ++row) {
          Value state =
              createLoadState(from, key, createOffset(column, row), valid);
          next[row] = vector::FMAOp::create(b, state, k, sums[row]);
          next[rows + row] =
              vector::FMAOp::create(b, state, q, sums[rows + row]);
        }
        return next;
      });
  Value sums = createSumEach(b, partials);
  auto createSlice = [&](int64_t begin) -> Value {
    return vector::ExtractStridedSliceOp::create(
        b, sums, ArrayRef<int64_t>{begin}, ArrayRef<int64_t>{rows},
        ArrayRef<int64_t>{1});
  };
  Value first = b.createOrFold<arith::AddIOp>(begin, column);
  Value delta = createDelta(token, createSlice(0), createSlice(rows), first,
                            /*valid=*/nullptr, rows);

  // S^T <- exp(g) * S^T + d k^T
  SmallVector<Value> deltas;
  for (int64_t row = 0; row < rows; ++row)
    deltas.push_back(
        createBroadcast(b, vector::ExtractOp::create(b, delta, row)));
  createLaneLoop(b, extent, [&](Value key, Value valid) {
    Value k = createLoadLanes(b, token.k, key);
    for (int64_t row = 0; row < rows; ++row) {
      Value index = createOffset(column, row);
      Value state = createLoadState(from, key, index, valid);
      state = createUpdate(token, state, k, deltas[row]);
      createStoreState(state, to, key, index, valid);
    }
  });
}

void StateBlockBuilder::createStepKFirst(const Token &token,
                                         const StateWindow &from,
                                         const StateWindow &to, Value begin,
                                         Value columns) {
  auto createColumns = [&](Value column, int64_t vectors, Value valid) {
    createColumnsKFirst(token, from, to, begin, column, vectors, valid);
  };
  Value whole = createGroupLoops(
      b, columns, {vectorsPerGroup * numLanes, numLanes},
      [&](Value column, int64_t size) {
        createColumns(column, size / numLanes, /*valid=*/nullptr);
      });
  Value rest = b.createOrFold<arith::SubIOp>(columns, whole);
  std::optional<int64_t> constantRest = getConstantIntValue(rest);
  if (constantRest == 0)
    return;
  Value hasRest;
  if (!constantRest)
    hasRest = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest,
                                    createIndex(b, 0));
  createIf(b, hasRest, [&] { createColumns(whole, /*vectors=*/1, rest); });
}

// Columns `column` and following of S, vectors along V.
void StateBlockBuilder::createColumnsKFirst(const Token &token,
                                            const StateWindow &from,
                                            const StateWindow &to, Value begin,
                                            Value column, int64_t vectors,
                                            Value valid) {
  Value zero = createIndex(b, 0);
  auto createBroadcastLoad = [&](Value memref, Value key) {
    return createBroadcast(b, memref::LoadOp::create(b, memref, key));
  };

  // S^T k and S^T q, a vector of sums for each vector of columns
  SmallVector<Value> zeros(2 * vectors, createZeroLanes(b));
  SmallVector<Value> sums = createLoop(
      b, zero, keyDim, /*step=*/1, zeros, [&](Value key, ValueRange sums) {
        Value k = createBroadcastLoad(token.k, key);
        Value q = createBroadcastLoad(token.q, key);
        SmallVector<Value> next(sums);
        for (int64_t i = 0; i < vectors; ++i) {
          Value state = createLoadState(
              from, key, createOffset(column, i * numLanes), valid);
          next[i] = vector::FMAOp::create(b, state, k, sums[i]);
          next[vectors + i] =
              vector::FMAOp::create(b, state, q, sums[vectors + i]);
        }
        return next;
      });
  Value first = b.createOrFold<arith::AddIOp>(begin, column);
  SmallVector<Value> deltas;
  for (int64_t i = 0; i < vectors; ++i)
    deltas.push_back(createDelta(token, sums[i], sums[vectors + i],
                                 createOffset(first, i * numLanes), valid,
                                 numLanes));

  // S <- exp(g) * S + k d^T
  createLoop(b, zero, keyDim, /*step=*/1, ValueRange(),
             [&](Value key, ValueRange) {
               Value k = createBroadcastLoad(token.k, key);
               for (int64_t i = 0; i < vectors; ++i) {
                 Value index = createOffset(column, i * numLanes);
                 Value state = createLoadState(from, key, index, valid);
                 state = createUpdate(token, state, k, deltas[i]);
                 createStoreState(state, to, key, index, valid);
               }
               return SmallVector<Value>();
             });
}
