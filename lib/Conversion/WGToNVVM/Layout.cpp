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
#include "mlir/IR/Matchers.h"
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

Value wg::createRounded(ImplicitLocOpBuilder &b, Type element, Value low,
                        Value high) {
  auto pair = VectorType::get(2, element);
  auto convert = [&](auto op) -> Value {
    return decltype(op)::create(b, pair, high, low, /*random_bits=*/Value(),
                                NVVM::FPRoundingMode::RN);
  };
  Value rounded = element.isF16() ? convert(NVVM::ConvertF32x2ToF16x2Op())
                                  : convert(NVVM::ConvertF32x2ToBF16x2Op());
  return LLVM::BitcastOp::create(b, b.getI32Type(), rounded);
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

Value mlir::wg::createSum(ImplicitLocOpBuilder &b, Index index) {
  I32 i{b};
  return index.constant ? i.add(index.value, i.get(index.constant))
                        : index.value;
}

Index mlir::wg::createRow(ImplicitLocOpBuilder &b, const Thread &thread,
                          int64_t half) {
  I32 i{b};
  return {i.add(i.mul(thread.warp, 16), thread.group), 8 * half};
}

Index mlir::wg::createColumn(ImplicitLocOpBuilder &b, const Thread &thread,
                             int64_t j) {
  I32 i{b};
  return {i.mul(thread.quad, 2), 8 * j};
}

gdr::SharedAddress mlir::wg::getSharedAddress(Value address) {
  gdr::SharedAddress split = {address, 0};
  while (auto sum = split.base.getDefiningOp<arith::AddIOp>()) {
    APInt constant;
    if (!matchPattern(sum.getRhs(), m_ConstantInt(&constant)))
      break;
    split = {sum.getLhs(), split.offset + constant.getSExtValue()};
  }
  return split;
}

gdr::SharedAddress mlir::wg::createChunkAddress(ImplicitLocOpBuilder &b,
                                                SharedType tile, Value base,
                                                Index row, Index chunk) {
  constexpr int64_t chunkBytes = 16;
  I32 i{b};
  gdr::SharedAddress address = getSharedAddress(base);
  int64_t width = tile.getPanelWidth();
  // Row r of 8 chunks is permuted by r mod 8, of 4 chunks by r / 2 mod 4; eight
  // rows later it is the same.
  int64_t chunks = width / chunkBytes;
  Value permutation = i.rem(i.div(row.value, 8 / chunks), chunks);
  // The panel is in the constant, unless a warp's rows are the chunks.
  Value panel = i.div(chunk.value, chunks);
  Value inPanel = i.rem(chunk.value, chunks);
  Value permuted =
      i.bitXor(i.bitXor(inPanel, permutation), i.get(chunk.constant % chunks));
  int64_t panelBytes = tile.getShape()[0] * width;
  Value offset = i.add(i.mul(row.value, width), i.mul(permuted, chunkBytes));
  if (tile.getShape()[1] * tile.getElementBytes() > width)
    offset = i.add(offset, i.mul(panel, panelBytes));
  address.base = i.add(address.base, offset);
  address.offset += row.constant * width + chunk.constant / chunks * panelBytes;
  return address;
}

gdr::SharedAddress mlir::wg::createMatrixAddress(ImplicitLocOpBuilder &b,
                                                 const Thread &thread,
                                                 SharedType tile, Value base,
                                                 int64_t j, bool transposed) {
  I32 i{b};
  Value inMatrix = i.rem(thread.lane, 8);
  Value rowHalf = i.rem(i.div(thread.lane, 8), 2);
  Value columnHalf = i.div(thread.lane, 16);
  if (transposed) {
    Value row = i.add(i.mul(columnHalf, 8), inMatrix);
    Value chunk = i.add(i.mul(thread.warp, 2), rowHalf);
    return createChunkAddress(b, tile, base, {row, 8 * j}, {chunk, 0});
  }
  Value row = i.add(i.mul(thread.warp, 16), i.add(i.mul(rowHalf, 8), inMatrix));
  return createChunkAddress(b, tile, base, {row, 0}, {columnHalf, j});
}

gdr::SharedAddress mlir::wg::createElementAddress(ImplicitLocOpBuilder &b,
                                                  SharedType tile, Value base,
                                                  Index position) {
  I32 i{b};
  gdr::SharedAddress address = getSharedAddress(base);
  address.base =
      i.add(address.base, i.mul(position.value, tile.getElementBytes()));
  address.offset += position.constant * tile.getElementBytes();
  return address;
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
