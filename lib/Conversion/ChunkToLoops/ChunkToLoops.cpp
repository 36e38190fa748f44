//===- ChunkToLoops.cpp - the chunked form to vectorized loops ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces each `gdr.chunk_prepare` and `gdr.chunk_scan` on memrefs by parallel
// loops over register tiles of matrix products. Leaves arith, math, memref, scf
// and vector.
//
//===----------------------------------------------------------------------===//

#include "ChunkToLoops.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_CHUNKTOLOOPS
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// What must hold of an op beyond its verifier.
static LogicalResult verifyIsLowerable(RuleOpInterface op,
                                       TileLayout tileLayout) {
  if (!op.isOnMemRefs())
    return op.emitOpError()
           << "expected memrefs, got tensors; run gdr-bufferize first";
  if (tileLayout != TileLayout::RowMajor)
    return op.emitOpError() << "expected tile_layout row_major on the CPU, got "
                            << stringifyTileLayout(tileLayout);
  for (auto [name, size] :
       {std::pair<StringRef, int64_t>{"HK", op.getNumKeyHeads()},
        {"HV", op.getNumValueHeads()},
        {"K", op.getKeyDim()},
        {"V", op.getV() ? op.getValueDim() : 1}})
    if (ShapedType::isDynamic(size))
      return op.emitOpError() << "expected " << name
                              << " to be static in the chunked form; use the "
                                 "recurrent form";
  return verifyIsLowerable(op);
}

namespace {
struct ChunkToLoops : gdr::impl::ChunkToLoopsBase<ChunkToLoops> {
  void runOnOperation() override;

private:
  /// Lowers all ops of one kind by `createLoops`.
  template <typename Op>
  LogicalResult lower(void (*createLoops)(ImplicitLocOpBuilder &, Op));
};
} // namespace

template <typename Op>
LogicalResult ChunkToLoops::lower(void (*createLoops)(ImplicitLocOpBuilder &,
                                                      Op)) {
  SmallVector<Op> ops;
  getOperation().walk([&](Op op) { ops.push_back(op); });
  for (Op op : ops) {
    if (failed(::verifyIsLowerable(op, op.getTileLayout())))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), op);
    createLoops(b, op);
    op.erase();
  }
  return success();
}

void ChunkToLoops::runOnOperation() {
  if (failed(lower<ChunkPrepareOp>(createPrepareLoops)) ||
      failed(lower<ChunkScanOp>(createScanLoops)))
    signalPassFailure();
}
