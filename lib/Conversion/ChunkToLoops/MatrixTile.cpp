//===- MatrixTile.cpp - tiles of matrix products in registers -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixTile.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::gdr;

SmallVector<Value> Matrix::getIndices(Value row, Value column) const {
  SmallVector<Value> indices(prefix);
  indices.append({isTransposed ? column : row, isTransposed ? row : column});
  return indices;
}

Value TileBuilder::createOffset(Value index, int64_t offset) {
  return b.createOrFold<arith::AddIOp>(index, createIndex(b, offset));
}

void TileBuilder::createZeroRows(const Matrix &matrix, Value begin, Value end,
                                 Value columns) {
  createLoop(b, begin, end, /*step=*/1, ValueRange(),
             [&](Value row, ValueRange) {
               createLaneLoop(b, columns, [&](Value column, Value) {
                 createStoreLanes(b, createZeroLanes(b), matrix.memref,
                                  matrix.getIndices(row, column));
               });
               return SmallVector<Value>();
             });
}

void TileBuilder::createTransposedCopy(const Matrix &from, const Matrix &to,
                                       Value rows, Value columns) {
  createLaneLoop(b, rows, [&](Value row, Value) {
    createLaneLoop(b, columns, [&](Value column, Value) {
      SmallVector<Value> block;
      for (int64_t i = 0; i < numLanes; ++i)
        block.push_back(createLoadLanes(
            b, from.memref, from.getIndices(createOffset(row, i), column)));
      for (auto [i, lanes] : llvm::enumerate(createTranspose(b, block)))
        createStoreLanes(b, lanes, to.memref,
                         to.getIndices(createOffset(column, i), row));
    });
  });
}

Tile TileBuilder::createZeros() {
  return Tile(tileRows * tileVectors, createZeroLanes(b));
}

Tile TileBuilder::createLoad(const Matrix &matrix, Value row, Value column) {
  Tile tile;
  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t j = 0; j < tileVectors; ++j)
      tile.push_back(createLoadLanes(
          b, matrix.memref,
          matrix.getIndices(createOffset(row, i),
                            createOffset(column, j * numLanes))));
  return tile;
}

void TileBuilder::createStore(const Tile &tile, const Matrix &matrix, Value row,
                              Value column) {
  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t j = 0; j < tileVectors; ++j)
      createStoreLanes(b, tile[i * tileVectors + j], matrix.memref,
                       matrix.getIndices(createOffset(row, i),
                                         createOffset(column, j * numLanes)));
}

// One element as f32.
Value TileBuilder::createElement(const Matrix &matrix, Value row,
                                 Value column) {
  return createExtendToF32(
      b,
      memref::LoadOp::create(b, matrix.memref, matrix.getIndices(row, column)));
}

Tile TileBuilder::createProduct(const Tile &sums, const Matrix &left, Value row,
                                const Matrix &right, Value column, Value end) {
  return createLoop(
      b, createIndex(b, 0), end, /*step=*/1, sums,
      [&](Value k, ValueRange carried) {
        SmallVector<Value> rightRow;
        for (int64_t j = 0; j < tileVectors; ++j)
          rightRow.push_back(createLoadLanes(
              b, right.memref,
              right.getIndices(k, createOffset(column, j * numLanes))));
        Tile next;
        for (int64_t i = 0; i < tileRows; ++i) {
          Value factor =
              createBroadcast(b, createElement(left, createOffset(row, i), k));
          for (int64_t j = 0; j < tileVectors; ++j)
            next.push_back(vector::FMAOp::create(b, factor, rightRow[j],
                                                 carried[next.size()]));
        }
        return next;
      });
}

RowFactors TileBuilder::createRowFactors(Value memref, ArrayRef<Value> prefix,
                                         Value row) {
  RowFactors factors;
  for (int64_t i = 0; i < tileRows; ++i) {
    SmallVector<Value> indices(prefix);
    indices.push_back(createOffset(row, i));
    factors.push_back(
        createBroadcast(b, memref::LoadOp::create(b, memref, indices)));
  }
  return factors;
}

Tile TileBuilder::createScaled(const Tile &tile, const RowFactors &factors) {
  Tile scaled;
  for (auto [i, vector] : llvm::enumerate(tile))
    scaled.push_back(
        arith::MulFOp::create(b, factors[i / tileVectors], vector));
  return scaled;
}

Tile TileBuilder::createSubtractScaled(const Tile &tile, const Tile &other,
                                       const RowFactors &factors) {
  Tile difference;
  for (auto [i, vector] : llvm::enumerate(tile)) {
    Value negated = arith::NegFOp::create(b, other[i]);
    difference.push_back(
        vector::FMAOp::create(b, factors[i / tileVectors], negated, vector));
  }
  return difference;
}

Value TileBuilder::createTriangleEnd(Value row, Value end) {
  return b.createOrFold<arith::MinUIOp>(createOffset(row, tileRows), end);
}
