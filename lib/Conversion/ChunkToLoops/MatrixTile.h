//===- MatrixTile.h - tiles of matrix products in registers -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrix products in tiles of sums that stay in vector registers: each step of
// the reduction loads a row of the right factor and multiplies it by an element
// of the left one for each row of the tile.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_CHUNKTOLOOPS_MATRIXTILE_H
#define GDR_LIB_CONVERSION_CHUNKTOLOOPS_MATRIXTILE_H

#include "../LoopUtils/Lanes.h"

namespace mlir::gdr {

/// A tile is rows x columns of f32: 8 vectors of 256 bits, as many as hide the
/// latency of two multiply-adds a cycle. With a row of the right factor and a
/// broadcast they fit the 16 registers of AVX2.
inline constexpr int64_t tileRows = 4;
inline constexpr int64_t tileVectors = 2;
inline constexpr int64_t tileColumns = tileVectors * numLanes;

/// The last two dimensions of a memref. Its buffer holds whole tiles, unless
/// only elements of it are read.
struct Matrix {
  Value memref;
  /// Indices of the dimensions before the last two.
  SmallVector<Value> prefix;
  /// Whether element (i, j) is at indices j, i.
  bool isTransposed = false;

  SmallVector<Value> getIndices(Value row, Value column) const;
};

/// The vectors of a tile, row by row.
using Tile = SmallVector<Value>;
/// A number for each row of a tile, in all lanes of a vector.
using RowFactors = SmallVector<Value>;

class TileBuilder {
public:
  explicit TileBuilder(ImplicitLocOpBuilder &b) : b(b) {}

  /// matrix[begin..end, 0..columns) = 0
  void createZeroRows(const Matrix &matrix, Value begin, Value end,
                      Value columns);
  /// to = from[0..rows, 0..columns)^T; both sizes are multiples of numLanes.
  void createTransposedCopy(const Matrix &from, const Matrix &to, Value rows,
                            Value columns);

  Tile createZeros();
  Tile createLoad(const Matrix &matrix, Value row, Value column);
  void createStore(const Tile &tile, const Matrix &matrix, Value row,
                   Value column);
  /// sums + left[row.., 0..end) right[0..end, column..]
  Tile createProduct(const Tile &sums, const Matrix &left, Value row,
                     const Matrix &right, Value column, Value end);

  /// Elements row.. of a vector in memory; `prefix` is before the last index.
  RowFactors createRowFactors(Value memref, ArrayRef<Value> prefix, Value row);
  /// factors .* tile
  Tile createScaled(const Tile &tile, const RowFactors &factors);
  /// tile - factors .* other
  Tile createSubtractScaled(const Tile &tile, const Tile &other,
                            const RowFactors &factors);

  /// min(row + tileRows, end): where the row of a lower triangular matrix ends.
  Value createTriangleEnd(Value row, Value end);

private:
  Value createOffset(Value index, int64_t offset);
  Value createElement(const Matrix &matrix, Value row, Value column);

  ImplicitLocOpBuilder &b;
};

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_CHUNKTOLOOPS_MATRIXTILE_H
