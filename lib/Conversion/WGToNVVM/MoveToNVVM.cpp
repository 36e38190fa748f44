//===- MoveToNVVM.cpp - register tiles from and to memory -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "Layout.h"
#include "Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::wg;

namespace {

/// One run of consecutive elements that a thread holds.
struct Run {
  SmallVector<Index> indices; // of the first element, in memory
  int64_t length;
};

} // namespace

// The runs of a tile in the order of the thread's elements.
static SmallVector<Run> createRuns(ImplicitLocOpBuilder &b,
                                   const Thread &thread, RankedTensorType tile,
                                   bool transposed) {
  I32 i{b};
  SmallVector<Run> runs;
  int64_t count = getElementsPerThread(tile);
  Attribute encoding = tile.getEncoding();
  if (isa<LanesAttr>(encoding)) {
    runs.push_back({{{i.mul(thread.lane, count)}}, count});
  } else if (isa<RowsAttr>(encoding)) {
    for (int64_t half : {0, 1})
      runs.push_back({{createRow(b, thread, half)}, 1});
  } else if (isa<ColumnsAttr>(encoding)) {
    for (int64_t j = 0; j < count / 2; ++j)
      runs.push_back({{createColumn(b, thread, j)}, 2});
  } else {
    for (int64_t j = 0; j < count / 4; ++j)
      for (int64_t half : {0, 1}) {
        Index row = createRow(b, thread, half);
        Index column = createColumn(b, thread, j);
        if (!transposed) {
          runs.push_back({{row, column}, 2});
          continue;
        }
        runs.push_back({{column, row}, 1});
        runs.push_back({{{column.value, column.constant + 1}, row}, 1});
      }
  }
  return runs;
}

// Cuts runs into single elements.
static SmallVector<Run> getSingles(ArrayRef<Run> runs) {
  SmallVector<Run> singles;
  for (const Run &run : runs)
    for (int64_t k = 0; k < run.length; ++k) {
      SmallVector<Index> indices = run.indices;
      indices.back().constant += k;
      singles.push_back({indices, 1});
    }
  return singles;
}

// The shape of a tile as it is in memory.
static SmallVector<int64_t> getMemoryShape(RankedTensorType tile,
                                           bool transposed) {
  SmallVector<int64_t> shape(tile.getShape());
  if (transposed)
    std::reverse(shape.begin(), shape.end());
  return shape;
}

namespace {

/// 16-bit fragments from shared memory, 16 columns at a time.
struct ConvertMatrixLoad : OpConversionPattern<LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(LoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto shared = dyn_cast<SharedType>(op.getSource().getType());
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    if (!shared || tile.getRank() != 2 || tile.getElementTypeBitWidth() != 16)
      return rewriter.notifyMatchFailure(op, "not 16-bit and shared");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    SmallVector<Value> words;
    for (int64_t j = 0; j < tile.getShape()[1] / 8; j += 2)
      llvm::append_range(
          words, gdr::createMatrixLoad(
                     b, op.getTranspose(),
                     createMatrixAddress(b, thread, shared, adaptor.getSource(),
                                         j, op.getTranspose())));
    Value vector =
        createVector(b, VectorType::get(words.size(), b.getI32Type()), words);
    rewriter.replaceOpWithNewOp<vector::BitCastOp>(
        op, getTypeConverter()->convertType(tile), vector);
    return success();
  }
};

/// The inverse.
struct ConvertMatrixStore : OpConversionPattern<StoreOp> {
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
    SmallVector<Value> words = createElements(b, vector);
    for (int64_t j = 0; j < tile.getShape()[1] / 8; j += 2)
      gdr::createMatrixStore(
          b, op.getTranspose(), ArrayRef(words).slice(2 * j, 4),
          createMatrixAddress(b, thread, shared, adaptor.getDestination(), j,
                              op.getTranspose()));
    rewriter.eraseOp(op);
    return success();
  }
};

/// Vectors from shared memory.
struct ConvertVectorLoad : OpConversionPattern<LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(LoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto shared = dyn_cast<SharedType>(op.getSource().getType());
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    if (!shared || tile.getRank() != 1)
      return rewriter.notifyMatchFailure(op, "not a shared vector");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    SmallVector<Value> elements;
    for (const Run &run : createRuns(b, thread, tile, /*transposed=*/false))
      llvm::append_range(
          elements, gdr::createSharedLoad(
                        b, run.length,
                        createElementAddress(b, shared, adaptor.getSource(),
                                             run.indices.front())));
    rewriter.replaceOp(
        op,
        createVector(b, cast<VectorType>(getTypeConverter()->convertType(tile)),
                     elements));
    return success();
  }
};

/// Vectors to shared memory: over lanes by the first warp, of rows by the first
/// lane of each quad.
struct ConvertVectorStore : OpConversionPattern<StoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(StoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto shared = dyn_cast<SharedType>(op.getDestination().getType());
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    bool isLanes = isa<LanesAttr>(tile.getEncoding());
    if (!shared || !(isLanes || isa<RowsAttr>(tile.getEncoding())))
      return rewriter.notifyMatchFailure(op, "not a vector of rows or lanes");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Thread thread(b);
    I32 i{b};
    Value isWriter = i.equal(isLanes ? thread.warp : thread.quad, 0);
    auto branch = scf::IfOp::create(b, isWriter, false);
    b.setInsertionPointToStart(branch.thenBlock());
    SmallVector<Value> held = createElements(b, adaptor.getTile());
    ArrayRef<Value> elements = held;
    for (const Run &run : createRuns(b, thread, tile, /*transposed=*/false)) {
      gdr::createSharedStore(b, elements.take_front(run.length),
                             createElementAddress(b, shared,
                                                  adaptor.getDestination(),
                                                  run.indices.front()));
      elements = elements.drop_front(run.length);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

/// Any tile from global memory.
struct ConvertGlobalLoad : OpConversionPattern<LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(LoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isa<MemRefType>(op.getSource().getType()))
      return rewriter.notifyMatchFailure(op, "not in global memory");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    Thread thread(b);
    GlobalMemory global(b, adaptor.getSource(),
                        getMemoryShape(tile, op.getTranspose()));
    SmallVector<Run> runs = createRuns(b, thread, tile, op.getTranspose());
    if (global.needsSingles())
      runs = getSingles(runs);
    SmallVector<Value> elements;
    for (const Run &run : runs)
      llvm::append_range(elements,
                         createElements(b, createLoad(b, global, run)));
    rewriter.replaceOp(
        op,
        createVector(b, cast<VectorType>(getTypeConverter()->convertType(tile)),
                     elements));
    return success();
  }

private:
  static Value createLoad(ImplicitLocOpBuilder &b, GlobalMemory &global,
                          const Run &run) {
    auto type = VectorType::get(run.length, global.getElement());
    auto load = [&]() -> Value {
      return LLVM::LoadOp::create(b, type, global.createPointer(run.indices),
                                  run.length * global.getElementBytes());
    };
    Value isWithin = global.createIsWithin(run.indices);
    if (!isWithin)
      return load();
    auto branch = scf::IfOp::create(b, type, isWithin, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    Value loaded = load();
    scf::YieldOp::create(b, loaded);
    b.setInsertionPointToStart(branch.elseBlock());
    Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(type));
    scf::YieldOp::create(b, zeros);
    return branch.getResult(0);
  }
};

/// Any tile to global memory.
struct ConvertGlobalStore : OpConversionPattern<StoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(StoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isa<MemRefType>(op.getDestination().getType()))
      return rewriter.notifyMatchFailure(op, "not in global memory");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto tile = cast<RankedTensorType>(op.getTile().getType());
    Thread thread(b);
    GlobalMemory global(b, adaptor.getDestination(),
                        getMemoryShape(tile, op.getTranspose()));
    SmallVector<Run> runs = createRuns(b, thread, tile, op.getTranspose());
    if (global.needsSingles())
      runs = getSingles(runs);
    SmallVector<Value> held = createElements(b, adaptor.getTile());
    ArrayRef<Value> elements = held;
    for (const Run &run : runs) {
      OpBuilder::InsertionGuard guard(b);
      if (Value isWithin = global.createIsWithin(run.indices)) {
        auto branch = scf::IfOp::create(b, isWithin, false);
        b.setInsertionPointToStart(branch.thenBlock());
      }
      Value vector =
          createVector(b, VectorType::get(run.length, global.getElement()),
                       elements.take_front(run.length));
      LLVM::StoreOp::create(b, vector, global.createPointer(run.indices),
                            run.length * global.getElementBytes());
      elements = elements.drop_front(run.length);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertExtract : OpConversionPattern<ExtractOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ExtractOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Index position = {I32{b}.fromIndex(adaptor.getPosition())};
    rewriter.replaceOp(
        op, gdr::createSharedLoad(
                b, 1,
                createElementAddress(b, op.getSource().getType(),
                                     adaptor.getSource(), position)));
    return success();
  }
};

} // namespace

void mlir::wg::populateMovePatterns(const TypeConverter &converter,
                                    RewritePatternSet &patterns) {
  patterns.add<ConvertMatrixLoad, ConvertMatrixStore, ConvertVectorLoad,
               ConvertVectorStore, ConvertGlobalLoad, ConvertGlobalStore,
               ConvertExtract>(converter, patterns.getContext());
}
