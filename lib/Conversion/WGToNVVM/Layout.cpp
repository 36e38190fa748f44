//===- Layout.cpp - where the elements of tiles are -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

Value I32::get(int64_t value) {
  return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
}
Value I32::add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
Value I32::mul(Value x, int64_t y) {
  return arith::MulIOp::create(b, x, get(y));
}
Value I32::div(Value x, int64_t y) {
  return arith::ShRUIOp::create(b, x, get(llvm::Log2_64(y)));
}
Value I32::rem(Value x, int64_t y) {
  return arith::AndIOp::create(b, x, get(y - 1));
}
Value I32::bitXor(Value x, Value y) { return arith::XOrIOp::create(b, x, y); }
Value I32::fromIndex(Value x) {
  return arith::IndexCastUIOp::create(b, b.getI32Type(), x);
}
Value I32::equal(Value x, int64_t y) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, get(y));
}

Thread::Thread(ImplicitLocOpBuilder &b) {
  I32 i{b};
  Value id = i.fromIndex(gpu::ThreadIdOp::create(b, gpu::Dimension::x));
  inWarpgroup = i.rem(id, warpgroupThreads);
  warp = i.div(inWarpgroup, warpThreads);
  lane = i.rem(id, warpThreads);
  group = i.div(lane, 4);
  quad = i.rem(lane, 4);
}

Value mlir::wg::createRow(ImplicitLocOpBuilder &b, const Thread &thread,
                          int64_t half) {
  I32 i{b};
  Value row = i.add(i.mul(thread.warp, 16), thread.group);
  return half ? i.add(row, i.get(8)) : row;
}

Value mlir::wg::createColumn(ImplicitLocOpBuilder &b, const Thread &thread,
                             int64_t j) {
  I32 i{b};
  return i.add(i.mul(thread.quad, 2), i.get(8 * j));
}

Value mlir::wg::createChunkAddress(ImplicitLocOpBuilder &b, SharedType tile,
                                   Value base, Value row, Value chunk) {
  constexpr int64_t chunkBytes = 16;
  I32 i{b};
  int64_t width = tile.getPanelWidth();
  if (!tile.getSwizzle())
    return i.add(base, i.add(i.mul(row, width), i.mul(chunk, chunkBytes)));
  int64_t chunks = width / chunkBytes;
  Value panel = i.div(chunk, chunks);
  Value inPanel = i.rem(chunk, chunks);
  // Row r of 8 chunks is permuted by r mod 8, of 4 chunks by r / 2 mod 4.
  Value permutation = i.rem(i.div(row, 8 / chunks), chunks);
  Value permuted = i.bitXor(inPanel, permutation);
  Value offset = i.add(i.mul(row, width), i.mul(permuted, chunkBytes));
  offset = i.add(offset, i.mul(panel, tile.getShape()[0] * width));
  return i.add(base, offset);
}

Value mlir::wg::createSharedPointer(ImplicitLocOpBuilder &b, Value address) {
  auto type = LLVM::LLVMPointerType::get(
      b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
  return LLVM::IntToPtrOp::create(b, type, address);
}

Value mlir::wg::createElement(ImplicitLocOpBuilder &b, Value vector,
                              int64_t position) {
  Value at = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(position));
  return LLVM::ExtractElementOp::create(b, vector, at);
}

SmallVector<Value> mlir::wg::createElements(ImplicitLocOpBuilder &b,
                                            Value vector) {
  SmallVector<Value> elements;
  int64_t count = cast<VectorType>(vector.getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i)
    elements.push_back(createElement(b, vector, i));
  return elements;
}

Value mlir::wg::createVector(ImplicitLocOpBuilder &b, VectorType type,
                             ValueRange values) {
  Value vector = LLVM::PoisonOp::create(b, type);
  for (auto [i, value] : llvm::enumerate(values)) {
    Value at = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(i));
    vector = LLVM::InsertElementOp::create(b, vector, value, at);
  }
  return vector;
}
