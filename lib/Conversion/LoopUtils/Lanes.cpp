//===- Lanes.cpp - loops over vectors of f32 lanes ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::gdr;

// Larger or dynamic buffers are on the heap.
static constexpr int64_t maxStackBytes = 32 * 1024;

Value mlir::gdr::createIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value mlir::gdr::createRoundUpToLanes(ImplicitLocOpBuilder &b, Value value) {
  // ceil(value / lanes) * lanes
  Value lanes = createIndex(b, numLanes);
  Value biased =
      b.createOrFold<arith::AddIOp>(value, createIndex(b, numLanes - 1));
  Value count = b.createOrFold<arith::DivUIOp>(biased, lanes);
  return b.createOrFold<arith::MulIOp>(count, lanes);
}

Value mlir::gdr::createZeroLanes(ImplicitLocOpBuilder &b, int64_t count) {
  auto type = VectorType::get(count, b.getF32Type());
  return arith::ConstantOp::create(b, b.getZeroAttr(type));
}

Value mlir::gdr::createBroadcast(ImplicitLocOpBuilder &b, Value scalar,
                                 int64_t count) {
  auto type = VectorType::get(count, scalar.getType());
  return vector::BroadcastOp::create(b, type, scalar);
}

// The mask of a load or store of f32.
static Value createMask(ImplicitLocOpBuilder &b, Value valid) {
  auto type = VectorType::get(numLanes, b.getI1Type());
  return vector::CreateMaskOp::create(b, type, valid);
}

// The indices of one lane of a vector at `indices`.
static SmallVector<Value> createLaneIndices(ImplicitLocOpBuilder &b,
                                            ValueRange indices, Value lane) {
  SmallVector<Value> laneIndices(indices);
  laneIndices.back() = b.createOrFold<arith::AddIOp>(laneIndices.back(), lane);
  return laneIndices;
}

Value mlir::gdr::createLoadLanes(ImplicitLocOpBuilder &b, Value memref,
                                 ValueRange indices, Value valid,
                                 int64_t count) {
  Type elementType = getElementTypeOrSelf(memref.getType());
  auto type = VectorType::get(count, elementType);
  if (!valid)
    return createExtendToF32(b,
                             vector::LoadOp::create(b, type, memref, indices));
  if (elementType.isF32())
    return vector::MaskedLoadOp::create(
        b, type, memref, indices, createMask(b, valid), createZeroLanes(b));
  // Without hardware for it, LLVM splits a masked access to narrower floats in
  // a way that calls conversion functions of a run-time library.
  return createLoop(
      b, createIndex(b, 0), valid, /*step=*/1, createZeroLanes(b),
      [&](Value lane, ValueRange carried) {
        Value element = createExtendToF32(
            b, memref::LoadOp::create(b, memref,
                                      createLaneIndices(b, indices, lane)));
        Value lanes = vector::InsertOp::create(b, element, carried[0],
                                               OpFoldResult(lane));
        return SmallVector<Value>{lanes};
      })[0];
}

void mlir::gdr::createStoreLanes(ImplicitLocOpBuilder &b, Value lanes,
                                 Value memref, ValueRange indices,
                                 Value valid) {
  Type elementType = getElementTypeOrSelf(memref.getType());
  if (!valid) {
    lanes = createTruncateFromF32(b, lanes, elementType);
    vector::StoreOp::create(b, lanes, memref, indices);
    return;
  }
  if (elementType.isF32()) {
    vector::MaskedStoreOp::create(b, memref, indices, createMask(b, valid),
                                  lanes);
    return;
  }
  createLoop(b, createIndex(b, 0), valid, /*step=*/1, ValueRange(),
             [&](Value lane, ValueRange) {
               Value element =
                   vector::ExtractOp::create(b, lanes, OpFoldResult(lane));
               memref::StoreOp::create(
                   b, createTruncateFromF32(b, element, elementType), memref,
                   createLaneIndices(b, indices, lane));
               return SmallVector<Value>();
             });
}

LocalBuffer mlir::gdr::createLocalBuffer(ImplicitLocOpBuilder &b,
                                         ArrayRef<Value> sizes) {
  int64_t bytes = sizeof(float);
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamicSizes;
  for (Value size : sizes) {
    std::optional<int64_t> constant = getConstantIntValue(size);
    shape.push_back(constant.value_or(ShapedType::kDynamic));
    if (!constant)
      dynamicSizes.push_back(size);
    else
      bytes *= *constant;
  }
  auto type = MemRefType::get(shape, b.getF32Type());
  IntegerAttr alignment = b.getI64IntegerAttr(64);
  if (dynamicSizes.empty() && bytes <= maxStackBytes)
    return {memref::AllocaOp::create(b, type, alignment), /*isOnHeap=*/false};
  return {memref::AllocOp::create(b, type, dynamicSizes, alignment),
          /*isOnHeap=*/true};
}

void mlir::gdr::createFree(ImplicitLocOpBuilder &b,
                           ArrayRef<LocalBuffer> buffers) {
  for (const LocalBuffer &buffer : buffers)
    if (buffer.isOnHeap)
      memref::DeallocOp::create(b, buffer.memref);
}

Value mlir::gdr::createSumLanes(ImplicitLocOpBuilder &b, Value lanes) {
  return vector::ReductionOp::create(b, vector::CombiningKind::ADD, lanes,
                                     arith::FastMathFlags::reassoc);
}

Value mlir::gdr::createSumEach(ImplicitLocOpBuilder &b,
                               ArrayRef<Value> vectors) {
  assert(llvm::isPowerOf2_64(vectors.size()) && vectors.size() <= numLanes &&
         "expected the sums to fill a vector");
  // A tree: each level halves the lanes that belong to one sum, and puts the
  // sums of two vectors into one as long as there are two.
  SmallVector<Value> level(vectors);
  int64_t lanesPerVector = numLanes;
  for (int64_t partials = numLanes; partials > 1; partials /= 2) {
    bool merges = level.size() > 1;
    int64_t lanes = merges ? 2 * lanesPerVector : lanesPerVector;
    SmallVector<int64_t> firstHalves, secondHalves;
    for (int64_t sum = 0; sum < lanes; sum += partials)
      for (int64_t lane = 0; lane < partials / 2; ++lane) {
        firstHalves.push_back(sum + lane);
        secondHalves.push_back(sum + lane + partials / 2);
      }
    SmallVector<Value> next;
    for (size_t i = 0; i < level.size(); i += merges ? 2 : 1) {
      Value x = level[i], y = level[merges ? i + 1 : i];
      Value first = vector::ShuffleOp::create(b, x, y, firstHalves);
      Value second = vector::ShuffleOp::create(b, x, y, secondHalves);
      next.push_back(arith::AddFOp::create(b, first, second));
    }
    level = next;
    lanesPerVector = lanes / 2;
  }
  return level.front();
}

SmallVector<Value> mlir::gdr::createTranspose(ImplicitLocOpBuilder &b,
                                              ArrayRef<Value> rows) {
  assert(rows.size() == numLanes && "expected a square matrix");
  // Each step exchanges the blocks off the diagonal of all blocks of 2 x 2
  // blocks of `width`.
  SmallVector<Value> matrix(rows);
  for (int64_t width = 1; width < numLanes; width *= 2) {
    SmallVector<int64_t> upper, lower;
    for (int64_t lane = 0; lane < numLanes; ++lane) {
      bool isRight = lane & width;
      upper.push_back(isRight ? numLanes + lane - width : lane);
      lower.push_back(isRight ? numLanes + lane : lane + width);
    }
    for (int64_t row = 0; row < numLanes; ++row) {
      if (row & width)
        continue;
      Value x = matrix[row], y = matrix[row + width];
      matrix[row] = vector::ShuffleOp::create(b, x, y, upper);
      matrix[row + width] = vector::ShuffleOp::create(b, x, y, lower);
    }
  }
  return matrix;
}

SmallVector<Value> mlir::gdr::createLoop(
    ImplicitLocOpBuilder &b, Value begin, Value end, int64_t step,
    ValueRange inits,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, begin, end, createIndex(b, step), inits);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!inits.empty())
    scf::YieldOp::create(b, results);
  return llvm::to_vector_of<Value>(loop.getResults());
}

SmallVector<Value> mlir::gdr::createLaneLoop(
    ImplicitLocOpBuilder &b, Value extent, ValueRange inits,
    function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  Value zero = createIndex(b, 0);
  Value rest = b.createOrFold<arith::RemUIOp>(extent, createIndex(b, numLanes));
  Value whole = b.createOrFold<arith::SubIOp>(extent, rest);
  SmallVector<Value> carried = inits;
  if (getConstantIntValue(whole) != 0)
    carried = createLoop(b, zero, whole, numLanes, inits,
                         [&](Value index, ValueRange values) {
                           return body(index, nullptr, values);
                         });
  std::optional<int64_t> constantRest = getConstantIntValue(rest);
  if (constantRest == 0)
    return carried;

  auto createRest = [&] { return body(whole, rest, carried); };
  if (constantRest)
    return createRest();
  Value hasRest =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest, zero);
  auto ifOp = scf::IfOp::create(b, inits.getTypes(), hasRest,
                                /*withElseRegion=*/!inits.empty());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  SmallVector<Value> results = createRest();
  if (inits.empty())
    return {};
  scf::YieldOp::create(b, results);
  b.setInsertionPointToStart(ifOp.elseBlock());
  scf::YieldOp::create(b, carried);
  return llvm::to_vector_of<Value>(ifOp.getResults());
}

void mlir::gdr::createLaneLoop(ImplicitLocOpBuilder &b, Value extent,
                               function_ref<void(Value, Value)> body) {
  createLaneLoop(b, extent, ValueRange(),
                 [&](Value index, Value valid, ValueRange) {
                   body(index, valid);
                   return SmallVector<Value>();
                 });
}

Value mlir::gdr::createGroupLoops(ImplicitLocOpBuilder &b, Value extent,
                                  ArrayRef<int64_t> sizes,
                                  function_ref<void(Value, int64_t)> body) {
  Value begin = createIndex(b, 0);
  for (int64_t size : sizes) {
    // end = extent rounded down to a multiple of size
    Value rest = b.createOrFold<arith::RemUIOp>(extent, createIndex(b, size));
    Value end = b.createOrFold<arith::SubIOp>(extent, rest);
    std::optional<int64_t> constantBegin = getConstantIntValue(begin);
    if (!constantBegin || constantBegin != getConstantIntValue(end))
      createLoop(b, begin, end, size, ValueRange(),
                 [&](Value index, ValueRange) {
                   body(index, size);
                   return SmallVector<Value>();
                 });
    begin = end;
  }
  return begin;
}

void mlir::gdr::createIf(ImplicitLocOpBuilder &b, Value condition,
                         function_ref<void()> thenBody,
                         function_ref<void()> elseBody) {
  if (!condition)
    return thenBody();
  auto ifOp = scf::IfOp::create(b, condition,
                                /*withElseRegion=*/static_cast<bool>(elseBody));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  thenBody();
  if (!elseBody)
    return;
  b.setInsertionPointToStart(ifOp.elseBlock());
  elseBody();
}
