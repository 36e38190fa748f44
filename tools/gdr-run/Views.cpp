//===- Views.cpp - values as views of the arguments -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A small interpreter of the ops that only change the view of a buffer, and of
// the index arithmetic that their sizes come from.
//
//===----------------------------------------------------------------------===//

#include "Views.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

FailureOr<int64_t> ViewResolver::evaluate(OpFoldResult value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return *constant;
  return evaluate(cast<Value>(value));
}

FailureOr<int64_t> ViewResolver::evaluate(Value value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return *constant;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != &program.function.front())
      return failure();
    return program.arguments[argument.getArgNumber()].integer;
  }
  Operation *op = value.getDefiningOp();
  if (isa<tensor::DimOp, memref::DimOp>(op)) {
    FailureOr<TensorView> source = resolve(op->getOperand(0));
    FailureOr<int64_t> index = evaluate(op->getOperand(1));
    if (failed(source) || failed(index) || *index >= source->getRank())
      return failure();
    return source->shape[*index];
  }
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::DivUIOp,
           arith::DivSIOp>(op))
    return failure();
  FailureOr<int64_t> lhs = evaluate(op->getOperand(0));
  FailureOr<int64_t> rhs = evaluate(op->getOperand(1));
  if (failed(lhs) || failed(rhs))
    return failure();
  if (isa<arith::AddIOp>(op))
    return *lhs + *rhs;
  if (isa<arith::SubIOp>(op))
    return *lhs - *rhs;
  if (isa<arith::MulIOp>(op))
    return *lhs * *rhs;
  if (*rhs <= 0)
    return failure();
  return *lhs / *rhs;
}

FailureOr<SmallVector<int64_t>>
ViewResolver::evaluate(ArrayRef<OpFoldResult> values) {
  SmallVector<int64_t> results;
  for (OpFoldResult value : values) {
    FailureOr<int64_t> result = evaluate(value);
    if (failed(result))
      return failure();
    results.push_back(*result);
  }
  return results;
}

std::optional<unsigned> ViewResolver::getSlot(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<ViewLikeOpInterface, tensor::CastOp, tensor::ExtractSliceOp,
             tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
      return std::nullopt;
    value = op->getOperand(0);
  }
  auto argument = cast<BlockArgument>(value);
  if (argument.getOwner() != &program.function.front())
    return std::nullopt;
  return argument.getArgNumber();
}

FailureOr<TensorView>
ViewResolver::resolveSlice(OffsetSizeAndStrideOpInterface slice,
                           const llvm::SmallBitVector &droppedDims) {
  FailureOr<TensorView> source = resolve(slice->getOperand(0));
  auto offsets = evaluate(slice.getMixedOffsets());
  auto sizes = evaluate(slice.getMixedSizes());
  auto strides = evaluate(slice.getMixedStrides());
  if (failed(source) || failed(offsets) || failed(sizes) || failed(strides))
    return failure();
  TensorView view = {source->type, source->getAddress(*offsets), {}, {}};
  for (int64_t i = 0; i < source->getRank(); ++i) {
    int64_t last = (*offsets)[i] + ((*sizes)[i] - 1) * (*strides)[i];
    if ((*sizes)[i] > 0 && ((*offsets)[i] < 0 || last >= source->shape[i]))
      return failure();
    if (droppedDims[i])
      continue;
    view.shape.push_back((*sizes)[i]);
    view.strides.push_back((*strides)[i] * source->strides[i]);
  }
  return view;
}

FailureOr<TensorView>
ViewResolver::resolveExpansion(Value value,
                               ArrayRef<ReassociationIndices> groups,
                               ArrayRef<OpFoldResult> mixedSizes) {
  FailureOr<TensorView> source = resolve(value);
  FailureOr<SmallVector<int64_t>> sizes = evaluate(mixedSizes);
  if (failed(source) || failed(sizes))
    return failure();
  TensorView view = {source->type, source->data, *sizes,
                     SmallVector<int64_t>(sizes->size())};
  for (auto [dim, group] : llvm::enumerate(groups)) {
    int64_t stride = source->strides[dim];
    for (int64_t inner : llvm::reverse(group)) {
      view.strides[inner] = stride;
      stride *= view.shape[inner];
    }
  }
  return view;
}

FailureOr<TensorView>
ViewResolver::resolveCollapse(Value value,
                              ArrayRef<ReassociationIndices> groups) {
  FailureOr<TensorView> source = resolve(value);
  if (failed(source))
    return failure();
  TensorView view = {source->type, source->data, {}, {}};
  for (const ReassociationIndices &group : groups) {
    int64_t size = 1, stride = source->strides[group.back()];
    for (int64_t inner : llvm::reverse(group)) {
      if (source->shape[inner] != 1 && source->strides[inner] != stride * size)
        return failure();
      size *= source->shape[inner];
    }
    view.shape.push_back(size);
    view.strides.push_back(stride);
  }
  return view;
}

FailureOr<TensorView> ViewResolver::resolve(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != &program.function.front())
      return failure();
    return program.arguments[argument.getArgNumber()].view;
  }
  using Result = FailureOr<TensorView>;
  return TypeSwitch<Operation *, Result>(value.getDefiningOp())
      .Case<tensor::CastOp, memref::CastOp>(
          [&](Operation *op) { return resolve(op->getOperand(0)); })
      .Case<tensor::ExtractSliceOp, memref::SubViewOp>([&](auto op) -> Result {
        return resolveSlice(op, op.getDroppedDims());
      })
      .Case<tensor::ExpandShapeOp, memref::ExpandShapeOp>(
          [&](auto op) -> Result {
            return resolveExpansion(op.getSrc(), op.getReassociationIndices(),
                                    op.getMixedOutputShape());
          })
      .Case<tensor::CollapseShapeOp, memref::CollapseShapeOp>(
          [&](auto op) -> Result {
            return resolveCollapse(op.getSrc(), op.getReassociationIndices());
          })
      .Default([](Operation *) { return failure(); });
}

FailureOr<TensorView> ViewResolver::resolveResult(OpResult result,
                                                  ArrayRef<int64_t> shape) {
  auto returnOp =
      cast<func::ReturnOp>(program.function.getBody().back().getTerminator());
  for (auto [slot, value] :
       llvm::zip(program.resultSlots, returnOp.getOperands())) {
    // All of these keep the elements and their order.
    Value source = value;
    while (Operation *op = source.getDefiningOp()) {
      if (!isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
              op))
        break;
      source = op->getOperand(0);
    }
    if (source != result)
      continue;
    const TensorView &view = program.arguments[slot].view;
    if (ArrayRef(view.shape) == shape)
      return view;
    if (!view.isContiguous() ||
        view.getNumElements() != llvm::product_of(shape))
      return failure();
    return TensorView{view.type, view.data, SmallVector<int64_t>(shape),
                      getRowMajorStrides(shape)};
  }
  return failure();
}
