//===- ChunkToWG.cpp - chunk stages to tile programs and launches ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Moves each gdr.chunk_prepare and gdr.chunk_scan on memrefs into a gpu.func of
// its own, expands it there (PrepareKernel.cpp, ScanKernel.cpp) and leaves the
// tensor maps of q, k, v and o and a gpu.launch_func in its place.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "../KernelUtils/KernelArguments.h"
#include "Kernels.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "gdr/Dialect/GDR/Utils/WgmmaForm.h"
#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_CHUNKTOWG
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// Bytes of a row of a box, the swizzle of the tiles it is copied to.
static constexpr int64_t boxBytes = 128;

static LogicalResult verifyPreconditions(RuleOpInterface op) {
  if (!op.isOnMemRefs())
    return op.emitOpError("expected memrefs, got tensors; run gdr-bufferize "
                          "before gdr-chunk-to-wg");
  if (!op->getParentOfType<func::FuncOp>())
    return op.emitOpError("expected the op in a func.func");
  std::string reason;
  auto schedule =
      op->getAttrOfType<ChunkedAttr>("schedule");
  if (!hasWgmmaForm(op, schedule, reason))
    return op.emitOpError("expected an op that the warpgroup kernels can "
                          "compute; ")
           << reason;
  return success();
}

// Box of an operand [B, T, H, D]: a chunk of tokens of one head.
static DenseI64ArrayAttr getBox(ImplicitLocOpBuilder &b, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  int64_t width = boxBytes * 8 / type.getElementTypeBitWidth();
  return b.getDenseI64ArrayAttr({1, gpuChunkSize, 1, width});
}

static Value createTensorMap(ImplicitLocOpBuilder &b, Value memref) {
  return EncodeTensorMapOp::create(b, wg::TensorMapType::get(b.getContext()),
                                   memref, getBox(b, memref),
                                   b.getI64IntegerAttr(boxBytes));
}

namespace {

struct ChunkToWG : gdr::impl::ChunkToWGBase<ChunkToWG> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<ChunkPrepareOp> prepares;
    SmallVector<ChunkScanOp> scans;
    WalkResult result = getOperation()->walk([&](RuleOpInterface op) {
      if (auto prepare = dyn_cast<ChunkPrepareOp>(*op))
        prepares.push_back(prepare);
      else if (auto scan = dyn_cast<ChunkScanOp>(*op))
        scans.push_back(scan);
      else
        return WalkResult::advance();
      return WalkResult(verifyPreconditions(op));
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    for (ChunkPrepareOp op : prepares)
      rewrite(op);
    for (ChunkScanOp op : scans)
      rewrite(op);
    if (!prepares.empty() || !scans.empty())
      getOperation()->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                              UnitAttr::get(&getContext()));
  }

private:
  void rewrite(ChunkPrepareOp op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    SmallVector<Value> boxes = {op.getQ(), op.getK()};
    Value slots = memref::DimOp::create(b, op.getInverse(), 0);
    createKernelAndLaunch(
        b, op, "_prepare", boxes, slots, getPrepareBlocksPerSlot(op),
        getPrepareThreads(), prepareBlocks,
        [&](ImplicitLocOpBuilder &inKernel, Operation *clone, ValueRange maps) {
          createPrepareBody(inKernel, cast<ChunkPrepareOp>(clone),
                            {maps[0], maps[1], nullptr, nullptr});
        });
    op.erase();
  }

  // As many stages as there is memory for, unless the schedule says.
  void setStages(ChunkScanOp op) {
    auto schedule = op.getScheduleAttr();
    if (schedule && schedule.getStages())
      return;
    int64_t stages = maxScanStages;
    while (stages > 1 && getScanSharedBytes(op, stages) > sharedMemory)
      --stages;
    op.setScheduleAttr(ChunkedAttr::get(&getContext(), gpuChunkSize,
                                        schedule ? schedule.getColumns() : 0,
                                        stages));
  }

  void rewrite(ChunkScanOp op) {
    setStages(op);
    ImplicitLocOpBuilder b(op.getLoc(), op);
    SmallVector<Value> boxes = {op.getQ(), op.getK(), op.getV(), op.getOInit()};
    Value sequences = SequenceBuilder(b, op).createSequenceCount();
    createKernelAndLaunch(
        b, op, "_scan", boxes, sequences, getScanBlocksPerSequence(op),
        getScanThreads(op), /*blocksPerSM=*/1,
        [&](ImplicitLocOpBuilder &inKernel, Operation *clone, ValueRange maps) {
          createScanBody(inKernel, cast<ChunkScanOp>(clone),
                         {maps[0], maps[1], maps[2], maps[3]});
        });
    op.erase();
  }

  void createKernelAndLaunch(
      ImplicitLocOpBuilder &b, Operation *op, StringRef suffix,
      ArrayRef<Value> boxes, Value units, int64_t blocksPerUnit,
      int64_t threads, int64_t blocksPerSM,
      llvm::function_ref<void(ImplicitLocOpBuilder &, Operation *, ValueRange)>
          createBody) {
    SmallVector<Value> arguments;
    for (Value box : boxes) {
      if (tensorMaps)
        arguments.push_back(createTensorMap(b, box));
      else
        ExpectBoxesOp::create(b, box, getBox(b, box),
                              b.getI64IntegerAttr(boxBytes));
    }
    // Each buffer is passed once, also if it serves as two operands.
    llvm::SmallMapVector<Value, PassedMemRef, 16> passed;
    for (Value operand : op->getOperands())
      if (isa<MemRefType>(operand.getType()))
        passed.try_emplace(operand, createPassedMemRef(b, operand));
    for (auto &[memref, parts] : passed)
      llvm::append_range(arguments, parts.arguments);

    gpu::GPUFuncOp kernel =
        createKernel(op->getParentOfType<func::FuncOp>(), suffix,
                     ValueRange(arguments).getTypes(), threads);
    kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    b.getI32IntegerAttr(blocksPerSM));
    createKernelBody(op, kernel, boxes, passed.getArrayRef(), createBody);

    Value one = arith::ConstantIndexOp::create(b, 1);
    Value perUnit = arith::ConstantIndexOp::create(b, blocksPerUnit);
    Value blocks = arith::MulIOp::create(b, units, perUnit);
    Value threadCount = arith::ConstantIndexOp::create(b, threads);
    gpu::LaunchFuncOp::create(b, kernel, gpu::KernelDim3{blocks, one, one},
                              gpu::KernelDim3{threadCount, one, one},
                              /*dynamicSharedMemorySize=*/nullptr, arguments);
  }

  void createKernelBody(
      Operation *op, gpu::GPUFuncOp kernel, ArrayRef<Value> boxes,
      ArrayRef<std::pair<Value, PassedMemRef>> passed,
      llvm::function_ref<void(ImplicitLocOpBuilder &, Operation *, ValueRange)>
          createBody) {
    ImplicitLocOpBuilder b(op->getLoc(), op->getContext());
    b.setInsertionPointToStart(&kernel.getBody().front());
    ValueRange arguments = kernel.getArguments();
    SmallVector<Value> maps;
    if (tensorMaps) {
      llvm::append_range(maps, arguments.take_front(boxes.size()));
      arguments = arguments.drop_front(boxes.size());
    }
    IRMapping mapping;
    for (auto &[memref, parts] : passed)
      mapping.map(memref, createRebuiltMemRef(b, parts, arguments));
    if (!tensorMaps)
      for (Value box : boxes)
        maps.push_back(
            wg::TensorBoxOp::create(b, wg::TensorMapType::get(b.getContext()),
                                    mapping.lookup(box), getBox(b, box)));
    // max_seqlen bounds the launch and is of no use to the kernel.
    Operation *clone = b.clone(*op, mapping);
    if (auto scan = dyn_cast<ChunkScanOp>(clone))
      scan.getMaxSeqlenMutable().clear();
    createBody(b, clone, maps);
    clone->erase();
    gpu::ReturnOp::create(b);
  }
};

} // namespace
