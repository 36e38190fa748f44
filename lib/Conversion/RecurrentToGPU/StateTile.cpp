//===- StateTile.cpp - the part of a state that a thread holds ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads, stores and arithmetic on a thread's tile of the state: what is the
// same for both state layouts. VFirstTile.cpp and KFirstTile.cpp say how a tile
// lies in memory.
//
//===----------------------------------------------------------------------===//

#include "StateTile.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;
using namespace mlir::gdr;

int64_t mlir::gdr::getCommonVectorSize(int64_t a, int64_t b, int64_t limit) {
  int64_t common = std::gcd(a, b);
  return std::max<int64_t>(1, std::min(common & -common, limit));
}

// What an access is aligned to. A wider one is split by the backend.
static llvm::MaybeAlign getAlignment(VectorType type) {
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  return llvm::MaybeAlign(std::min(bytes, maxAccessBytes));
}

Value mlir::gdr::createLoad(ImplicitLocOpBuilder &b, const Access &access) {
  SmallVector<Value> indices = access.indices;
  if (access.isInside) {
    // A place that exists stands in for one that does not.
    Value zero = arith::ConstantIndexOp::create(b, 0);
    indices.back() =
        arith::SelectOp::create(b, access.isInside, indices.back(), zero);
  }
  Value loaded =
      vector::LoadOp::create(b, access.type, access.memref, indices,
                             access.isStreaming, getAlignment(access.type));
  if (!access.isInside)
    return loaded;
  Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(access.type));
  return arith::SelectOp::create(b, access.isInside, loaded, zeros);
}

void mlir::gdr::createStore(ImplicitLocOpBuilder &b, const Access &access,
                            Value value) {
  OpBuilder::InsertionGuard guard(b);
  if (access.isInside) {
    auto ifInside = scf::IfOp::create(b, access.isInside);
    b.setInsertionPointToStart(ifInside.thenBlock());
  }
  vector::StoreOp::create(b, value, access.memref, access.indices,
                          access.isStreaming, getAlignment(access.type));
}

Value StateTile::createIndex(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

SmallVector<Value> StateTile::createZeros() {
  Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(getSliceType()));
  return SmallVector<Value>(getNumSlices(), zeros);
}

// The sum of a vector's elements, pairwise.
static Value createSum(ImplicitLocOpBuilder &b, Value vector) {
  SmallVector<Value> terms = llvm::to_vector_of<Value>(
      vector::ToElementsOp::create(b, vector)->getResults());
  while (terms.size() > 1) {
    SmallVector<Value> sums;
    for (size_t i = 0; i + 1 < terms.size(); i += 2)
      sums.push_back(arith::AddFOp::create(b, terms[i], terms[i + 1]));
    if (terms.size() % 2 == 1)
      sums.push_back(terms.back());
    terms = std::move(sums);
  }
  return terms.front();
}

Value StateTile::createFragmentDot(ArrayRef<Value> x, ArrayRef<Value> y) {
  bool isVector = isa<VectorType>(x.front().getType());
  Value sum;
  for (auto [xj, yj] : llvm::zip_equal(x, y)) {
    if (!sum)
      sum = arith::MulFOp::create(b, xj, yj);
    else if (isVector)
      sum = vector::FMAOp::create(b, xj, yj, sum);
    else
      sum = math::FmaOp::create(b, xj, yj, sum);
  }
  return isVector ? createSum(b, sum) : sum;
}

SmallVector<Value> StateTile::createRankOneUpdate(ArrayRef<Value> slices,
                                                  Value decay,
                                                  ArrayRef<Value> x, Value d) {
  Value decays;
  if (decay)
    decays = vector::BroadcastOp::create(b, getSliceType(), decay);
  Value columns = createBroadcastOfColumns(d);
  SmallVector<Value> updated;
  for (auto [slice, xj] : llvm::zip_equal(slices, x)) {
    Value decayed = slice;
    if (decay)
      decayed = arith::MulFOp::create(b, slice, decays);
    updated.push_back(
        vector::FMAOp::create(b, createBroadcastOfKey(xj), columns, decayed));
  }
  return updated;
}

Value StateTile::createSliceSums(ArrayRef<Value> slices, ArrayRef<Value> x) {
  Value sums;
  for (auto [slice, xj] : llvm::zip_equal(slices, x)) {
    Value xs = createBroadcastOfKey(xj);
    sums = sums ? vector::FMAOp::create(b, slice, xs, sums).getResult()
                : arith::MulFOp::create(b, slice, xs).getResult();
  }
  return sums;
}

int64_t StateTile::getColumnVectorSize() const {
  return getCommonVectorSize(geometry.columns, geometry.valueDim,
                             geometry.accessBytes / 2);
}

Value StateTile::createColumnIndex(int64_t offset) {
  if (offset == 0)
    return geometry.firstColumn;
  return arith::AddIOp::create(b, geometry.firstColumn, createIndex(offset));
}

Value StateTile::createIsColumnInside(Value column) {
  if (!geometry.hasColumnTail)
    return nullptr;
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, column,
                               createIndex(geometry.valueDim));
}

Access StateTile::getColumnAccess(Value memref, Value batch, Value token,
                                  Value head, int64_t offset) {
  Value column = createColumnIndex(offset);
  Type elementType = cast<MemRefType>(memref.getType()).getElementType();
  return {memref,
          {batch, token, head, column},
          VectorType::get(getColumnVectorSize(), elementType),
          createIsColumnInside(column)};
}

SmallVector<Value> StateTile::createColumnLoad(Value memref, Value batch,
                                               Value token, Value head) {
  SmallVector<Value> loaded;
  for (int64_t c = 0; c < geometry.columns; c += getColumnVectorSize())
    loaded.push_back(
        createLoad(b, getColumnAccess(memref, batch, token, head, c)));
  return loaded;
}

Value StateTile::createColumns(ArrayRef<Value> loaded) {
  auto type = VectorType::get(geometry.columns, b.getF32Type());
  Value columns = arith::ConstantOp::create(b, b.getZeroAttr(type));
  for (auto [i, part] : llvm::enumerate(loaded))
    columns = vector::InsertStridedSliceOp::create(
        b, createExtendToF32(b, part), columns,
        static_cast<int64_t>(i) * getColumnVectorSize(), 1);
  return columns;
}

void StateTile::createColumnStore(Value columns, Value memref, Value batch,
                                  Value token, Value head) {
  for (int64_t c = 0; c < geometry.columns; c += getColumnVectorSize()) {
    Access access = getColumnAccess(memref, batch, token, head, c);
    Value part = vector::ExtractStridedSliceOp::create(
        b, columns, c, getColumnVectorSize(), 1);
    createStore(b, access,
                createTruncateFromF32(b, part, access.type.getElementType()));
  }
}

std::unique_ptr<StateTile> StateTile::get(StateLayout layout,
                                          const TileGeometry &geometry,
                                          ImplicitLocOpBuilder &b) {
  if (layout == StateLayout::VFirst)
    return createVFirstTile(geometry, b);
  return createKFirstTile(geometry, b);
}
