//===- InvertBlocksToNVVM.cpp - forward substitution in a warp ------------===//
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
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::wg;

/// Rows and columns of a block, and the floats from a row in scratch to the
/// next: not a multiple of 32 banks, and rows stay aligned to 16 bytes.
static constexpr int64_t blockSize = 16;
static constexpr int64_t pitch = 20;
static constexpr int64_t floatBytes = 4;

namespace {

/// BEFORE: %x = wg.invert_blocks %l, %scratch
/// AFTER:  the warp writes L transposed to its scratch; lane c computes column
///         c of X = (I + L)^-1 by x_i = e_i - sum_{j<i} L_ij x_j, in registers;
///         X goes back through the scratch to where the fragment holds it
struct ConvertInvertBlocks : OpConversionPattern<InvertBlocksOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(InvertBlocksOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    I32 i{b};
    auto type = cast<VectorType>(adaptor.getSource().getType());
    SmallVector<Value> source = createElements(b, adaptor.getSource());
    Value base = i.add(adaptor.getScratch(),
                       i.mul(thread.warp, blockSize * pitch * floatBytes));

    gdr::createWarpSync(b);
    for (int64_t e = 0; e < 8; ++e) {
      auto [row, column] = createPosition(b, thread, e);
      createStore(b, createSelected(b, thread, source, e),
                  createAddress(b, base, column, row));
    }
    gdr::createWarpSync(b);
    SmallVector<Value> x = createColumnOfInverse(b, thread, base);
    gdr::createWarpSync(b);
    Value lane = i.rem(thread.lane, blockSize);
    for (int64_t row = 0; row < blockSize; ++row)
      createStore(b, x[row], createAddress(b, base, i.get(row), lane));
    gdr::createWarpSync(b);

    SmallVector<Value> inverse;
    for (int64_t e = 0; e < 8; ++e) {
      auto [row, column] = createPosition(b, thread, e);
      inverse.push_back(createLoad(b, 1, createAddress(b, base, row, column)));
      inverse.back() = createElement(b, inverse.back(), 0);
    }
    rewriter.replaceOp(op, createVector(b, type,
                                        createScattered(b, thread, inverse,
                                                        type.getNumElements())));
    return success();
  }

private:
  // Row and column in the warp's block of the thread's element e of 8.
  static std::pair<Value, Value>
  createPosition(ImplicitLocOpBuilder &b, const Thread &thread, int64_t e) {
    I32 i{b};
    Value row = i.add(thread.group, i.get(e / 2 % 2 * 8));
    Value column = i.add(i.mul(thread.quad, 2), i.get(e / 4 * 8 + e % 2));
    return {row, column};
  }

  static Value createAddress(ImplicitLocOpBuilder &b, Value base, Value row,
                             Value column) {
    I32 i{b};
    Value offset = i.add(i.mul(row, pitch), column);
    return i.add(base, i.mul(offset, floatBytes));
  }

  static void createStore(ImplicitLocOpBuilder &b, Value value, Value address) {
    LLVM::StoreOp::create(b, value, createSharedPointer(b, address),
                          floatBytes);
  }

  static Value createLoad(ImplicitLocOpBuilder &b, int64_t count,
                          Value address) {
    return LLVM::LoadOp::create(b, VectorType::get(count, b.getF32Type()),
                                createSharedPointer(b, address),
                                count * floatBytes);
  }

  // Element e of the diagonal block of this thread's warp: warp w holds it from
  // element 8w on.
  static Value createSelected(ImplicitLocOpBuilder &b, const Thread &thread,
                              ArrayRef<Value> elements, int64_t e) {
    I32 i{b};
    Value selected = elements[e];
    for (int64_t w = 1; w < fragmentRows / blockSize; ++w)
      selected = arith::SelectOp::create(b, i.equal(thread.warp, w),
                                         elements[8 * w + e], selected);
    return selected;
  }

  static SmallVector<Value> createScattered(ImplicitLocOpBuilder &b,
                                            const Thread &thread,
                                            ArrayRef<Value> block,
                                            int64_t count) {
    I32 i{b};
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    SmallVector<Value> elements;
    for (int64_t k = 0; k < count; ++k)
      elements.push_back(arith::SelectOp::create(
          b, i.equal(thread.warp, k / 8), block[k % 8], zero));
    return elements;
  }

  // Column lane mod 16 of the inverse. After step j, x_j is final and its share
  // of the later ones is taken off; four rows of L's column j are one load.
  static SmallVector<Value> createColumnOfInverse(ImplicitLocOpBuilder &b,
                                                  const Thread &thread,
                                                  Value base) {
    I32 i{b};
    Value column = i.rem(thread.lane, blockSize);
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    Value one = arith::ConstantOp::create(b, b.getF32FloatAttr(1));
    SmallVector<Value> x;
    for (int64_t row = 0; row < blockSize; ++row)
      x.push_back(
          arith::SelectOp::create(b, i.equal(column, row), one, zero));
    for (int64_t j = 0; j + 1 < blockSize; ++j) {
      Value negative = arith::NegFOp::create(b, x[j]);
      for (int64_t first = (j + 1) / 4 * 4; first < blockSize; first += 4) {
        Value four = createLoad(
            b, 4, createAddress(b, base, i.get(j), i.get(first)));
        for (int64_t k = 0; k < 4; ++k)
          if (first + k > j)
            x[first + k] = LLVM::FMAOp::create(b, createElement(b, four, k),
                                               negative, x[first + k]);
      }
    }
    return x;
  }
};

} // namespace

void mlir::wg::populateInvertBlocksPatterns(const TypeConverter &converter,
                                            RewritePatternSet &patterns) {
  patterns.add<ConvertInvertBlocks>(converter, patterns.getContext());
}
