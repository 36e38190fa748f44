//===- ThreadCopiesToNVVM.cpp - copies by the threads of a warpgroup ------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pass is 2048 bytes of a tile, 16 of each thread. In a box a thread is in
// the same 16 bytes of a row in every pass, and some rows further.
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "gdr/Target/InlineAssembly.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

static constexpr int64_t copyBytes = 16;
static constexpr int64_t passBytes = warpgroupThreads * copyBytes;

namespace {

/// A thread's 16 bytes of one pass.
struct Part {
  gdr::SharedAddress shared;
  gdr::GlobalAddress global;
  Value isWithin; // whether it exists, null if it does
};

/// The parts of one thread in a copy between a tile and a memref.
class Parts {
public:
  Parts(ImplicitLocOpBuilder &b, SharedType tile, Value tileAddress,
        Value memref)
      : b(b), i{b}, tile(tile), tileAddress(tileAddress), thread(b) {
    auto type = cast<MemRefType>(memref.getType());
    elementBytes = type.getElementTypeBitWidth() / 8;
    auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
    for (OpFoldResult size : metadata.getConstifiedMixedSizes())
      sizes.push_back(getValueOrCreateConstantIndexOp(b, b.getLoc(), size));
    for (auto [stride, size] :
         llvm::zip(metadata.getConstifiedMixedStrides(), sizes))
      strides.push_back(createStride(stride, size));
    address = add(memref::ExtractAlignedPointerAsIndexOp::create(b, memref),
                  createBytes(metadata.getConstifiedMixedOffset()));
  }

  int64_t getCount() const {
    return llvm::divideCeil(tile.getBytes(), passBytes);
  }

  /// Of consecutive bytes.
  Part createConsecutive(int64_t pass) {
    Value first = i.mul(thread.inWarpgroup, copyBytes);
    int64_t offset = pass * passBytes;
    Part part;
    part.shared = getSharedAddress(tileAddress);
    part.shared.base = i.add(part.shared.base, first);
    part.shared.offset += offset;
    part.global = {toI64(add(address, toIndex(first))), offset};
    if (tile.getBytes() - offset < passBytes)
      part.isWithin = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, first,
                                            i.get(tile.getBytes() - offset));
    return part;
  }

  /// Of a box whose first element has these indices, and whose rows go along
  /// dimension `rows`.
  Part createOfBox(int64_t pass, ValueRange indices, int64_t rows) {
    int64_t copiesInRow =
        tile.getShape()[1] * tile.getElementBytes() / copyBytes;
    int64_t rowsInPass = warpgroupThreads / copiesInRow;
    Value chunk = i.rem(thread.inWarpgroup, copiesInRow);
    Value row = i.div(thread.inWarpgroup, copiesInRow);
    Index rowInTile = {row, pass * rowsInPass};

    Part part;
    if (tile.getSwizzle()) {
      part.shared =
          createChunkAddress(b, tile, tileAddress, rowInTile, {chunk, 0});
    } else {
      part.shared = getSharedAddress(tileAddress);
      part.shared.base =
          i.add(part.shared.base, i.mul(thread.inWarpgroup, copyBytes));
      part.shared.offset += pass * passBytes;
    }

    // Rows of the tile that are in the tensor: none if another index is not.
    Value column =
        add(indices.back(), mul(toIndex(chunk), copyBytes / elementBytes));
    Value rowsWithin = arith::SubIOp::create(b, sizes[rows], indices[rows]);
    Value global = add(address, mul(column, elementBytes));
    global =
        add(global, arith::MulIOp::create(b, add(indices[rows], toIndex(row)),
                                          strides[rows]));
    for (auto [d, at] : llvm::enumerate(indices)) {
      bool isLast = d + 1 == indices.size();
      Value isWithin = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                             isLast ? column : at, sizes[d]);
      rowsWithin = arith::SelectOp::create(b, isWithin, rowsWithin, index(0));
      if (!isLast && static_cast<int64_t>(d) != rows)
        global = add(global, arith::MulIOp::create(b, at, strides[d]));
    }
    // What is known of the way from pass to pass goes into the instruction, if
    // it fits there.
    APInt stride;
    int64_t offset = 0;
    if (matchPattern(strides[rows], m_ConstantInt(&stride)))
      offset = rowInTile.constant * stride.getSExtValue();
    if (offset && llvm::isInt<32>(offset))
      part.global = {toI64(global), offset};
    else
      part.global = {
          toI64(add(global, mul(strides[rows], rowInTile.constant)))};
    part.isWithin =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                              toIndex(createSum(b, rowInTile)), rowsWithin);
    return part;
  }

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value mul(Value x, int64_t y) {
    return arith::MulIOp::create(b, x, index(y));
  }
  Value toIndex(Value x) {
    return arith::IndexCastUIOp::create(b, b.getIndexType(), x);
  }
  Value toI64(Value x) {
    return arith::IndexCastUIOp::create(b, b.getI64Type(), x);
  }
  // In bytes. Nobody steps over a dimension of one element, whose stride may be
  // anything; threads without a place must have an aligned address even so.
  Value createStride(OpFoldResult elements, Value size) {
    Value stride = createBytes(elements);
    std::optional<int64_t> constant = getConstantIntValue(elements);
    if (constant && *constant * elementBytes % copyBytes == 0)
      return stride;
    Value isSteppedOver =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, size, index(1));
    return b.createOrFold<arith::SelectOp>(isSteppedOver, stride, index(0));
  }
  Value createBytes(OpFoldResult elements) {
    if (std::optional<int64_t> constant = getConstantIntValue(elements))
      return index(*constant * elementBytes);
    return mul(cast<Value>(elements), elementBytes);
  }

  ImplicitLocOpBuilder &b;
  I32 i;
  SharedType tile;
  Value tileAddress;
  Thread thread;
  int64_t elementBytes;
  Value address;                     // bytes, index
  SmallVector<Value> sizes, strides; // elements; bytes
};

} // namespace

// The parts of a copy, in the order of the passes.
template <typename Op>
static SmallVector<Part> createParts(ImplicitLocOpBuilder &b, Op op,
                                     Value tileAddress, Value memref,
                                     ValueRange indices) {
  Parts parts(b, op.getTile().getType(), tileAddress, memref);
  SmallVector<Part> all;
  for (int64_t pass = 0; pass < parts.getCount(); ++pass)
    all.push_back(op.getRows() ? parts.createOfBox(pass, indices, *op.getRows())
                               : parts.createConsecutive(pass));
  return all;
}

namespace {

/// BEFORE: wg.copy_by_threads %k[%n, %t, %h, %c] rows(1), %tile
/// AFTER:  one cp.async a pass, of zeros where there is no token %t + row
struct ConvertCopyByThreads : OpConversionPattern<CopyByThreadsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyByThreadsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    for (const Part &part : createParts(b, op, adaptor.getTile(),
                                        op.getSource(), adaptor.getIndices())) {
      OpBuilder::InsertionGuard guard(b);
      Value bytes;
      if (op.getRows()) {
        bytes = arith::SelectOp::create(b, part.isWithin, i.get(copyBytes),
                                        i.get(0));
      } else if (part.isWithin) {
        auto branch = scf::IfOp::create(b, part.isWithin, false);
        b.setInsertionPointToStart(branch.thenBlock());
      }
      gdr::createThreadCopy(b, part.shared, part.global, bytes);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

/// BEFORE: wg.copy_out_by_threads %tile, %o[%n, %t, %h, %c] rows(1)
/// AFTER:  loads of 16 bytes for all passes, then the stores that have a place
struct ConvertCopyOutByThreads : OpConversionPattern<CopyOutByThreadsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyOutByThreadsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    constexpr int64_t words = copyBytes / 4;
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Part> parts = createParts(
        b, op, adaptor.getTile(), op.getDestination(), adaptor.getIndices());
    auto type = VectorType::get(words, b.getF32Type());
    auto load = [&](const Part &part) -> Value {
      return createVector(b, type,
                          gdr::createSharedLoad(b, words, part.shared));
    };
    // Of consecutive bytes the last part may be behind the end of the tile.
    SmallVector<Value> loaded;
    if (op.getRows())
      for (const Part &part : parts)
        loaded.push_back(load(part));
    auto pointerType = LLVM::LLVMPointerType::get(
        b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Global));
    for (auto [k, part] : llvm::enumerate(parts)) {
      OpBuilder::InsertionGuard guard(b);
      if (part.isWithin) {
        auto branch = scf::IfOp::create(b, part.isWithin, false);
        b.setInsertionPointToStart(branch.thenBlock());
      }
      Value pointer =
          LLVM::IntToPtrOp::create(b, pointerType, part.global.base);
      pointer = LLVM::GEPOp::create(
          b, pointerType, b.getI8Type(), pointer,
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(part.global.offset)});
      LLVM::StoreOp::create(b, loaded.empty() ? load(part) : loaded[k], pointer,
                            copyBytes);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertWaitCopiesByThreads : OpConversionPattern<WaitCopiesByThreadsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WaitCopiesByThreadsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    gdr::createThreadCopyWait(b);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertMBarrierArriveCopies
    : OpConversionPattern<MBarrierArriveCopiesOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MBarrierArriveCopiesOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    gdr::createMBarrierArriveCopies(b, adaptor.getBarrier());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void mlir::wg::populateThreadCopyPatterns(const TypeConverter &converter,
                                          RewritePatternSet &patterns) {
  patterns.add<ConvertCopyByThreads, ConvertCopyOutByThreads,
               ConvertWaitCopiesByThreads, ConvertMBarrierArriveCopies>(
      converter, patterns.getContext());
}
