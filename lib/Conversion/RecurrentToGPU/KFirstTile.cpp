//===- KFirstTile.cpp - tiles of a state with V contiguous ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tile of a thread in a state [.., K, V]: rows of the thread's columns, and
// products that are summed over slices alone.
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

std::unique_ptr<StateTile>
mlir::gdr::createKFirstTile(const TileGeometry &geometry,
                            ImplicitLocOpBuilder &b) {
  return std::make_unique<KFirstTile>(geometry, b);
}
