//===- ProductsToMmaSync.cpp - mma.sync -----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products of the warps of a warpgroup: a warp's 16 rows of a fragment are a
// row of accumulators of mma.sync, and 16 columns of a 16-bit one its operand
// A. The other operands come from swizzled tiles by ldmatrix.
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "gdr/Target/InlineAssembly.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;

// Shape of one mma.sync on 16-bit elements; PTX ISA, "mma.m16n8k16". A step is
// 16 deep, and ldmatrix brings the operands B of 16 columns.
static constexpr int64_t mmaRows = 16;
static constexpr int64_t mmaColumns = 8;
static constexpr int64_t stepDepth = 16;

/// Registers of the operands, two 16-bit elements or one f32 each.
static constexpr int64_t lhsWords = 4;
static constexpr int64_t rhsWords = 2;
static constexpr int64_t accumulatorWords = 4;

// The address that this lane gives for the four 8x8 matrices of a step and of
// the 16 columns from block j of 8 columns on: the two halves of the depth for
// block j, then for block j + 1. With `isAlongDepth` a row in memory goes along
// the depth.
static gdr::SharedAddress
createRhsAddress(ImplicitLocOpBuilder &b, const Thread &thread, SharedType tile,
                 Value base, int64_t step, int64_t j, bool isAlongDepth) {
  I32 i{b};
  Value inMatrix = i.rem(thread.lane, 8);
  Value depthHalf = i.rem(i.div(thread.lane, 8), 2);
  Value columnHalf = i.div(thread.lane, 16);
  Value rowHalf = isAlongDepth ? columnHalf : depthHalf;
  Value chunk = isAlongDepth ? depthHalf : columnHalf;
  Value row = i.add(i.mul(rowHalf, 8), inMatrix);
  int64_t firstRow = isAlongDepth ? j * mmaColumns : step * stepDepth;
  int64_t firstChunk = isAlongDepth ? step * stepDepth / 8 : j;
  return createChunkAddress(b, tile, base, {row, firstRow},
                            {chunk, firstChunk});
}

// Operand A of all steps.
static SmallVector<Value> createLhs(ImplicitLocOpBuilder &b,
                                    const Thread &thread, MmaOp op, Value a) {
  if (auto tile = dyn_cast<SharedType>(op.getA().getType())) {
    int64_t depth = tile.getShape()[op.getTransposeA() ? 0 : 1];
    SmallVector<Value> words;
    for (int64_t j = 0; j < depth / 8; j += 2)
      llvm::append_range(words, gdr::createMatrixLoad(
                                    b, op.getTransposeA(),
                                    createMatrixAddress(b, thread, tile, a, j,
                                                        op.getTransposeA())));
    return words;
  }
  int64_t count = cast<VectorType>(a.getType()).getNumElements() / 2;
  return createElements(b, vector::BitCastOp::create(
                               b, VectorType::get(count, b.getI32Type()), a));
}

// One mma.sync: the new accumulators.
static SmallVector<Value> createMmaSync(ImplicitLocOpBuilder &b, Type element,
                                        ArrayRef<Value> lhs,
                                        ArrayRef<Value> rhs,
                                        ArrayRef<Value> accumulators) {
  // The operands are pairs of f16, or of bf16 as integers.
  bool isBF16 = element.isBF16();
  auto convert = [&](ArrayRef<Value> words) {
    return llvm::map_to_vector(words, [&](Value word) -> Value {
      if (isBF16)
        return word;
      return LLVM::BitcastOp::create(b, VectorType::get(2, element), word);
    });
  };
  SmallVector<Type> types(accumulatorWords, b.getF32Type());
  auto type = isBF16 ? NVVM::MMATypes::bf16 : NVVM::MMATypes::f16;
  Value all = NVVM::MmaOp::create(
      b, LLVM::LLVMStructType::getLiteral(b.getContext(), types), convert(lhs),
      convert(rhs), accumulators, {mmaRows, mmaColumns, stepDepth},
      /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
      std::array{type, type},
      std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
  SmallVector<Value> results;
  for (int64_t k = 0; k < accumulatorWords; ++k)
    results.push_back(LLVM::ExtractValueOp::create(b, all, k));
  return results;
}

namespace {

/// BEFORE: %p = wg.mma %a, %b onto %c
/// AFTER:  for each 16 of the depth and each 16 columns, ldmatrix of b and two
///         nvvm.mma.sync onto what the warp holds of c
struct ConvertWarpMma : OpConversionPattern<MmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType tile = op.getB().getType();
    bool isAlongDepth = op.getTransposeB();
    int64_t depth = tile.getShape()[isAlongDepth ? 1 : 0];
    int64_t columns = tile.getShape()[isAlongDepth ? 0 : 1];
    if (columns % (2 * mmaColumns) != 0)
      return rewriter.notifyMatchFailure(op, "columns not a multiple of 16");
    auto type = cast<VectorType>(
        getTypeConverter()->convertType(op.getResult().getType()));

    Thread thread(b);
    SmallVector<Value> lhs = createLhs(b, thread, op, adaptor.getA());
    SmallVector<Value> results;
    if (Value accumulator = adaptor.getAccumulator())
      results = createElements(b, accumulator);
    else
      results.assign(type.getNumElements(),
                     arith::ConstantOp::create(b, b.getF32FloatAttr(0)));
    for (int64_t step = 0; step < depth / stepDepth; ++step) {
      ArrayRef<Value> lhsOfStep =
          ArrayRef(lhs).slice(step * lhsWords, lhsWords);
      for (int64_t j = 0; j < columns / mmaColumns; j += 2) {
        SmallVector<Value> rhs = gdr::createMatrixLoad(
            b, /*transposed=*/!isAlongDepth,
            createRhsAddress(b, thread, tile, adaptor.getB(), step, j,
                             isAlongDepth));
        for (int64_t half : {0, 1}) {
          auto held = MutableArrayRef(results).slice(
              (j + half) * accumulatorWords, accumulatorWords);
          llvm::copy(createMmaSync(
                         b, tile.getElementType(), lhsOfStep,
                         ArrayRef(rhs).slice(half * rhsWords, rhsWords), held),
                     held.begin());
        }
      }
    }
    rewriter.replaceOp(op, createVector(b, type, results));
    return success();
  }
};

/// The products are done: BEFORE: %t = wg.wait %p; AFTER: %p
struct ForwardWait : OpConversionPattern<WaitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getProducts());
    return success();
  }
};

} // namespace

void mlir::wg::populateWarpProductPatterns(const TypeConverter &converter,
                                           RewritePatternSet &patterns) {
  patterns.add<ConvertWarpMma, ForwardWait>(converter, patterns.getContext());
}
