//===- WordStoresToNVVM.cpp - fragments to shared memory without stmatrix -===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;

static constexpr int64_t wordBytes = 4;

// The address of the word that this thread holds of an 8x8 matrix: that of rows
// 16w + 8 * half on and of block j of 8 columns; in memory transposed. The
// eight rows of a warp's words differ in their permuted chunks, so that no two
// use the same bank.
static gdr::SharedAddress createWordAddress(ImplicitLocOpBuilder &b,
                                            const Thread &thread,
                                            SharedType tile, Value base,
                                            int64_t j, int64_t half,
                                            bool transposed) {
  I32 i{b};
  Index row = createRow(b, thread, half);
  Index chunk = {i.get(0), j};
  if (transposed) {
    row = {thread.group, 8 * j};
    chunk = {i.mul(thread.warp, 2), half};
  }
  gdr::SharedAddress address = createChunkAddress(b, tile, base, row, chunk);
  address.base = i.add(address.base, i.mul(thread.quad, wordBytes));
  return address;
}

namespace {

/// 16-bit fragments to shared memory, two elements at a time; transposed ones
/// through movmatrix.
struct ConvertWordStore : OpConversionPattern<StoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(StoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto shared = dyn_cast<SharedType>(op.getDestination().getType());
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    if (!shared || tile.getRank() != 2 || tile.getElementTypeBitWidth() != 16)
      return rewriter.notifyMatchFailure(op, "not 16-bit and shared");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    int64_t count = getElementsPerThread(tile) / 2;
    Value vector = vector::BitCastOp::create(
        b, VectorType::get(count, b.getI32Type()), adaptor.getTile());
    for (auto [k, word] : llvm::enumerate(createElements(b, vector))) {
      int64_t j = static_cast<int64_t>(k) / 2, half = k % 2;
      gdr::createSharedWordStore(
          b, op.getTranspose() ? gdr::createMatrixTranspose(b, word) : word,
          createWordAddress(b, thread, shared, adaptor.getDestination(), j,
                            half, op.getTranspose()));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void mlir::wg::populateWordStorePatterns(const TypeConverter &converter,
                                         RewritePatternSet &patterns) {
  patterns.add<ConvertWordStore>(converter, patterns.getContext(),
                                 /*benefit=*/2);
}
