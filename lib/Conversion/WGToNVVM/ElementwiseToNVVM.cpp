//===- ElementwiseToNVVM.cpp - arithmetic on register tiles ---------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;

void mlir::wg::populateTypeConversions(TypeConverter &converter) {
  converter.addConversion([](Type type) { return type; });
  converter.addConversion([](RankedTensorType type) -> std::optional<Type> {
    if (!isRegisterTile(type))
      return std::nullopt;
    return VectorType::get(getElementsPerThread(type), type.getElementType());
  });
  converter.addConversion(
      [&](PendingType type) { return converter.convertType(type.getTile()); });
  auto convertToAddress = [](Type type) -> Type {
    return IntegerType::get(type.getContext(), 32);
  };
  converter.addConversion(
      [=](SharedType type) { return convertToAddress(type); });
  converter.addConversion(
      [=](RingType type) { return convertToAddress(type); });
  converter.addConversion(
      [=](MBarrierType type) { return convertToAddress(type); });
  converter.addConversion(
      [=](BarrierType type) { return convertToAddress(type); });
  converter.addConversion([](TensorMapType type) -> Type {
    return LLVM::LLVMPointerType::get(type.getContext());
  });
}

namespace {

/// arith on vectors as on tiles; math, which only has scalar instructions,
/// element by element.
struct ConvertElementwise : ConversionPattern {
  ConvertElementwise(const TypeConverter &converter, MLIRContext *context)
      : ConversionPattern(converter, MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op->hasTrait<OpTrait::Elementwise>() || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "not an elementwise op");
    Type type = getTypeConverter()->convertType(op->getResult(0).getType());
    auto vectorType = dyn_cast<VectorType>(type);
    if (!vectorType)
      return rewriter.notifyMatchFailure(op, "not on register tiles");
    ImplicitLocOpBuilder b(op->getLoc(), rewriter);
    auto create = [&](ValueRange values, Type result) {
      OperationState state(op->getLoc(), op->getName());
      state.addOperands(values);
      state.addTypes(result);
      state.propertiesAttr = op->getPropertiesAsAttribute();
      return b.create(state)->getResult(0);
    };
    if (!isa<math::MathDialect>(op->getDialect())) {
      rewriter.replaceOp(op, create(operands, type));
      return success();
    }
    SmallVector<Value> elements;
    for (int64_t i = 0; i < vectorType.getNumElements(); ++i) {
      SmallVector<Value> scalars;
      for (Value operand : operands)
        scalars.push_back(createElement(b, operand, i));
      elements.push_back(create(scalars, vectorType.getElementType()));
    }
    rewriter.replaceOp(op, createVector(b, vectorType, elements));
    return success();
  }
};

/// f32 to pairs of f16 or bf16, by the instruction for two. As arith.truncf
/// LLVM would move it over selects, which then are of 16 bits and more of them.
struct ConvertTruncate : OpConversionPattern<arith::TruncFOp> {
  ConvertTruncate(const TypeConverter &converter, MLIRContext *context)
      : OpConversionPattern(converter, context, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(arith::TruncFOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast_if_present<VectorType>(
        getTypeConverter()->convertType(op.getType()));
    if (!type || !getElementTypeOrSelf(adaptor.getIn()).isF32() ||
        !(type.getElementType().isF16() || type.getElementType().isBF16()) ||
        type.getNumElements() % 2 != 0)
      return rewriter.notifyMatchFailure(op, "not pairs of f32");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> elements = createElements(b, adaptor.getIn()), words;
    for (size_t i = 0; i < elements.size(); i += 2)
      words.push_back(createRounded(b, type.getElementType(), elements[i],
                                    elements[i + 1]));
    auto wordsType = VectorType::get(words.size(), b.getI32Type());
    rewriter.replaceOp(op, vector::BitCastOp::create(
                               b, type, createVector(b, wordsType, words)));
    return success();
  }
};

/// bf16 is the upper half of f32: of two packed elements one is a shift and the
/// other a mask. The backend's conversions unpack them first.
struct ConvertExtendBF16 : OpConversionPattern<arith::ExtFOp> {
  ConvertExtendBF16(const TypeConverter &converter, MLIRContext *context)
      : OpConversionPattern(converter, context, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(arith::ExtFOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(adaptor.getIn().getType());
    if (!type || !type.getElementType().isBF16() ||
        type.getNumElements() % 2 != 0)
      return rewriter.notifyMatchFailure(op, "not pairs of bf16");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    Value words = vector::BitCastOp::create(
        b, VectorType::get(type.getNumElements() / 2, b.getI32Type()),
        adaptor.getIn());
    SmallVector<Value> elements;
    for (Value word : createElements(b, words)) {
      Value low = arith::ShLIOp::create(b, word, i.get(16));
      Value high = arith::AndIOp::create(b, word, i.get(0xffff0000));
      for (Value half : {low, high})
        elements.push_back(arith::BitcastOp::create(b, b.getF32Type(), half));
    }
    rewriter.replaceOp(
        op, createVector(b, VectorType::get(elements.size(), b.getF32Type()),
                         elements));
    return success();
  }
};

struct ConvertConstant : OpConversionPattern<arith::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(arith::ConstantOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast_or_null<VectorType>(
        getTypeConverter()->convertType(op.getType()));
    auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
    if (!type || !splat)
      return rewriter.notifyMatchFailure(op, "not a splat register tile");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, DenseElementsAttr::get(type, splat.getSplatValue<Attribute>()));
    return success();
  }
};

struct ConvertSplat : OpConversionPattern<tensor::SplatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(tensor::SplatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<vector::BroadcastOp>(
        op, getTypeConverter()->convertType(op.getType()), adaptor.getInput());
    return success();
  }
};

struct ConvertIota : OpConversionPattern<IotaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(IotaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    auto type = cast<VectorType>(getTypeConverter()->convertType(tile));
    Thread thread(b);
    I32 i32{b};
    SmallVector<Value> values;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      if (isa<RowsAttr>(tile.getEncoding()))
        values.push_back(createSum(b, createRow(b, thread, i)));
      else if (isa<ColumnsAttr>(tile.getEncoding()))
        values.push_back(i32.add(createSum(b, createColumn(b, thread, i / 2)),
                                 i32.get(i % 2)));
      else
        values.push_back(
            i32.add(i32.mul(thread.lane, type.getNumElements()), i32.get(i)));
    }
    rewriter.replaceOp(op, createVector(b, type, values));
    return success();
  }
};

struct ConvertBroadcast : OpConversionPattern<BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(BroadcastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto source = cast<RankedTensorType>(op.getSource().getType());
    auto type = cast<VectorType>(
        getTypeConverter()->convertType(op.getTile().getType()));
    bool isRows = isa<RowsAttr>(source.getEncoding());
    SmallVector<int64_t> mask;
    // Four elements a block of 8 columns: two of a row, two of the other.
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      mask.push_back(isRows ? i / 2 % 2 : i / 4 * 2 + i % 2);
    rewriter.replaceOpWithNewOp<vector::ShuffleOp>(
        op, type, adaptor.getSource(), adaptor.getSource(), mask);
    return success();
  }
};

/// Sums of what a thread holds of its two rows, then over the quad.
struct ConvertSumColumns : OpConversionPattern<SumColumnsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SumColumnsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> elements = createElements(b, adaptor.getSource());
    SmallVector<Value> sums(2);
    for (auto [i, element] : llvm::enumerate(elements)) {
      Value &sum = sums[i / 2 % 2];
      sum = sum ? arith::AddFOp::create(b, sum, element).getResult() : element;
    }
    for (Value &sum : sums)
      for (int64_t step : {1, 2}) {
        Value other = gpu::ShuffleOp::create(b, sum, step, warpThreads,
                                             gpu::ShuffleMode::XOR)
                          .getShuffleResult();
        sum = arith::AddFOp::create(b, sum, other);
      }
    auto type = cast<VectorType>(
        getTypeConverter()->convertType(op.getSums().getType()));
    rewriter.replaceOp(op, createVector(b, type, sums));
    return success();
  }
};

/// Sums of a lane's own elements, then of the lanes before it, by doubling.
struct ConvertCumsum : OpConversionPattern<CumsumOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CumsumOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<VectorType>(adaptor.getSource().getType());
    SmallVector<Value> sums = createElements(b, adaptor.getSource());
    for (size_t i = 1; i < sums.size(); ++i)
      sums[i] = arith::AddFOp::create(b, sums[i - 1], sums[i]);
    Thread thread(b);
    I32 i32{b};
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    Value before = sums.back();
    for (int64_t step = 1; step < warpThreads; step *= 2) {
      Value below = gpu::ShuffleOp::create(b, before, step, warpThreads,
                                           gpu::ShuffleMode::UP)
                        .getShuffleResult();
      Value has = arith::CmpIOp::create(b, arith::CmpIPredicate::uge,
                                        thread.lane, i32.get(step));
      below = arith::SelectOp::create(b, has, below, zero);
      before = arith::AddFOp::create(b, before, below);
    }
    // The sum of the lanes before this one. Not by subtraction of its own
    // elements, which would lose a finite sum next to an infinite one.
    Value others =
        gpu::ShuffleOp::create(b, before, 1, warpThreads, gpu::ShuffleMode::UP)
            .getShuffleResult();
    others =
        arith::SelectOp::create(b, i32.equal(thread.lane, 0), zero, others);
    for (Value &sum : sums)
      sum = arith::AddFOp::create(b, sum, others);
    rewriter.replaceOp(op, createVector(b, type, sums));
    return success();
  }
};

} // namespace

void mlir::wg::populateElementwisePatterns(const TypeConverter &converter,
                                           RewritePatternSet &patterns) {
  patterns.add<ConvertElementwise, ConvertExtendBF16, ConvertTruncate,
               ConvertConstant, ConvertSplat, ConvertIota, ConvertBroadcast,
               ConvertSumColumns, ConvertCumsum>(converter,
                                                 patterns.getContext());
}
