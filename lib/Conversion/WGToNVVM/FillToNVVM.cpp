//===- FillToNVVM.cpp - tiles from and to global memory by threads --------===//
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
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::wg;

/// Bytes that a thread moves at a time, as four f32.
static constexpr int64_t unitBytes = 16;

namespace {
/// A unit of a tile: where it is in shared memory, and its first element.
struct Unit {
  gdr::SharedAddress address;
  Index row, column;
};
} // namespace

// Calls `visit` for each unit of the tile that a thread moves: a warpgroup
// takes consecutive rows of one panel after the other.
static void forEachUnit(ImplicitLocOpBuilder &b, SharedType tile, Value base,
                        llvm::function_ref<void(const Unit &)> visit) {
  I32 i{b};
  Thread thread(b);
  int64_t units = tile.getPanelWidth() / unitBytes;
  int64_t unitElements = unitBytes / tile.getElementBytes();
  int64_t rowsAtOnce = warpgroupThreads / units;
  int64_t panels = tile.getShape()[1] / (units * unitElements);
  Value row = i.div(thread.inWarpgroup, units);
  Value unit = i.rem(thread.inWarpgroup, units);
  Value column = i.mul(unit, unitElements);
  for (int64_t panel = 0; panel < panels; ++panel)
    for (int64_t first = 0; first < tile.getShape()[0]; first += rowsAtOnce) {
      Index at = {row, first};
      visit({createChunkAddress(b, tile, base, at, {unit, panel * units}),
             at,
             {column, panel * units * unitElements}});
    }
}

static VectorType getUnitType(Builder &b) {
  return VectorType::get(4, b.getF32Type());
}

namespace {

struct ConvertFill : OpConversionPattern<FillOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(FillOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType tile = op.getTile().getType();
    GlobalMemory source(b, adaptor.getSource(), tile.getShape());
    VectorType type = getUnitType(b);
    forEachUnit(b, tile, adaptor.getTile(), [&](const Unit &unit) {
      Value loaded;
      auto load = [&]() -> Value {
        return LLVM::LoadOp::create(
            b, type, source.createPointer({unit.row, unit.column}), unitBytes);
      };
      if (Value isWithin = source.createIsWithin({unit.row, unit.column})) {
        auto branch = scf::IfOp::create(b, type, isWithin, true);
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(branch.thenBlock());
        Value inside = load();
        scf::YieldOp::create(b, inside);
        b.setInsertionPointToStart(branch.elseBlock());
        Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(type));
        scf::YieldOp::create(b, zeros);
        loaded = branch.getResult(0);
      } else {
        loaded = load();
      }
      gdr::createSharedStore(b, createElements(b, loaded), unit.address);
    });
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertDrain : OpConversionPattern<DrainOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(DrainOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SharedType tile = op.getTile().getType();
    GlobalMemory destination(b, adaptor.getDestination(), tile.getShape());
    forEachUnit(b, tile, adaptor.getTile(), [&](const Unit &unit) {
      OpBuilder::InsertionGuard guard(b);
      if (Value isWithin =
              destination.createIsWithin({unit.row, unit.column})) {
        auto branch = scf::IfOp::create(b, isWithin, false);
        b.setInsertionPointToStart(branch.thenBlock());
      }
      Value loaded = createVector(b, getUnitType(b),
                                  gdr::createSharedLoad(b, 4, unit.address));
      LLVM::StoreOp::create(b, loaded,
                            destination.createPointer({unit.row, unit.column}),
                            unitBytes);
    });
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void mlir::wg::populateFillPatterns(const TypeConverter &converter,
                                    RewritePatternSet &patterns) {
  patterns.add<ConvertFill, ConvertDrain>(converter, patterns.getContext());
}
