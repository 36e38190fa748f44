//===- StateTile.cpp - the part of a state that a thread holds ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads, stores and arithmetic on a thread's tile of the state. The two classes
// at the end say how a tile lies in memory for each state layout; everything
// else is the same for both.
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

// The largest power of two that divides both, at most `limit` and at least 1.
static int64_t getCommonVectorSize(int64_t a, int64_t b, int64_t limit) {
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

//===----------------------------------------------------------------------===//
// What both layouts share
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// V-first: K is contiguous
//===----------------------------------------------------------------------===//

namespace {

/// State [.., V, K]. A slice is vector<columns x vec>: a run of vec elements of
/// K in each of the thread's columns. The runs of the lanes interleave, so that
/// lanes access lanes * vec contiguous elements together:
///
///   slice j of lane l holds K elements (j * lanes + l) * vec .. + vec-1
class VFirstTile : public StateTile {
public:
  VFirstTile(const TileGeometry &geometry, ImplicitLocOpBuilder &b)
      : StateTile(geometry, b) {
    int64_t limit = geometry.accessBytes / geometry.stateBytes;
    vec = getCommonVectorSize(geometry.keyDim, limit, limit);
  }

  SmallVector<Value> createStateLoad(Value state, Value row,
                                     Value head) override {
    SmallVector<Value> slices;
    for (int64_t j = 0; j < getNumSlices(); ++j) {
      Value slice = arith::ConstantOp::create(b, b.getZeroAttr(getSliceType()));
      for (int64_t c = 0; c < geometry.columns; ++c) {
        Value part = createLoad(b, getStateAccess(state, row, head, j, c));
        slice =
            vector::InsertOp::create(b, createExtendToF32(b, part), slice, c);
      }
      slices.push_back(slice);
    }
    return slices;
  }

  void createStateStore(ArrayRef<Value> slices, Value state, Value row,
                        Value head) override {
    for (auto [j, slice] : llvm::enumerate(slices))
      for (int64_t c = 0; c < geometry.columns; ++c) {
        Access access = getStateAccess(state, row, head, j, c);
        Value part = vector::ExtractOp::create(b, slice, c);
        createStore(
            b, access,
            createTruncateFromF32(b, part, access.type.getElementType()));
      }
  }

  SmallVector<Value> createFragmentLoad(Value memref, Value batch, Value token,
                                        Value head) override {
    Type elementType = cast<MemRefType>(memref.getType()).getElementType();
    SmallVector<Value> loaded;
    for (int64_t j = 0; j < getNumSlices(); ++j) {
      Value key = createKeyIndex(j);
      loaded.push_back(createLoad(b, {memref,
                                      {batch, token, head, key},
                                      VectorType::get(vec, elementType),
                                      createIsKeyInside(j, key)}));
    }
    return loaded;
  }

  SmallVector<Value> createFragment(ArrayRef<Value> loaded) override {
    return llvm::map_to_vector(
        loaded, [&](Value part) { return createExtendToF32(b, part); });
  }

  Value createPartialProduct(ArrayRef<Value> slices,
                             ArrayRef<Value> x) override {
    Value sums = createSliceSums(slices, x);
    auto type = VectorType::get(geometry.columns, b.getF32Type());
    Value product = arith::ConstantOp::create(b, b.getZeroAttr(type));
    for (int64_t c = 0; c < geometry.columns; ++c) {
      Value column = vector::ExtractOp::create(b, sums, c);
      Value sum =
          vector::ReductionOp::create(b, vector::CombiningKind::ADD, column);
      product = vector::InsertOp::create(b, sum, product, c);
    }
    return product;
  }

  int64_t getFragmentVectorSize() const override { return vec; }
  int64_t getStateVectorSize() const override { return vec; }

protected:
  VectorType getSliceType() const override {
    return VectorType::get({geometry.columns, vec}, b.getF32Type());
  }
  int64_t getNumSlices() const override {
    return llvm::divideCeil(geometry.keyDim, geometry.lanes * vec);
  }
  Value createBroadcastOfKey(Value x) override {
    return vector::BroadcastOp::create(b, getSliceType(), x);
  }
  Value createBroadcastOfColumns(Value d) override {
    // vector<columns> to vector<columns x vec>, along the inner dimension.
    auto columnType = VectorType::get({geometry.columns, 1}, b.getF32Type());
    Value column = vector::ShapeCastOp::create(b, columnType, d);
    return vector::BroadcastOp::create(b, getSliceType(), column);
  }

private:
  Value createKeyIndex(int64_t j) {
    Value key = arith::MulIOp::create(b, geometry.lane, createIndex(vec));
    if (j == 0)
      return key;
    return arith::AddIOp::create(b, key, createIndex(j * geometry.lanes * vec));
  }

  Value createIsKeyInside(int64_t j, Value key) {
    if ((j + 1) * geometry.lanes * vec <= geometry.keyDim)
      return nullptr;
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, key,
                                 createIndex(geometry.keyDim));
  }

  Access getStateAccess(Value state, Value row, Value head, int64_t j,
                        int64_t c) {
    Value key = createKeyIndex(j), column = createColumnIndex(c);
    Value isInside = createIsColumnInside(column);
    if (isInside) {
      // The innermost index alone cannot make the place exist.
      column = arith::SelectOp::create(b, isInside, column, createIndex(0));
    }
    if (Value isKeyInside = createIsKeyInside(j, key))
      isInside = isInside ? arith::AndIOp::create(b, isInside, isKeyInside)
                          : isKeyInside;
    return {state,
            {row, head, column, key},
            VectorType::get(vec, getElementTypeOrSelf(state.getType())),
            isInside,
            /*isStreaming=*/true};
  }

  int64_t vec;
};

//===----------------------------------------------------------------------===//
// K-first: V is contiguous
//===----------------------------------------------------------------------===//

/// State [.., K, V]. A slice is vector<columns>: the thread's columns at one
/// element of K. A lane holds a contiguous run of K:
///
///   slice j of lane l holds K element l * numSlices + j
class KFirstTile : public StateTile {
public:
  KFirstTile(const TileGeometry &geometry, ImplicitLocOpBuilder &b)
      : StateTile(geometry, b) {}

  SmallVector<Value> createStateLoad(Value state, Value row,
                                     Value head) override {
    SmallVector<Value> slices;
    for (int64_t j = 0; j < getNumSlices(); ++j) {
      Value slice = arith::ConstantOp::create(b, b.getZeroAttr(getSliceType()));
      for (int64_t c = 0; c < geometry.columns; c += getStateVectorSize()) {
        Value part = createLoad(b, getStateAccess(state, row, head, j, c));
        slice = vector::InsertStridedSliceOp::create(
            b, createExtendToF32(b, part), slice, c, 1);
      }
      slices.push_back(slice);
    }
    return slices;
  }

  void createStateStore(ArrayRef<Value> slices, Value state, Value row,
                        Value head) override {
    for (auto [j, slice] : llvm::enumerate(slices))
      for (int64_t c = 0; c < geometry.columns; c += getStateVectorSize()) {
        Access access = getStateAccess(state, row, head, j, c);
        Value part = vector::ExtractStridedSliceOp::create(
            b, slice, c, getStateVectorSize(), 1);
        createStore(
            b, access,
            createTruncateFromF32(b, part, access.type.getElementType()));
      }
  }

  SmallVector<Value> createFragmentLoad(Value memref, Value batch, Value token,
                                        Value head) override {
    Type elementType = cast<MemRefType>(memref.getType()).getElementType();
    SmallVector<Value> loaded;
    for (int64_t j = 0; j < getNumSlices(); j += getFragmentVectorSize()) {
      Value key = createKeyIndex(j);
      loaded.push_back(
          createLoad(b, {memref,
                         {batch, token, head, key},
                         VectorType::get(getFragmentVectorSize(), elementType),
                         createIsKeyInside(key)}));
    }
    return loaded;
  }

  SmallVector<Value> createFragment(ArrayRef<Value> loaded) override {
    SmallVector<Value> fragment;
    for (Value part : loaded) {
      Value extended = createExtendToF32(b, part);
      for (int64_t i = 0; i < getFragmentVectorSize(); ++i)
        fragment.push_back(vector::ExtractOp::create(b, extended, i));
    }
    return fragment;
  }

  Value createPartialProduct(ArrayRef<Value> slices,
                             ArrayRef<Value> x) override {
    return createSliceSums(slices, x);
  }

  int64_t getFragmentVectorSize() const override {
    return getCommonVectorSize(getNumSlices(), geometry.keyDim,
                               geometry.accessBytes / 2);
  }
  int64_t getStateVectorSize() const override {
    return getCommonVectorSize(geometry.columns, geometry.valueDim,
                               geometry.accessBytes / geometry.stateBytes);
  }

protected:
  VectorType getSliceType() const override {
    return VectorType::get(geometry.columns, b.getF32Type());
  }
  int64_t getNumSlices() const override {
    return llvm::divideCeil(geometry.keyDim, geometry.lanes);
  }
  Value createBroadcastOfKey(Value x) override {
    return vector::BroadcastOp::create(b, getSliceType(), x);
  }
  Value createBroadcastOfColumns(Value d) override { return d; }

private:
  Value createKeyIndex(int64_t j) {
    Value key =
        arith::MulIOp::create(b, geometry.lane, createIndex(getNumSlices()));
    if (j == 0)
      return key;
    return arith::AddIOp::create(b, key, createIndex(j));
  }

  Value createIsKeyInside(Value key) {
    if (getNumSlices() * geometry.lanes == geometry.keyDim)
      return nullptr;
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, key,
                                 createIndex(geometry.keyDim));
  }

  Access getStateAccess(Value state, Value row, Value head, int64_t j,
                        int64_t c) {
    Value key = createKeyIndex(j), column = createColumnIndex(c);
    Value isInside = createIsColumnInside(column);
    if (Value isKeyInside = createIsKeyInside(key)) {
      // The innermost index alone cannot make the place exist.
      key = arith::SelectOp::create(b, isKeyInside, key, createIndex(0));
      isInside = isInside ? arith::AndIOp::create(b, isInside, isKeyInside)
                          : isKeyInside;
    }
    return {state,
            {row, head, key, column},
            VectorType::get(getStateVectorSize(),
                            getElementTypeOrSelf(state.getType())),
            isInside,
            /*isStreaming=*/true};
  }
};

} // namespace

std::unique_ptr<StateTile> StateTile::get(StateLayout layout,
                                          const TileGeometry &geometry,
                                          ImplicitLocOpBuilder &b) {
  if (layout == StateLayout::VFirst)
    return std::make_unique<VFirstTile>(geometry, b);
  return std::make_unique<KFirstTile>(geometry, b);
}
