//===- SharedToNVVM.cpp - shared memory, its barriers and copies ----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "Patterns.h"

#include "gdr/Target/InlineAssembly.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

// The i32 address at an offset, in bytes, that wg-allocate-shared has chosen.
static FailureOr<Value> createAddress(Operation *op,
                                      std::optional<uint64_t> offset,
                                      ConversionPatternRewriter &rewriter) {
  if (!offset)
    return op->emitOpError("expected an offset; run wg-allocate-shared before "
                           "gdr-wg-to-nvvm");
  ImplicitLocOpBuilder b(op->getLoc(), rewriter);
  auto pointer = LLVM::LLVMPointerType::get(
      b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
  Value base = LLVM::AddressOfOp::create(b, pointer, sharedMemoryName);
  Value address = LLVM::PtrToIntOp::create(b, b.getI32Type(), base);
  I32 i{b};
  return i.add(address, i.get(static_cast<int64_t>(*offset)));
}

// The bytes of a memref begin here: an i64.
static Value createGlobalAddress(ImplicitLocOpBuilder &b, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  Value offset = getValueOrCreateConstantIndexOp(
      b, b.getLoc(), metadata.getConstifiedMixedOffset());
  Value bytes =
      arith::ConstantIndexOp::create(b, type.getElementTypeBitWidth() / 8);
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  address = arith::AddIOp::create(b, address,
                                  arith::MulIOp::create(b, offset, bytes));
  return arith::IndexCastUIOp::create(b, b.getI64Type(), address);
}

// The panels of a tile: each its address and the coordinates of its box,
// innermost first.
static void
forEachPanel(ImplicitLocOpBuilder &b, SharedType tile, Value address,
             ValueRange indices,
             llvm::function_ref<void(Value, ArrayRef<Value>)> visit) {
  I32 i{b};
  SmallVector<Value> coordinates;
  for (Value index : llvm::reverse(indices))
    coordinates.push_back(i.fromIndex(index));
  Value column = coordinates.front();
  int64_t width = tile.getPanelWidth();
  int64_t panels =
      llvm::divideCeil(tile.getShape().back() * tile.getElementBytes(), width);
  for (int64_t panel = 0; panel < panels; ++panel) {
    coordinates.front() =
        i.add(column, i.get(panel * width / tile.getElementBytes()));
    visit(i.add(address, i.get(panel * tile.getShape()[0] * width)),
          coordinates);
  }
}

namespace {

struct ConvertAlloc : OpConversionPattern<AllocOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AllocOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    FailureOr<Value> address = createAddress(op, op.getOffset(), rewriter);
    if (failed(address))
      return failure();
    rewriter.replaceOp(op, *address);
    return success();
  }
};

struct ConvertSlot : OpConversionPattern<SlotOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SlotOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    RingType ring = op.getRing().getType();
    int64_t offset = 0;
    for (SharedType tile : ring.getTiles().take_front(op.getTile()))
      offset += llvm::alignTo(tile.getBytes(), tileAlignment);
    Value inRing =
        i.add(i.mul(i.fromIndex(adaptor.getSlot()), ring.getSlotBytes()),
              i.get(offset));
    rewriter.replaceOp(op, i.add(adaptor.getRing(), inRing));
    return success();
  }
};

struct ConvertSlice : OpConversionPattern<SliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    Value offset = i.mul(i.fromIndex(adaptor.getPosition()),
                         op.getPart().getType().getBytes());
    rewriter.replaceOp(op, i.add(adaptor.getSource(), offset));
    return success();
  }
};

struct ConvertMBarrierAlloc : OpConversionPattern<MBarrierAllocOp> {
  ConvertMBarrierAlloc(const TypeConverter &converter, MLIRContext *context,
                       bool hasBulkCopies)
      : OpConversionPattern(converter, context), hasBulkCopies(hasBulkCopies) {}

  LogicalResult
  matchAndRewrite(MBarrierAllocOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    FailureOr<Value> address = createAddress(op, op.getOffset(), rewriter);
    if (failed(address))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    Value thread = i.fromIndex(gpu::ThreadIdOp::create(b, gpu::Dimension::x));
    auto branch = scf::IfOp::create(b, i.equal(thread, 0), false);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      for (uint64_t n = 0; n < op.getCount(); ++n)
        gdr::createMBarrierInit(b, i.add(*address, i.get(n * mbarrierBytes)),
                                op.getArrivals());
      // Bulk copies arrive through another proxy.
      if (hasBulkCopies)
        gdr::createMBarrierInitFence(b);
    }
    rewriter.replaceOp(op, *address);
    return success();
  }

  bool hasBulkCopies;
};

struct ConvertMBarrierAt : OpConversionPattern<MBarrierAtOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MBarrierAtOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    rewriter.replaceOp(
        op, i.add(adaptor.getBarriers(),
                  i.mul(i.fromIndex(adaptor.getPosition()), mbarrierBytes)));
    return success();
  }
};

struct ConvertMBarrierExpect : OpConversionPattern<MBarrierExpectOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MBarrierExpectOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    gdr::createMBarrierExpect(b, adaptor.getBarrier(), op.getBytes(),
                              op.getArrivals());
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertMBarrierArrive : OpConversionPattern<MBarrierArriveOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MBarrierArriveOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value isArriving;
    if (op.getEachThread()) {
      isArriving = arith::ConstantOp::create(b, b.getBoolAttr(true));
    } else {
      // What the other lanes have read must have been read.
      gdr::createWarpSync(b);
      isArriving = I32{b}.equal(Thread(b).lane, 0);
    }
    gdr::createMBarrierArrive(b, adaptor.getBarrier(), isArriving);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertMBarrierWait : OpConversionPattern<MBarrierWaitOp> {
  ConvertMBarrierWait(const TypeConverter &converter, MLIRContext *context,
                      bool hasBulkCopies)
      : OpConversionPattern(converter, context), hasBulkCopies(hasBulkCopies) {}

  LogicalResult
  matchAndRewrite(MBarrierWaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value parity = I32{b}.fromIndex(adaptor.getParity());
    if (hasBulkCopies)
      gdr::createMBarrierWait(b, adaptor.getBarrier(), parity);
    else
      gdr::createMBarrierPoll(b, adaptor.getBarrier(), parity);
    rewriter.eraseOp(op);
    return success();
  }

  bool hasBulkCopies;
};

/// BEFORE: wg.one_thread { ... }
/// AFTER:  scf.if %is_first { ... }
struct ConvertOneThread : OpConversionPattern<OneThreadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(OneThreadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value isFirst = isElected(op) ? createElection(b)
                                  : I32{b}.equal(Thread(b).inWarpgroup, 0);
    auto branch = scf::IfOp::create(b, isFirst, false);
    rewriter.inlineBlockBefore(&op.getBody().front(),
                               branch.thenBlock()->getTerminator());
    rewriter.eraseOp(op);
    return success();
  }

  // Whether boxes are copied in, and nothing else is copied: copies out and
  // waits for them have to be the same thread's, and the scan, which copies
  // consecutive bytes too, was no faster (docs/Performance.md).
  static bool isElected(OneThreadOp op) {
    bool copiesBoxes = false, copiesElse = false;
    op.walk([&](Operation *inside) {
      auto copy = dyn_cast<CopyOp>(inside);
      bool isBox = copy && isa<TensorMapType>(copy.getSource().getType());
      copiesBoxes |= isBox;
      copiesElse |= !isBox && isa<CopyOp, CopyOutOp, WaitCopiesOutOp>(inside);
    });
    return copiesBoxes && !copiesElse;
  }

  // Whether this is the thread of the first warp that the hardware chooses. Of
  // a thread that is elected the assembler knows that it is alone; any other
  // one's copies it puts into a loop over the warp.
  static Value createElection(ImplicitLocOpBuilder &b) {
    Value warp = gpu::ShuffleOp::create(b, Thread(b).warp, /*offset=*/0,
                                        warpThreads, gpu::ShuffleMode::IDX)
                     .getShuffleResult();
    auto branch = scf::IfOp::create(b, b.getI1Type(), I32{b}.equal(warp, 0),
                                    /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(
        b, NVVM::ElectSyncOp::create(b, b.getI1Type(), Value()).getResult());
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(
        b, arith::ConstantOp::create(b, b.getBoolAttr(false)).getResult());
    return branch.getResult(0);
  }
};

struct ConvertSync : OpConversionPattern<SyncOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SyncOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    I32 i{b};
    // Barrier 0 is that of the whole CTA.
    Value warpgroup;
    if (op.getWarpgroup()) {
      warpgroup = i.get(static_cast<int64_t>(*op.getWarpgroup()));
    } else {
      Value thread = i.fromIndex(gpu::ThreadIdOp::create(b, gpu::Dimension::x));
      warpgroup = i.div(thread, warpgroupThreads);
    }
    gdr::createNamedBarrier(b, i.add(warpgroup, i.get(1)), warpgroupThreads);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertBarrier : OpConversionPattern<BarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(BarrierOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getNumber())
      return op.emitOpError("expected a number; run wg-allocate-shared before "
                            "gdr-wg-to-nvvm");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, rewriter.getI32IntegerAttr(static_cast<int32_t>(*op.getNumber())));
    return success();
  }
};

// Threads of the warpgroups that come to a barrier.
static FailureOr<int64_t> getBarrierThreads(Operation *op) {
  auto barrier = op->getOperand(0).getDefiningOp<BarrierOp>();
  if (!barrier)
    return op->emitOpError("expected the result of a wg.barrier");
  return static_cast<int64_t>(barrier.getParticipants()) * warpgroupThreads;
}

struct ConvertMeet : OpConversionPattern<MeetOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MeetOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    FailureOr<int64_t> threads = getBarrierThreads(op);
    if (failed(threads))
      return failure();
    gdr::createMeeting(b, adaptor.getBarrier(), *threads);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertFenceProxy : OpConversionPattern<FenceProxyOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(FenceProxyOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    gdr::createProxyFence(b);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertCopy : OpConversionPattern<CopyOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType tile = op.getTile().getType();
    if (isa<TensorMapType>(op.getSource().getType()))
      forEachPanel(b, tile, adaptor.getTile(), adaptor.getIndices(),
                   [&](Value address, ArrayRef<Value> coordinates) {
                     gdr::createTensorCopy(b, address, adaptor.getSource(),
                                           coordinates, adaptor.getBarrier());
                   });
    else
      gdr::createBulkCopy(b, adaptor.getTile(),
                          createGlobalAddress(b, op.getSource()),
                          tile.getBytes(), adaptor.getBarrier());
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertCopyOut : OpConversionPattern<CopyOutOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CopyOutOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType tile = op.getTile().getType();
    if (isa<TensorMapType>(op.getDestination().getType()))
      forEachPanel(b, tile, adaptor.getTile(), adaptor.getIndices(),
                   [&](Value address, ArrayRef<Value> coordinates) {
                     gdr::createTensorCopyOut(
                         b, address, adaptor.getDestination(), coordinates);
                   });
    else
      gdr::createBulkCopyOut(b, adaptor.getTile(),
                             createGlobalAddress(b, op.getDestination()),
                             tile.getBytes());
    gdr::createBulkCommit(b);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertWaitCopiesOut : OpConversionPattern<WaitCopiesOutOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WaitCopiesOutOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    gdr::createBulkWait(b, op.getDone());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void mlir::wg::populateSharedPatterns(const TypeConverter &converter,
                                      RewritePatternSet &patterns,
                                      bool hasBulkCopies) {
  patterns.add<ConvertAlloc, ConvertSlot, ConvertSlice, ConvertMBarrierAt,
               ConvertMBarrierExpect, ConvertMBarrierArrive, ConvertOneThread,
               ConvertSync, ConvertBarrier, ConvertMeet, ConvertFenceProxy,
               ConvertCopy, ConvertCopyOut, ConvertWaitCopiesOut>(
      converter, patterns.getContext());
  patterns.add<ConvertMBarrierAlloc, ConvertMBarrierWait>(
      converter, patterns.getContext(), hasBulkCopies);
}
