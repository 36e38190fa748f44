//===- PrepareLoops.cpp - gdr.chunk_prepare to vectorized loops -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A parallel loop over slots and key heads. The products K K^T and Q K^T of a
// chunk are computed once for all value heads that share the key head; then the
// decays, the inverse and the attention of each value head, row by row.
//
// The decays D_ij = exp(G_i - G_j) are products of the decays of single tokens:
// row i is row i - 1 times exp(g_i), and 1 on the diagonal. That needs one
// exponential a token, loses nothing to cancellation in G, and takes a gate of
// -inf as the factor 0. What is above the diagonal stays 0 without a mask,
// because the buffers hold zeros where the chunk has no token.
//
//===----------------------------------------------------------------------===//

#include "ChunkToLoops.h"
#include "MatrixTile.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;

namespace {

/// Token i of the chunk, or what stands for one behind the last token.
struct ChunkToken {
  Value index;
  Value decay;
  Value beta;
};

class PrepareLowering {
public:
  PrepareLowering(ImplicitLocOpBuilder &b, ChunkPrepareOp op)
      : b(b), op(op), rule(op), scalars(b, rule), tiles(b),
        chunkSize(rule.getChunkSize()) {}

  void createLoops();

private:
  void createChunk();
  void createLoadChunk();
  Value createLoadScaled(Value from, Value token, Value scale, const Matrix &to,
                         Value row);
  void createProducts();
  void createValueHead(Value head);
  ChunkToken createToken(Value index);
  SmallVector<Value> createRow(const ChunkToken &token, ValueRange decays);
  void createInverseRow(const ChunkToken &token);
  void createStoreInverse();
  void createStoreDecay(DecayRow row, Value index, Value value);

  /// A vector of row `index` of the identity matrix.
  Value createUnit(Value index, int64_t vector);
  Value createOffset(Value index, int64_t offset);
  /// Calls `body` for each vector of a row.
  void forEachVector(function_ref<void(int64_t vector, Value column)> body);

  ImplicitLocOpBuilder &b;
  ChunkPrepareOp op;
  RuleOpInterface rule;
  SequenceBuilder scalars;
  TileBuilder tiles;
  int64_t chunkSize;

  /// Set by createLoops: K and scale, null if it is 1.
  Value keyDim, scale;
  Value slot, keyHead, valueHead;
  Chunk chunk;
  GateParameters gateParameters;
  /// Buffers: K and scale * Q [C, K], both normalized with qk_l2norm; K^T; K
  /// K^T and scale * Q K^T [C, C]; the inverse without beta [C, C].
  Matrix keys, queries, transposedKeys, keyProducts, queryProducts, inverse;
  /// Buffers of C elements: a row of -A, beta, the norms' factors rk and rq.
  Value coefficients, betas, keyFactors, queryFactors;
};

} // namespace

Value PrepareLowering::createOffset(Value index, int64_t offset) {
  return b.createOrFold<arith::AddIOp>(index, createIndex(b, offset));
}

void PrepareLowering::forEachVector(function_ref<void(int64_t, Value)> body) {
  for (int64_t column = 0; column < chunkSize; column += numLanes)
    body(column / numLanes, createIndex(b, column));
}

Value PrepareLowering::createUnit(Value index, int64_t vector) {
  SmallVector<int32_t> columns;
  for (int64_t lane = 0; lane < numLanes; ++lane)
    columns.push_back(static_cast<int32_t>(vector * numLanes + lane));
  Value lanes = arith::ConstantOp::create(b, b.getI32VectorAttr(columns));
  Value diagonal =
      createBroadcast(b, arith::IndexCastOp::create(b, b.getI32Type(), index));
  Value isDiagonal =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, lanes, diagonal);
  return arith::SelectOp::create(b, isDiagonal,
                                 createBroadcast(b, scalars.createF32(1.0f)),
                                 createZeroLanes(b));
}

void PrepareLowering::createLoops() {
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  keyDim = createIndex(b, rule.getKeyDim());
  scale = scalars.createScale();
  Value slots = b.createOrFold<memref::DimOp>(op.getInverse(), 0);
  if (op.getCuSeqlens()) {
    // Without a sequence no slot has a chunk.
    Value isEmpty = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                          scalars.createSequenceCount(), zero);
    slots = arith::SelectOp::create(b, isEmpty, zero, slots);
  }
  auto loop = scf::ParallelOp::create(
      b, ValueRange{zero, zero},
      ValueRange{slots, createIndex(b, rule.getNumKeyHeads())},
      ValueRange{one, one});
  b.setInsertionPointToStart(loop.getBody());
  slot = loop.getInductionVars()[0];
  keyHead = loop.getInductionVars()[1];

  SmallVector<LocalBuffer> buffers;
  auto createBuffer = [&](ArrayRef<int64_t> shape) {
    SmallVector<Value> sizes;
    for (int64_t size : shape)
      sizes.push_back(createIndex(b, size));
    buffers.push_back(createLocalBuffer(b, sizes));
    return buffers.back().memref;
  };
  int64_t paddedKeys = llvm::alignTo(rule.getKeyDim(), numLanes);
  keys = {createBuffer({chunkSize, paddedKeys}), {}};
  queries = {createBuffer({chunkSize, paddedKeys}), {}};
  transposedKeys = {createBuffer({paddedKeys, chunkSize}), {}};
  keyProducts = {createBuffer({chunkSize, chunkSize}), {}};
  queryProducts = {createBuffer({chunkSize, chunkSize}), {}};
  inverse = {createBuffer({chunkSize, chunkSize}), {}};
  coefficients = createBuffer({chunkSize});
  betas = createBuffer({chunkSize});
  keyFactors = createBuffer({chunkSize});
  queryFactors = createBuffer({chunkSize});

  chunk = scalars.createChunk(slot, chunkSize);
  createIf(b, chunk.isActive, [&] { createChunk(); });
  createFree(b, buffers);
}

void PrepareLowering::createChunk() {
  createLoadChunk();
  createProducts();
  int64_t ratio = rule.getNumValueHeads() / rule.getNumKeyHeads();
  Value firstHead = arith::MulIOp::create(b, keyHead, createIndex(b, ratio));
  createLoop(b, createIndex(b, 0), createIndex(b, ratio), /*step=*/1,
             ValueRange(), [&](Value number, ValueRange) {
               createValueHead(arith::AddIOp::create(b, firstHead, number));
               return SmallVector<Value>();
             });
}

// Copies k and q of the chunk's tokens, with zeros behind the last one.
void PrepareLowering::createLoadChunk() {
  Value zero = createIndex(b, 0), end = createIndex(b, chunkSize);
  Value ones = createBroadcast(b, scalars.createF32(1.0f));
  createLaneLoop(b, end, [&](Value index, Value) {
    createStoreLanes(b, ones, keyFactors, index);
    createStoreLanes(b, ones, queryFactors, index);
  });
  createLoop(b, zero, chunk.size, /*step=*/1, ValueRange(),
             [&](Value row, ValueRange) {
               Value token = arith::AddIOp::create(b, chunk.begin, row);
               Value rk =
                   createLoadScaled(op.getK(), token, Value(), keys, row);
               Value rq =
                   createLoadScaled(op.getQ(), token, scale, queries, row);
               if (op.getQkL2norm()) {
                 memref::StoreOp::create(b, rk, keyFactors, row);
                 memref::StoreOp::create(b, rq, queryFactors, row);
               }
               return SmallVector<Value>();
             });
  Value paddedKeys = createRoundUpToLanes(b, keyDim);
  tiles.createZeroRows(keys, chunk.size, end, paddedKeys);
  tiles.createZeroRows(queries, chunk.size, end, paddedKeys);
  tiles.createTransposedCopy(keys, transposedKeys, end, paddedKeys);
}

// Copies a row of q or k to its buffer, times `scale` unless it is null. With
// qk_l2norm the row is normalized too, by the factor that is returned.
Value PrepareLowering::createLoadScaled(Value from, Value token, Value scale,
                                        const Matrix &to, Value row) {
  auto createLoadAt = [&](Value key, Value valid) {
    return createLoadLanes(b, from, {chunk.batch, token, keyHead, key}, valid);
  };
  Value norm, factor = scale;
  if (op.getQkL2norm()) {
    SmallVector<Value> squares = createLaneLoop(
        b, keyDim, createZeroLanes(b),
        [&](Value key, Value valid, ValueRange sums) {
          Value x = createLoadAt(key, valid);
          return SmallVector<Value>{vector::FMAOp::create(b, x, x, sums[0])};
        });
    norm = factor = scalars.createInverseNorm(createSumLanes(b, squares[0]));
    if (scale)
      factor = arith::MulFOp::create(b, scale, norm);
  }
  Value factors = factor ? createBroadcast(b, factor) : Value();
  createLaneLoop(b, keyDim, [&](Value key, Value valid) {
    Value x = createLoadAt(key, valid);
    if (factors)
      x = arith::MulFOp::create(b, factors, x);
    createStoreLanes(b, x, to.memref, {row, key});
  });
  return norm;
}

// K K^T and scale * Q K^T up to the diagonal, and zeros behind it.
void PrepareLowering::createProducts() {
  Value zero = createIndex(b, 0), size = createIndex(b, chunkSize);
  tiles.createZeroRows(keyProducts, zero, size, size);
  tiles.createZeroRows(queryProducts, zero, size, size);
  auto createTile = [&](const Matrix &left, const Matrix &to, Value row,
                        Value column) {
    Tile product = tiles.createProduct(tiles.createZeros(), left, row,
                                       transposedKeys, column, keyDim);
    tiles.createStore(product, to, row, column);
  };
  createLoop(b, zero, chunk.size, tileRows, ValueRange(),
             [&](Value row, ValueRange) {
               createLoop(b, zero, createOffset(row, tileRows), tileColumns,
                          ValueRange(), [&](Value column, ValueRange) {
                            createTile(keys, keyProducts, row, column);
                            createTile(queries, queryProducts, row, column);
                            return SmallVector<Value>();
                          });
               return SmallVector<Value>();
             });
}

void PrepareLowering::createValueHead(Value head) {
  valueHead = head;
  gateParameters = scalars.createGateParameters(valueHead);
  // carried: the decays exp(G_i - G_j) of a row i, and exp(G_i)
  SmallVector<Value> carried(chunkSize / numLanes, createZeroLanes(b));
  carried.push_back(scalars.createF32(1.0f));
  carried =
      createLoop(b, createIndex(b, 0), createIndex(b, chunkSize), /*step=*/1,
                 carried, [&](Value index, ValueRange values) {
                   ChunkToken token = createToken(index);
                   SmallVector<Value> next =
                       createRow(token, values.drop_back());
                   createInverseRow(token);
                   Value decay = values.back();
                   if (token.decay)
                     decay = arith::MulFOp::create(b, decay, token.decay);
                   next.push_back(decay);
                   Value rk = memref::LoadOp::create(b, keyFactors, index);
                   Value rq = memref::LoadOp::create(b, queryFactors, index);
                   Value forQuery = arith::MulFOp::create(b, decay, rq);
                   if (scale)
                     forQuery = arith::MulFOp::create(b, scale, forQuery);
                   createStoreDecay(DecayRow::KeyBefore, index,
                                    arith::MulFOp::create(b, decay, rk));
                   createStoreDecay(DecayRow::Query, index, forQuery);
                   return next;
                 });
  // The last row of decays is exp(G_C - G_i).
  Value chunkDecay = createBroadcast(b, carried.back());
  forEachVector([&](int64_t vector, Value column) {
    Value rk = createLoadLanes(b, keyFactors, column);
    createStoreDecay(DecayRow::KeyAfter, column,
                     arith::MulFOp::create(b, carried[vector], rk));
    createStoreDecay(DecayRow::Chunk, column, chunkDecay);
  });
  createStoreInverse();
}

void PrepareLowering::createStoreDecay(DecayRow row, Value index, Value value) {
  SmallVector<Value> indices = {
      slot, valueHead, createIndex(b, static_cast<int64_t>(row)), index};
  if (isa<VectorType>(value.getType()))
    createStoreLanes(b, value, op.getDecay(), indices);
  else
    memref::StoreOp::create(b, value, op.getDecay(), indices);
}

// The gates of token i. Behind the last token the decay is 1 and beta 0.
ChunkToken PrepareLowering::createToken(Value index) {
  ChunkToken token;
  token.index = index;
  Value isToken =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, index, chunk.size);
  Value f32Zero = scalars.createF32(0.0f), f32One = scalars.createF32(1.0f);
  SmallVector<Type> types(2, b.getF32Type());
  auto ifOp = scf::IfOp::create(b, types, isToken, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  Value position = arith::AddIOp::create(b, chunk.begin, index);
  Value gate = scalars.createGateLoad(chunk.batch, position, valueHead);
  Value decay = scalars.createDecay(gate, gateParameters);
  Value beta = scalars.createBeta(
      scalars.createBetaLoad(chunk.batch, position, valueHead));
  scf::YieldOp::create(
      b, ValueRange{decay ? decay : f32One, beta ? beta : f32One});
  b.setInsertionPointToStart(ifOp.elseBlock());
  scf::YieldOp::create(b, ValueRange{f32One, f32Zero});
  token.decay = ifOp.getResult(0);
  token.beta = ifOp.getResult(1);
  return token;
}

// From the decays of row i - 1 those of row i, and with them row i of attention
// and of -A, of which only what is before the diagonal is used.
SmallVector<Value> PrepareLowering::createRow(const ChunkToken &token,
                                              ValueRange decays) {
  memref::StoreOp::create(b, token.beta, betas, token.index);
  Value decay = createBroadcast(b, token.decay);
  Value negatedBeta = createBroadcast(b, arith::NegFOp::create(b, token.beta));
  SmallVector<Value> row;
  forEachVector([&](int64_t vector, Value column) {
    // D_ij = exp(g_i) D_(i-1)j for j < i, D_ii = 1
    Value d = vector::FMAOp::create(b, decay, decays[vector],
                                    createUnit(token.index, vector));
    row.push_back(d);
    // attention_ij = D_ij scale q_i.k_j
    Value attention = arith::MulFOp::create(
        b, d, createLoadLanes(b, queryProducts.memref, {token.index, column}));
    createStoreLanes(b, attention, op.getAttention(),
                     {slot, valueHead, token.index, column});
    // -A_ij = -beta_i D_ij k_i.k_j
    Value a = arith::MulFOp::create(
        b, d, createLoadLanes(b, keyProducts.memref, {token.index, column}));
    a = arith::MulFOp::create(b, negatedBeta, a);
    createStoreLanes(b, a, coefficients, column);
  });
  return row;
}

// X_i = e_i - sum over j < i of A_ij X_j
void PrepareLowering::createInverseRow(const ChunkToken &token) {
  SmallVector<Value> unit;
  forEachVector([&](int64_t vector, Value) {
    unit.push_back(createUnit(token.index, vector));
  });
  SmallVector<Value> row = createLoop(
      b, createIndex(b, 0), token.index, /*step=*/1, unit,
      [&](Value j, ValueRange sums) {
        Value a =
            createBroadcast(b, memref::LoadOp::create(b, coefficients, j));
        SmallVector<Value> next;
        forEachVector([&](int64_t vector, Value column) {
          Value x = createLoadLanes(b, inverse.memref, {j, column});
          next.push_back(vector::FMAOp::create(b, a, x, sums[vector]));
        });
        return next;
      });
  forEachVector([&](int64_t vector, Value column) {
    createStoreLanes(b, row[vector], inverse.memref, {token.index, column});
  });
}

// inverse = X diag(beta)
void PrepareLowering::createStoreInverse() {
  createLoop(b, createIndex(b, 0), createIndex(b, chunkSize), /*step=*/1,
             ValueRange(), [&](Value row, ValueRange) {
               forEachVector([&](int64_t vector, Value column) {
                 Value x = createLoadLanes(b, inverse.memref, {row, column});
                 Value beta = createLoadLanes(b, betas, column);
                 createStoreLanes(b, arith::MulFOp::create(b, x, beta),
                                  op.getInverse(),
                                  {slot, valueHead, row, column});
               });
               return SmallVector<Value>();
             });
}

void mlir::gdr::createPrepareLoops(ImplicitLocOpBuilder &b, ChunkPrepareOp op) {
  PrepareLowering(b, op).createLoops();
}
