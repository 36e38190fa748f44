//===- GlobalMemory.cpp - memrefs as the threads of a kernel see them -----===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::wg;

GlobalMemory::GlobalMemory(ImplicitLocOpBuilder &b, Value memref,
                           ArrayRef<int64_t> shape)
    : b(b) {
  auto type = cast<MemRefType>(memref.getType());
  element = type.getElementType();
  bytes = type.getElementTypeBitWidth() / 8;
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  Value pointer = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  address = arith::AddIOp::create(
      b, pointer, createBytes(metadata.getConstifiedMixedOffset()));
  for (OpFoldResult stride : metadata.getConstifiedMixedStrides())
    strides.push_back(createBytes(stride));
  auto [staticStrides, offset] = type.getStridesAndOffset();
  isContiguous = staticStrides.back() == 1;
  I32 i{b};
  for (auto [dim, size] : llvm::enumerate(metadata.getConstifiedMixedSizes()))
    bounds.push_back(shape[dim] == type.getShape()[dim]
                         ? Value()
                         : i.fromIndex(getValueOrCreateConstantIndexOp(
                               b, b.getLoc(), size)));
}

Value GlobalMemory::createIsWithin(ArrayRef<Index> indices) {
  Value all;
  for (auto [index, bound] : llvm::zip(indices, bounds)) {
    if (!bound)
      continue;
    Value is = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                     createSum(b, index), bound);
    all = all ? arith::AndIOp::create(b, all, is).getResult() : is;
  }
  return all;
}

Value GlobalMemory::createPointer(ArrayRef<Index> indices) {
  Value at = address;
  for (auto [index, stride] : llvm::zip(indices, strides)) {
    Value wide =
        arith::IndexCastUIOp::create(b, b.getIndexType(), createSum(b, index));
    at = arith::AddIOp::create(b, at, arith::MulIOp::create(b, wide, stride));
  }
  Value integer = arith::IndexCastUIOp::create(b, b.getI64Type(), at);
  auto type = LLVM::LLVMPointerType::get(
      b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Global));
  return LLVM::IntToPtrOp::create(b, type, integer);
}

Value GlobalMemory::createBytes(OpFoldResult elements) {
  Value value = getValueOrCreateConstantIndexOp(b, b.getLoc(), elements);
  Value size = arith::ConstantIndexOp::create(b, bytes);
  return arith::MulIOp::create(b, value, size);
}
