//===- VFirstTile.cpp - tiles of a state with K contiguous ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tile of a thread in a state [.., V, K]: rows of K, in as wide accesses as
// its alignment allows, and products that are summed within a slice.
//
//===----------------------------------------------------------------------===//

#include "StateTile.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;

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

} // namespace

std::unique_ptr<StateTile>
mlir::gdr::createVFirstTile(const TileGeometry &geometry,
                            ImplicitLocOpBuilder &b) {
  return std::make_unique<VFirstTile>(geometry, b);
}
