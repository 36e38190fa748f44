//===- TileBuilder.cpp - expressions on tiles -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::wg;

RankedTensorType TileBuilder::getFragment(int64_t columns, Type element) {
  return RankedTensorType::get({fragmentRows, columns}, element,
                               FragmentAttr::get(b.getContext()));
}
RankedTensorType TileBuilder::getRows(Type element) {
  return RankedTensorType::get(fragmentRows, element,
                               RowsAttr::get(b.getContext()));
}
RankedTensorType TileBuilder::getColumns(int64_t size, Type element) {
  return RankedTensorType::get(size, element, ColumnsAttr::get(b.getContext()));
}
RankedTensorType TileBuilder::getLanes(int64_t size, Type element) {
  return RankedTensorType::get(size, element, LanesAttr::get(b.getContext()));
}
SharedType TileBuilder::getShared(ArrayRef<int64_t> shape, Type element,
                                  int64_t swizzle) {
  return SharedType::get(b.getContext(), shape, element, swizzle);
}

Value TileBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value TileBuilder::splat(RankedTensorType type, double value) {
  Attribute element =
      isa<FloatType>(type.getElementType())
          ? Attribute(FloatAttr::get(type.getElementType(), value))
          : Attribute(IntegerAttr::get(type.getElementType(),
                                       static_cast<int64_t>(value)));
  return arith::ConstantOp::create(b, DenseElementsAttr::get(type, element));
}

Value TileBuilder::splat(RankedTensorType type, Value scalar) {
  return tensor::SplatOp::create(b, type, scalar);
}

Value TileBuilder::broadcast(Value vector, Value tile) {
  auto type = mlir::cast<RankedTensorType>(tile.getType());
  Type element =
      mlir::cast<RankedTensorType>(vector.getType()).getElementType();
  return BroadcastOp::create(b, getFragment(type.getShape()[1], element),
                             vector);
}

Value TileBuilder::fma(Value x, Value y, Value z) {
  return math::FmaOp::create(b, x, y, z);
}

Value TileBuilder::exp2(Value x) { return math::Exp2Op::create(b, x); }

Value TileBuilder::cast(Value x, Type element) {
  auto type = mlir::cast<RankedTensorType>(x.getType());
  if (type.getElementType() == element)
    return x;
  Type result = type.clone(element);
  if (type.getElementTypeBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, result, x);
  return arith::TruncFOp::create(b, result, x);
}

Value TileBuilder::sumColumns(Value x) {
  return SumColumnsOp::create(b, getRows(b.getF32Type()), x);
}

Value TileBuilder::keepWhere(arith::CmpIPredicate predicate, Value i, Value j,
                             Value x) {
  Value zero = splat(mlir::cast<RankedTensorType>(x.getType()), 0.0);
  Value keep = arith::CmpIOp::create(b, predicate, i, j);
  return arith::SelectOp::create(b, keep, x, zero);
}

Value TileBuilder::matrixView(Value memref, ArrayRef<OpFoldResult> offsets,
                              ArrayRef<OpFoldResult> sizes, int64_t rowDim) {
  auto type = mlir::cast<MemRefType>(memref.getType());
  SmallVector<OpFoldResult> strides(4, b.getIndexAttr(1));
  SmallVector<int64_t> shape;
  for (int64_t dim : {rowDim, int64_t(3)})
    shape.push_back(
        getConstantIntValue(sizes[dim]).value_or(ShapedType::kDynamic));
  auto reduced = memref::SubViewOp::inferRankReducedResultType(
      shape, type, offsets, sizes, strides);
  return memref::SubViewOp::create(b, mlir::cast<MemRefType>(reduced), memref,
                                   offsets, sizes, strides);
}

Value TileBuilder::load(RankedTensorType type, Value source, bool transpose) {
  return LoadOp::create(b, type, source, transpose);
}

void TileBuilder::store(Value tile, Value destination, bool transpose) {
  StoreOp::create(b, tile, destination, transpose);
}

Value TileBuilder::mma(Value a, Value bTile, bool transposeB,
                       Value accumulator) {
  auto type = mlir::cast<SharedType>(bTile.getType());
  int64_t columns = type.getShape()[transposeB ? 0 : 1];
  auto pending =
      PendingType::get(b.getContext(), getFragment(columns, b.getF32Type()));
  return MmaOp::create(b, pending, a, bTile, accumulator,
                       /*transpose_a=*/false, transposeB);
}

Value TileBuilder::wait(Value product, int64_t newer) {
  Type tile = mlir::cast<PendingType>(product.getType()).getTile();
  return WaitOp::create(b, tile, product, newer).getTiles().front();
}

void TileBuilder::oneThread(llvm::function_ref<void()> fill) {
  auto one = OneThreadOp::create(b);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&one.getBody());
  fill();
}
