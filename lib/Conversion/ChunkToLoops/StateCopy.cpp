//===- StateCopy.cpp - states between memory and a buffer -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StateCopy.h"

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::gdr;

// The indices in memory of an element of the tile of columns.
SmallVector<Value> StateCopier::getIndices(Value row, Value key, Value column) {
  Value index = b.createOrFold<arith::AddIOp>(firstColumn, column);
  if (rule.getStateLayout() == StateLayout::VFirst)
    std::swap(key, index);
  return {row, valueHead, key, index};
}

void StateCopier::createKeyLoop(function_ref<void(Value)> body) {
  createLoop(b, createIndex(b, 0), createIndex(b, rule.getKeyDim()), /*step=*/1,
             ValueRange(), [&](Value key, ValueRange) {
               body(key);
               return SmallVector<Value>();
             });
}

void StateCopier::createZeros(const Matrix &to) {
  createKeyLoop([&](Value key) {
    createLaneLoop(b, createRoundUpToLanes(b, columns),
                   [&](Value column, Value) {
                     createStoreLanes(b, createZeroLanes(b), to.memref,
                                      to.getIndices(key, column));
                   });
  });
}

void StateCopier::createLoad(Value state, Value row, const Matrix &to) {
  if (rule.getStateLayout() == StateLayout::KFirst)
    return createCopyKFirst(state, row, to, /*isLoad=*/true);
  createCopyVFirst(state, row, to, /*isLoad=*/true);
}

void StateCopier::createStore(const Matrix &from, Value state, Value row) {
  if (rule.getStateLayout() == StateLayout::KFirst)
    return createCopyKFirst(state, row, from, /*isLoad=*/false);
  createCopyVFirst(state, row, from, /*isLoad=*/false);
}

void StateCopier::createCopyKFirst(Value state, Value row, const Matrix &buffer,
                                   bool isLoad) {
  createKeyLoop([&](Value key) {
    createLaneLoop(b, columns, [&](Value column, Value valid) {
      SmallVector<Value> indices = getIndices(row, key, column);
      if (isLoad)
        createStoreLanes(b, createLoadLanes(b, state, indices, valid),
                         buffer.memref, buffer.getIndices(key, column));
      else
        createStoreLanes(
            b,
            createLoadLanes(b, buffer.memref, buffer.getIndices(key, column)),
            state, indices, valid);
    });
  });
}

// Square blocks are transposed in registers, and what is left of K and of the
// columns element by element.
void StateCopier::createCopyVFirst(Value state, Value row, const Matrix &buffer,
                                   bool isLoad) {
  createLaneLoop(
      b, createIndex(b, rule.getKeyDim()), [&](Value key, Value valid) {
        createGroupLoops(
            b, columns, {numLanes, 1}, [&](Value column, int64_t size) {
              if (size == numLanes && !valid)
                return createCopyBlock(state, row, buffer, key, column, isLoad);
              Value keys = valid ? valid : createIndex(b, numLanes);
              for (int64_t i = 0; i < size; ++i)
                createCopyElements(
                    state, row, buffer, key, keys,
                    b.createOrFold<arith::AddIOp>(column, createIndex(b, i)),
                    isLoad);
            });
      });
}

void StateCopier::createCopyBlock(Value state, Value row, const Matrix &buffer,
                                  Value key, Value column, bool isLoad) {
  auto createOffset = [&](Value index, int64_t offset) -> Value {
    return b.createOrFold<arith::AddIOp>(index, createIndex(b, offset));
  };
  auto getStateIndices = [&](int64_t i) {
    return getIndices(row, key, createOffset(column, i));
  };
  auto getBufferIndices = [&](int64_t i) -> SmallVector<Value> {
    return buffer.getIndices(createOffset(key, i), column);
  };
  SmallVector<Value> block;
  for (int64_t i = 0; i < numLanes; ++i)
    block.push_back(
        isLoad ? createLoadLanes(b, state, getStateIndices(i))
               : createLoadLanes(b, buffer.memref, getBufferIndices(i)));
  for (auto [i, lanes] : llvm::enumerate(createTranspose(b, block)))
    if (isLoad)
      createStoreLanes(b, lanes, buffer.memref, getBufferIndices(i));
    else
      createStoreLanes(b, lanes, state, getStateIndices(i));
}

void StateCopier::createCopyElements(Value state, Value row,
                                     const Matrix &buffer, Value key,
                                     Value keys, Value column, bool isLoad) {
  Type elementType = getElementTypeOrSelf(state.getType());
  createLoop(b, createIndex(b, 0), keys, /*step=*/1, ValueRange(),
             [&](Value offset, ValueRange) {
               Value index = b.createOrFold<arith::AddIOp>(key, offset);
               SmallVector<Value> indices = getIndices(row, index, column);
               SmallVector<Value> local = buffer.getIndices(index, column);
               if (isLoad) {
                 Value element = memref::LoadOp::create(b, state, indices);
                 memref::StoreOp::create(b, createExtendToF32(b, element),
                                         buffer.memref, local);
               } else {
                 Value element =
                     memref::LoadOp::create(b, buffer.memref, local);
                 memref::StoreOp::create(
                     b, createTruncateFromF32(b, element, elementType), state,
                     indices);
               }
               return SmallVector<Value>();
             });
}
