//===- ProductsToNVVM.cpp - wgmma -----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "gdr/Target/InlineAssembly.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;
using gdr::WgmmaOperand;

/// Elements of 16 bits in a row of a panel, which is 128 bytes wide, and in one
/// step of a product.
static constexpr int64_t panelColumns = 64;
static constexpr int64_t stepDepth = 16;

// Fields of a matrix descriptor; PTX ISA, "Matrix Descriptor Format". Strides
// and addresses are in units of 16 bytes.
static uint64_t getDescriptorFields(int64_t leadingBytes, int64_t strideBytes) {
  constexpr uint64_t swizzle128 = 1;
  return static_cast<uint64_t>(leadingBytes / 16) << 16 |
         static_cast<uint64_t>(strideBytes / 16) << 32 | swizzle128 << 62;
}

// The descriptor of a tile at an i32 address.
static Value createDescriptor(ImplicitLocOpBuilder &b, Value address,
                              uint64_t fields) {
  // The address field has 14 bits.
  I32 i{b};
  Value masked = arith::AndIOp::create(b, address, i.get(0x3ffff));
  Value start = arith::ExtUIOp::create(b, b.getI64Type(), i.div(masked, 16));
  Value rest = arith::ConstantOp::create(
      b, b.getI64IntegerAttr(static_cast<int64_t>(fields)));
  return arith::OrIOp::create(b, start, rest);
}

// A tile as an operand of a product over `depth`. Not transposed means that the
// tile is [depth, other] in memory for b, [other, depth] for a; `isAlongDepth`
// that a row in memory goes along the depth.
static WgmmaOperand createSharedOperand(ImplicitLocOpBuilder &b,
                                        SharedType tile, Value address,
                                        bool isAlongDepth) {
  // Eight rows of 128 bytes repeat the swizzle.
  constexpr int64_t repeatBytes = 1024;
  int64_t rows = tile.getShape()[0];
  int64_t panelBytes = rows * tile.getSwizzle();
  WgmmaOperand operand;
  operand.isAlongDepth = isAlongDepth;
  if (isAlongDepth) {
    // The leading stride is not used with a swizzle.
    operand.values = {
        createDescriptor(b, address, getDescriptorFields(16, repeatBytes))};
    for (int64_t k = 0; k < tile.getShape()[1]; k += stepDepth)
      operand.stepBytes.push_back(k / panelColumns * panelBytes +
                                  k % panelColumns * 2);
  } else {
    operand.values = {createDescriptor(
        b, address, getDescriptorFields(panelBytes, repeatBytes))};
    for (int64_t k = 0; k < rows; k += stepDepth)
      operand.stepBytes.push_back(k * tile.getSwizzle());
  }
  return operand;
}

static WgmmaOperand createRegisterOperand(ImplicitLocOpBuilder &b,
                                          Value fragment) {
  int64_t words = cast<VectorType>(fragment.getType()).getNumElements() / 2;
  Value packed = vector::BitCastOp::create(
      b, VectorType::get(words, b.getI32Type()), fragment);
  WgmmaOperand operand;
  operand.values = createElements(b, packed);
  return operand;
}

namespace {

struct ConvertMma : OpConversionPattern<MmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType bType = op.getB().getType();
    auto resultType = cast<VectorType>(
        getTypeConverter()->convertType(op.getResult().getType()));
    WgmmaOperand a;
    if (auto shared = dyn_cast<SharedType>(op.getA().getType()))
      a = createSharedOperand(b, shared, adaptor.getA(), !op.getTransposeA());
    else
      a = createRegisterOperand(b, adaptor.getA());
    WgmmaOperand bOperand =
        createSharedOperand(b, bType, adaptor.getB(), op.getTransposeB());
    SmallVector<Value> accumulators;
    if (Value accumulator = adaptor.getAccumulator())
      accumulators = createElements(b, accumulator);
    SmallVector<Value> results =
        gdr::createWgmma(b, bType.getElementType().isBF16() ? "bf16" : "f16",
                         op.getResult().getType().getTile().getShape()[1], a,
                         bOperand, accumulators);
    rewriter.replaceOp(op, createVector(b, resultType, results));
    return success();
  }
};

struct ConvertWait : OpConversionPattern<WaitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> registers;
    for (Value product : adaptor.getProducts())
      llvm::append_range(registers, createElements(b, product));
    SmallVector<Value> results =
        gdr::createWgmmaWait(b, op.getNewer(), registers);
    SmallVector<Value> tiles;
    ArrayRef<Value> rest = results;
    for (Value product : adaptor.getProducts()) {
      auto type = cast<VectorType>(product.getType());
      tiles.push_back(
          createVector(b, type, rest.take_front(type.getNumElements())));
      rest = rest.drop_front(type.getNumElements());
    }
    rewriter.replaceOp(op, tiles);
    return success();
  }
};

} // namespace

void mlir::wg::populateProductPatterns(const TypeConverter &converter,
                                       RewritePatternSet &patterns) {
  patterns.add<ConvertMma, ConvertWait>(converter, patterns.getContext());
}
