//===- RecurrentToGPU.cpp - gdr.recurrent to a kernel and its launch ------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Moves each `gdr.recurrent` on memrefs into a `gpu.func` of its own, expands
// it there (RecurrentKernel.cpp) and leaves a `gpu.launch_func` in its place.
//
// A kernel takes plain pointers: each memref operand is passed as its base
// buffer, a memref of rank 0, and the sizes, strides and offset that its type
// leaves open, as index values; the kernel rebuilds the memref from them.
//
// Where the widest accesses need more alignment than the types promise, there
// are two kernels, one of which accesses single elements, and a branch in host
// code on the addresses and strides.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "../KernelUtils/KernelArguments.h"
#include "RecurrentKernel.h"
#include "StateTile.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_RECURRENTTOGPU
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// The largest K and V for which a thread's tile fits in registers.
static constexpr int64_t maxHeadDim = 256;

/// A tile of more elements and what a thread needs beside it do not fit in its
/// 255 registers.
static constexpr int64_t maxTileElements = 192;

/// Static shared memory of a block.
static constexpr int64_t maxSharedBytes = 48 * 1024;

static LogicalResult verifyPreconditions(RecurrentOp op) {
  if (failed(verifyIsLowerable(op)))
    return failure();
  if (!op->getParentOfType<func::FuncOp>())
    return op.emitOpError("expected the op in a func.func");
  if (!op.isOnMemRefs())
    return op.emitOpError("expected memrefs, got tensors; run "
                          "one-shot-bufferize before gdr-recurrent-to-gpu");
  for (auto [name, size, limit] :
       {std::tuple{"HK", op.getNumKeyHeads(), ShapedType::kDynamic},
        {"HV", op.getNumValueHeads(), ShapedType::kDynamic},
        {"K", op.getKeyDim(), maxHeadDim},
        {"V", op.getValueDim(), maxHeadDim}}) {
    if (ShapedType::isDynamic(size))
      return op.emitOpError("expected a static ")
             << name << " for a GPU kernel, got a dynamic one; give it in the "
             << "types or compile for the CPU";
    if (!ShapedType::isDynamic(limit) && size > limit)
      return op.emitOpError("expected ")
             << name << " of at most " << limit << " for a GPU kernel, got "
             << size << "; compile for the CPU instead";
  }
  if (!op.getScheduleAttr())
    return op.emitOpError("expected a schedule; run gdr-select-schedule "
                          "before gdr-recurrent-to-gpu");
  if (getTileElements(op) > maxTileElements)
    return op.emitOpError("expected a schedule with at most ")
           << maxTileElements << " elements of the state a thread, got "
           << getTileElements(op) << "; use more lanes or fewer columns";
  if (getSharedBytes(op) > maxSharedBytes)
    return op.emitOpError("expected a schedule with at most ")
           << maxSharedBytes << " bytes of shared memory a block, got "
           << getSharedBytes(op) << "; use fewer key_warps or columns";
  for (Value operand : op->getOperands())
    if (auto memref = dyn_cast<MemRefType>(operand.getType());
        memref && memref.getMemorySpace())
      return op.emitOpError("expected memrefs in the default memory space, "
                            "got ")
             << memref;
  return success();
}

// Whether no static stride or offset rules out the widest accesses.
static bool canBeAligned(RecurrentOp op) {
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      return true;
    int64_t elements =
        getRequiredAlignment(op, operand) / (type.getElementTypeBitWidth() / 8);
    auto [strides, offset] = type.getStridesAndOffset();
    strides.back() = 0;
    strides.push_back(offset);
    return llvm::all_of(strides, [&](int64_t stride) {
      return ShapedType::isDynamic(stride) || stride % elements == 0;
    });
  });
}

// Whether all operands are aligned to the widest accesses, at run time; null if
// these are of one element.
static Value createIsAligned(ImplicitLocOpBuilder &b, RecurrentOp op) {
  Value excess;
  llvm::SmallPtrSet<Value, 16> seen;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || !seen.insert(operand.get()).second)
      continue;
    int64_t elementBytes = type.getElementTypeBitWidth() / 8;
    int64_t alignment = getRequiredAlignment(op, operand);
    if (alignment == elementBytes)
      continue;
    // The low bits of the address and of every dynamic stride but the last.
    auto metadata = memref::ExtractStridedMetadataOp::create(b, operand.get());
    SmallVector<OpFoldResult> parts = metadata.getConstifiedMixedStrides();
    parts.back() = metadata.getConstifiedMixedOffset();
    Value bits =
        memref::ExtractAlignedPointerAsIndexOp::create(b, operand.get());
    Value bytes = arith::ConstantIndexOp::create(b, elementBytes);
    for (OpFoldResult part : parts)
      if (auto dynamic = dyn_cast<Value>(part))
        bits = arith::OrIOp::create(
            b, bits, arith::MulIOp::create(b, dynamic, bytes).getResult());
    Value mask = arith::ConstantIndexOp::create(b, alignment - 1);
    Value low = arith::AndIOp::create(b, bits, mask);
    excess = excess ? arith::OrIOp::create(b, excess, low).getResult() : low;
  }
  if (!excess)
    return nullptr;
  Value zero = arith::ConstantIndexOp::create(b, 0);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, excess, zero);
}

namespace {

struct RecurrentToGPU : gdr::impl::RecurrentToGPUBase<RecurrentToGPU> {
  void runOnOperation() override {
    SmallVector<RecurrentOp> ops;
    WalkResult result = getOperation()->walk([&](RecurrentOp op) {
      ops.push_back(op);
      return WalkResult(verifyPreconditions(op));
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    for (RecurrentOp op : ops)
      rewriteOp(op);
    if (!ops.empty())
      getOperation()->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                              UnitAttr::get(&getContext()));
  }

private:
  void rewriteOp(RecurrentOp op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    if (!canBeAligned(op)) {
      createKernelAndLaunch(b, op, /*accessBytes=*/0);
    } else if (Value isAligned = createIsAligned(b, op)) {
      auto branch = scf::IfOp::create(b, isAligned, /*withElseRegion=*/true);
      b.setInsertionPointToStart(branch.thenBlock());
      createKernelAndLaunch(b, op, maxAccessBytes);
      b.setInsertionPointToStart(branch.elseBlock());
      createKernelAndLaunch(b, op, /*accessBytes=*/0);
    } else {
      createKernelAndLaunch(b, op, maxAccessBytes);
    }
    op.erase();
  }

  void createKernelAndLaunch(ImplicitLocOpBuilder &b, RecurrentOp op,
                             int64_t accessBytes) {
    // Each buffer is passed once, also if it serves as two operands.
    llvm::SmallMapVector<Value, PassedMemRef, 16> passed;
    for (Value operand : op->getOperands())
      if (isa<MemRefType>(operand.getType()))
        passed.try_emplace(operand, createPassedMemRef(b, operand));
    SmallVector<Value> arguments;
    for (auto &[memref, parts] : passed)
      llvm::append_range(arguments, parts.arguments);

    gpu::GPUFuncOp kernel = createKernel(op, ValueRange(arguments).getTypes(),
                                         accessBytes ? "" : "_narrow");
    expandInKernel(op, kernel, passed.getArrayRef(), accessBytes);
    createLaunch(b, op, reuseEqualKernel(kernel), arguments);
  }

  gpu::GPUFuncOp createKernel(RecurrentOp op, TypeRange argumentTypes,
                              StringRef suffix) {
    auto func = op->getParentOfType<func::FuncOp>();
    gpu::GPUFuncOp kernel = gdr::createKernel(
        func, ("_recurrent" + suffix).str(), argumentTypes,
        op.getScheduleAttr().getNumThreads());
    return kernel;
  }

  void expandInKernel(RecurrentOp op, gpu::GPUFuncOp kernel,
                      ArrayRef<std::pair<Value, PassedMemRef>> passed,
                      int64_t accessBytes) {
    ImplicitLocOpBuilder b(op.getLoc(), op.getContext());
    b.setInsertionPointToStart(&kernel.getBody().front());
    ValueRange arguments = kernel.getArguments();
    IRMapping mapping;
    for (auto &[memref, parts] : passed)
      mapping.map(memref, createRebuiltMemRef(b, parts, arguments));
    // max_seqlen bounds the launch and is of no use to the kernel.
    auto inKernel = cast<RecurrentOp>(b.clone(*op, mapping));
    inKernel.getMaxSeqlenMutable().clear();
    createRecurrentKernelBody(b, kernel, inKernel, accessBytes);
    inKernel.erase();
    gpu::ReturnOp::create(b);
  }

  void createLaunch(ImplicitLocOpBuilder &b, RecurrentOp op,
                    gpu::GPUFuncOp kernel, ValueRange arguments) {
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value count = SequenceBuilder(b, op).createSequenceCount();
    Value perSequence =
        arith::ConstantIndexOp::create(b, getBlocksPerSequence(op));
    Value blocks = arith::MulIOp::create(b, count, perSequence);
    Value threads =
        arith::ConstantIndexOp::create(b, op.getScheduleAttr().getNumThreads());
    auto launch = gpu::LaunchFuncOp::create(
        b, kernel, gpu::KernelDim3{blocks, one, one},
        gpu::KernelDim3{threads, one, one},
        /*dynamicSharedMemorySize=*/nullptr, arguments);
    if (overlapsPreviousKernel(op))
      launch->setAttr(waitsAttrName, b.getUnitAttr());
  }
};

} // namespace
