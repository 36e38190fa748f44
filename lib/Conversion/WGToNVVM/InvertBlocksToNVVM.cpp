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
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;

/// Rows and columns of a block, and the floats from a row in scratch to the
/// next: not a multiple of 32 banks, and rows stay aligned to 16 bytes.
static constexpr int64_t blockSize = 16;
static constexpr int64_t pitch = 20;
static constexpr int64_t floatBytes = 4;
static constexpr int64_t bytesOfBlock =
    InvertBlocksOp::scratchFloats * floatBytes;

namespace {

/// BEFORE: %x:2 = wg.invert_blocks %l, %m scratch(%s)
/// AFTER:  the warp writes L and M transposed to its scratch; a lane computes
///         a column of X = (I - L)^-1 by x_i = e_i + sum_{j<i} L_ij x_j, in
///         registers, the lanes from 16 on those of (I - M)^-1; they go back
///         through the scratch to where the fragments hold them
struct ConvertInvertBlocks : OpConversionPattern<InvertBlocksOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(InvertBlocksOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    I32 i{b};
    int64_t count = op.getSources().size();
    gdr::SharedAddress base = getSharedAddress(adaptor.getScratch());
    base.base = i.add(base.base, i.mul(thread.warp, count * bytesOfBlock));
    // Of one source, and of the one whose column a lane computes.
    SmallVector<gdr::SharedAddress> bases(count, base);
    gdr::SharedAddress ofLane = base;
    if (count == 2) {
      bases[1].offset += bytesOfBlock;
      ofLane.base =
          i.add(base.base, i.mul(i.div(thread.lane, blockSize), bytesOfBlock));
    }

    gdr::createWarpSync(b);
    for (auto [vector, at] : llvm::zip(adaptor.getSources(), bases)) {
      SmallVector<Value> source = createElements(b, vector);
      for (int64_t e = 0; e < 8; ++e) {
        auto [row, column] = createPosition(b, thread, e);
        gdr::createSharedStore(b, createSelected(b, thread, source, e),
                               createAddress(b, at, column, row));
      }
    }
    gdr::createWarpSync(b);
    SmallVector<Value> x = createColumnOfInverse(b, thread, ofLane);
    gdr::createWarpSync(b);
    Value lane = i.rem(thread.lane, blockSize);
    for (int64_t row = 0; row < blockSize; ++row)
      gdr::createSharedStore(b, x[row],
                             createAddress(b, ofLane, {nullptr, row}, {lane}));
    gdr::createWarpSync(b);

    SmallVector<Value> inverses;
    for (gdr::SharedAddress at : bases) {
      SmallVector<Value> inverse;
      for (int64_t e = 0; e < 8; ++e) {
        auto [row, column] = createPosition(b, thread, e);
        inverse.push_back(
            gdr::createSharedLoad(b, 1, createAddress(b, at, row, column))
                .front());
      }
      SmallVector<Value> words = createScattered(b, thread, inverse);
      auto type = VectorType::get(words.size(), b.getI32Type());
      inverses.push_back(vector::BitCastOp::create(
          b, VectorType::get(2 * words.size(), b.getF16Type()),
          createVector(b, type, words)));
    }
    rewriter.replaceOp(op, inverses);
    return success();
  }

private:
  // Row and column in the warp's block of the thread's element e of 8.
  static std::pair<Index, Index>
  createPosition(ImplicitLocOpBuilder &b, const Thread &thread, int64_t e) {
    I32 i{b};
    return {{thread.group, e / 2 % 2 * 8},
            {i.mul(thread.quad, 2), e / 4 * 8 + e % 2}};
  }

  static gdr::SharedAddress createAddress(ImplicitLocOpBuilder &b,
                                          gdr::SharedAddress base, Index row,
                                          Index column) {
    I32 i{b};
    Value variable = base.base;
    if (row.value)
      variable = i.add(variable, i.mul(row.value, pitch * floatBytes));
    if (column.value)
      variable = i.add(variable, i.mul(column.value, floatBytes));
    return {variable, base.offset + (row.constant * pitch + column.constant) *
                                        floatBytes};
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

  // Pairs of f16 of the fragment, which is zero outside of the warp's block.
  static SmallVector<Value> createScattered(ImplicitLocOpBuilder &b,
                                            const Thread &thread,
                                            ArrayRef<Value> block) {
    I32 i{b};
    SmallVector<Value> words, scattered;
    for (size_t e = 0; e < block.size(); e += 2)
      words.push_back(createRounded(b, b.getF16Type(), block[e], block[e + 1]));
    for (int64_t w = 0; w < fragmentRows / blockSize; ++w)
      for (Value word : words)
        scattered.push_back(arith::SelectOp::create(b, i.equal(thread.warp, w),
                                                    word, i.get(0)));
    return scattered;
  }

  // Column lane mod 16 of the inverse. After step j, x_j is final and its share
  // of the later ones is added; four rows of L's column j are one load.
  static SmallVector<Value> createColumnOfInverse(ImplicitLocOpBuilder &b,
                                                  const Thread &thread,
                                                  gdr::SharedAddress base) {
    I32 i{b};
    Value column = i.rem(thread.lane, blockSize);
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    Value one = arith::ConstantOp::create(b, b.getF32FloatAttr(1));
    SmallVector<Value> x;
    for (int64_t row = 0; row < blockSize; ++row)
      x.push_back(arith::SelectOp::create(b, i.equal(column, row), one, zero));
    for (int64_t j = 0; j + 1 < blockSize; ++j) {
      for (int64_t first = (j + 1) / 4 * 4; first < blockSize; first += 4) {
        SmallVector<Value> four = gdr::createSharedLoad(
            b, 4, createAddress(b, base, {nullptr, j}, {nullptr, first}));
        for (int64_t k = 0; k < 4; ++k)
          if (first + k > j)
            x[first + k] = LLVM::FMAOp::create(b, four[k], x[j], x[first + k]);
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
