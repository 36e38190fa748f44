//===- TensorMapOps.cpp - verifiers of tensor maps ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is static of the conditions of cuTensorMapEncodeTiled (CUDA driver API);
// the runtime checks the others.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

using namespace mlir;
using namespace mlir::gdr;

static constexpr int64_t maxBoxSize = 256;
static constexpr int64_t unitBytes = 16;

static LogicalResult verifyTensorMap(Operation *op, MemRefType tensor,
                                     ArrayRef<int64_t> box, int64_t swizzle) {
  // tensor_map_strides
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(tensor.getStridesAndOffset(strides, offset)) ||
      strides.back() != 1)
    return op->emitOpError("expected operand 'tensor' to have a strided layout "
                           "with stride 1 in the last dimension, got ")
           << tensor;
  // tensor_map_memory_space
  if (Attribute space = tensor.getMemorySpace())
    return op->emitOpError("expected operand 'tensor' in the default memory "
                           "space, got ")
           << space;
  // tensor_map_box_rank
  if (static_cast<int64_t>(box.size()) != tensor.getRank())
    return op->emitOpError("expected 'box' to have one size for each of the ")
           << tensor.getRank() << " dimensions, got " << box.size();
  // tensor_map_box_size
  for (int64_t size : box)
    if (size < 1 || size > maxBoxSize)
      return op->emitOpError("expected sizes of 'box' to be from 1 to ")
             << maxBoxSize << ", got " << size;
  // tensor_map_box_row
  int64_t rowBytes = box.back() * (tensor.getElementTypeBitWidth() / 8);
  if (rowBytes % unitBytes != 0)
    return op->emitOpError("expected a row of 'box' to be a multiple of ")
           << unitBytes << " bytes, got " << rowBytes;
  // tensor_map_swizzle
  if (swizzle != 0 && rowBytes > swizzle)
    return op->emitOpError("expected a row of 'box' to be at most ")
           << swizzle << " bytes, the swizzle, got " << rowBytes;
  return success();
}

LogicalResult FitsTensorMapOp::verify() {
  return verifyTensorMap(*this, getTensor().getType(), getBox(), getSwizzle());
}

LogicalResult ExpectBoxesOp::verify() {
  return verifyTensorMap(*this, getTensor().getType(), getBox(), getSwizzle());
}

LogicalResult EncodeTensorMapOp::verify() {
  return verifyTensorMap(*this, getTensor().getType(), getBox(), getSwizzle());
}
