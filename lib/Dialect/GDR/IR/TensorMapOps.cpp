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

// What is copied in boxes, on memrefs.
static LogicalResult verifyTensor(Operation *op, StringRef operand,
                                  MemRefType tensor) {
  // tensor_map_strides
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(tensor.getStridesAndOffset(strides, offset)) ||
      strides.back() != 1)
    return op->emitOpError("expected operand '")
           << operand
           << "' to have a strided layout with stride 1 in the last dimension, "
              "got "
           << tensor;
  // tensor_map_memory_space
  if (Attribute space = tensor.getMemorySpace())
    return op->emitOpError("expected operand '")
           << operand << "' in the default memory space, got " << space;
  return success();
}

static LogicalResult verifyTensors(Operation *op, TypeRange types) {
  // boxes_operands
  if (types.empty())
    return op->emitOpError("expected at least one tensor");
  for (Type type : types)
    if (auto memref = dyn_cast<MemRefType>(type))
      if (failed(verifyTensor(op, "tensors", memref)))
        return failure();
  return success();
}

LogicalResult FitsBoxesOp::verify() {
  return verifyTensors(*this, getTensors().getTypes());
}

LogicalResult ExpectBoxesOp::verify() {
  return verifyTensors(*this, getTensors().getTypes());
}

LogicalResult EncodeTensorMapOp::verify() {
  MemRefType tensor = getTensor().getType();
  ArrayRef<int64_t> box = getBox();
  if (failed(verifyTensor(*this, "tensor", tensor)))
    return failure();
  // tensor_map_box_rank
  if (static_cast<int64_t>(box.size()) != tensor.getRank())
    return emitOpError("expected 'box' to have one size for each of the ")
           << tensor.getRank() << " dimensions, got " << box.size();
  // tensor_map_box_size
  for (int64_t size : box)
    if (size < 1 || size > maxBoxSize)
      return emitOpError("expected sizes of 'box' to be from 1 to ")
             << maxBoxSize << ", got " << size;
  // tensor_map_box_row
  int64_t rowBytes = box.back() * (tensor.getElementTypeBitWidth() / 8);
  if (rowBytes % unitBytes != 0)
    return emitOpError("expected a row of 'box' to be a multiple of ")
           << unitBytes << " bytes, got " << rowBytes;
  // tensor_map_swizzle
  if (int64_t swizzle = getSwizzle(); swizzle != 0 && rowBytes > swizzle)
    return emitOpError("expected a row of 'box' to be at most ")
           << swizzle << " bytes, the swizzle, got " << rowBytes;
  return success();
}
