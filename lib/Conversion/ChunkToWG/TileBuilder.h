//===- TileBuilder.h - expressions on tiles ---------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Short names for the ops that a tile program is made of, so that a kernel
// reads like its formulas.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_CHUNKTOWG_TILEBUILDER_H
#define GDR_CONVERSION_CHUNKTOWG_TILEBUILDER_H

#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::wg {

class TileBuilder {
public:
  explicit TileBuilder(ImplicitLocOpBuilder &b) : b(b) {}

  RankedTensorType getFragment(int64_t columns, Type element);
  RankedTensorType getRows(Type element);
  RankedTensorType getColumns(int64_t size, Type element);
  RankedTensorType getLanes(int64_t size, Type element);
  SharedType getShared(ArrayRef<int64_t> shape, Type element,
                       int64_t swizzle = 0);

  Value index(int64_t value);
  /// A tile of one value, given as a constant or a scalar.
  Value splat(RankedTensorType type, double value);
  Value splat(RankedTensorType type, Value scalar);
  /// A vector over rows or columns, repeated over a fragment like `tile`.
  Value broadcast(Value vector, Value tile);

  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  /// x * y + z, rounded once.
  Value fma(Value x, Value y, Value z);
  Value neg(Value x) { return arith::NegFOp::create(b, x); }
  Value min(Value x, Value y) { return arith::MinimumFOp::create(b, x, y); }
  Value max(Value x, Value y) { return arith::MaximumFOp::create(b, x, y); }
  /// 2 to the power of x.
  Value exp2(Value x);
  /// To another float type; nothing if it is the tile's.
  Value cast(Value x, Type element);
  /// The sum of each row of a fragment.
  Value sumColumns(Value x);
  /// `x` where i32 tiles compare, else zero.
  Value keepWhere(arith::CmpIPredicate predicate, Value i, Value j, Value x);

  /// A view with two dimensions of a memref with four: rows along `rowDim`,
  /// columns along the last one.
  Value matrixView(Value memref, ArrayRef<OpFoldResult> offsets,
                   ArrayRef<OpFoldResult> sizes, int64_t rowDim);
  Value load(RankedTensorType type, Value source, bool transpose = false);
  void store(Value tile, Value destination, bool transpose = false);

  /// [accumulator +] a * b, under way.
  Value mma(Value a, Value bTile, bool transposeB, Value accumulator = nullptr);
  /// The tile of a product of which at most `newer` were started later.
  Value wait(Value product, int64_t newer = 0);

  /// Runs `fill` with the insertion point in a region of one thread.
  void oneThread(llvm::function_ref<void()> fill);

private:
  ImplicitLocOpBuilder &b;
};

} // namespace mlir::wg

#endif // GDR_CONVERSION_CHUNKTOWG_TILEBUILDER_H
