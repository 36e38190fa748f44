//===- ChunkToWG.cpp - chunk stages to tile programs and launches ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Moves each gdr.chunk_prepare and gdr.chunk_scan on memrefs into a gpu.func of
// its own, expands it there (PrepareKernel.cpp, ScanProgram.cpp) and leaves the
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
#include "gdr/Target/Entry.h"
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

// Channels of a box of q and k.
static constexpr int64_t boxColumns = 64;

static LogicalResult verifyPreconditions(RuleOpInterface op) {
  if (!op.isOnMemRefs())
    return op.emitOpError("expected memrefs, got tensors; run gdr-bufferize "
                          "before gdr-chunk-to-wg");
  if (!op->getParentOfType<func::FuncOp>())
    return op.emitOpError("expected the op in a func.func");
  std::string reason;
  auto schedule = op->getAttrOfType<ChunkedAttr>("schedule");
  if (!hasWgmmaForm(op, schedule, reason))
    return op.emitOpError("expected an op that the warpgroup kernels can "
                          "compute; ")
           << reason;
  return success();
}

namespace {
/// An operand [B, T, H, D] that is copied in boxes of a chunk of tokens of one
/// head and some columns of D.
struct Boxes {
  Value memref;
  int64_t columns;

  DenseI64ArrayAttr getBox() const {
    return DenseI64ArrayAttr::get(memref.getContext(),
                                  {1, gpuChunkSize, 1, columns});
  }
  /// Rows of a box are as wide as the swizzle of the tiles they are copied to.
  IntegerAttr getSwizzle() const {
    auto type = cast<MemRefType>(memref.getType());
    return Builder(memref.getContext())
        .getI64IntegerAttr(columns * type.getElementTypeBitWidth() / 8);
  }
};
} // namespace

static Value createTensorMap(ImplicitLocOpBuilder &b, const Boxes &boxes) {
  return EncodeTensorMapOp::create(b, wg::TensorMapType::get(b.getContext()),
                                   boxes.memref, boxes.getBox(),
                                   boxes.getSwizzle());
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
    for (ChunkScanOp op : scans)
      if (failed(verifyStages(op)))
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
  template <typename Op>
  bool hasOverlap(Op op) {
    return overlap &&
           (!op.getScheduleAttr() || op.getScheduleAttr().getOverlap());
  }

  void rewrite(ChunkPrepareOp op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    Boxes boxes[] = {{op.getQ(), boxColumns}, {op.getK(), boxColumns}};
    Value slots = memref::DimOp::create(b, op.getInverse(), 0);
    createKernelAndLaunch(
        b, op, "_prepare", boxes, slots, getPrepareBlocksPerSlot(op),
        getPrepareThreads(), prepareBlocks,
        [&](ImplicitLocOpBuilder &inKernel, Operation *clone, ValueRange maps) {
          createPrepareBody(inKernel, cast<ChunkPrepareOp>(clone),
                            {maps[0], maps[1], nullptr, nullptr},
                            hasOverlap(op));
        });
    op.erase();
  }

  // As many of these stages as there is memory for, down to none.
  int64_t getStagesThatFit(ChunkScanOp op, int64_t stages) {
    while (stages > 0 && getScanSharedBytes(op, stages) > sharedMemory)
      --stages;
    return stages;
  }

  // Stages that a schedule asks for have to fit.
  LogicalResult verifyStages(ChunkScanOp op) {
    int64_t stages =
        op.getScheduleAttr() ? op.getScheduleAttr().getStages() : 0;
    int64_t most = getStagesThatFit(op, stages);
    if (most == stages)
      return success();
    std::string fits = most < getLeastScanStages(op)
                           ? "no number of them fits; choose other columns"
                           : std::to_string(most) + " fit";
    return op.emitOpError("expected a schedule for ")
           << sharedMemory.getValue() << " bytes of shared memory; stages is "
           << stages << ", which takes " << getScanSharedBytes(op, stages)
           << ", and " << fits;
  }

  // As many stages as there is memory for, unless the schedule says.
  void setStages(ChunkScanOp op) {
    auto schedule = op.getScheduleAttr();
    if (schedule && schedule.getStages())
      return;
    int64_t stages =
        std::max(getStagesThatFit(op, maxScanStages), getLeastScanStages(op));
    op.setScheduleAttr(ChunkedAttr::get(
        &getContext(), gpuChunkSize, schedule ? schedule.getColumns() : 0,
        stages, schedule ? schedule.getHeads() : 0,
        schedule ? schedule.getOverlap() : true));
  }

  void rewrite(ChunkScanOp op) {
    setStages(op);
    ImplicitLocOpBuilder b(op.getLoc(), op);
    int64_t columns = getScanPanelColumns(op);
    Boxes boxes[] = {{op.getQ(), boxColumns},
                     {op.getK(), boxColumns},
                     {op.getV(), columns},
                     {op.getOInit(), columns}};
    Value sequences = SequenceBuilder(b, op).createSequenceCount();
    gpu::LaunchFuncOp launch = createKernelAndLaunch(
        b, op, chunkScanSuffix, boxes, sequences, getScanBlocksPerSequence(op),
        getScanThreads(op), /*blocksPerSM=*/1,
        [&](ImplicitLocOpBuilder &inKernel, Operation *clone, ValueRange maps) {
          createScanBody(inKernel, cast<ChunkScanOp>(clone),
                         {maps[0], maps[1], maps[2], maps[3]}, hasOverlap(op));
        });
    if (hasOverlap(op))
      launch->setAttr(overlapsAttrName, b.getUnitAttr());
    op.erase();
  }

  gpu::LaunchFuncOp createKernelAndLaunch(
      ImplicitLocOpBuilder &b, Operation *op, StringRef suffix,
      ArrayRef<Boxes> boxes, Value units, int64_t blocksPerUnit,
      int64_t threads, int64_t blocksPerSM,
      llvm::function_ref<void(ImplicitLocOpBuilder &, Operation *, ValueRange)>
          createBody) {
    SmallVector<Value> arguments;
    if (tensorMaps) {
      for (const Boxes &box : boxes)
        arguments.push_back(createTensorMap(b, box));
    } else {
      ExpectBoxesOp::create(b, llvm::map_to_vector(boxes, [](const Boxes &box) {
                              return box.memref;
                            }));
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
    kernel = reuseEqualKernel(kernel);

    Value one = arith::ConstantIndexOp::create(b, 1);
    Value perUnit = arith::ConstantIndexOp::create(b, blocksPerUnit);
    Value blocks = arith::MulIOp::create(b, units, perUnit);
    Value threadCount = arith::ConstantIndexOp::create(b, threads);
    return gpu::LaunchFuncOp::create(
        b, kernel, gpu::KernelDim3{blocks, one, one},
        gpu::KernelDim3{threadCount, one, one},
        /*dynamicSharedMemorySize=*/nullptr, arguments);
  }

  void createKernelBody(
      Operation *op, gpu::GPUFuncOp kernel, ArrayRef<Boxes> boxes,
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
      for (const Boxes &box : boxes)
        maps.push_back(
            wg::TensorBoxOp::create(b, wg::TensorMapType::get(b.getContext()),
                                    mapping.lookup(box.memref), box.getBox()));
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
