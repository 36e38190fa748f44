//===- AllocateShared.cpp - offsets of what is in shared memory -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels after wg-lower-rings, and leaves an offset on each wg.alloc
// and wg.mbarrier_alloc, a number on each wg.barrier, the size on each
// gpu.launch_func, and the symbol of shared memory in each module that uses it.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::wg {
#define GEN_PASS_DEF_ALLOCATESHARED
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"
} // namespace mlir::wg

using namespace mlir;
using namespace mlir::wg;

/// Barriers of a CTA; PTX ISA, "bar".
static constexpr int64_t maxBarriers = 16;

// Gives everything in the kernel its offset; returns the size.
static int64_t allocate(gpu::GPUFuncOp kernel) {
  int64_t size = 0;
  kernel->walk([&](AllocOp alloc) {
    int64_t offset;
    if (auto over = alloc.getOver()) {
      auto under = over.getDefiningOp<AllocOp>();
      offset = *under.getOffset() + alloc.getOverOffset().value_or(0);
    } else {
      offset = llvm::alignTo(size, tileAlignment);
    }
    alloc.setOffset(offset);
    size = std::max(size, offset + alloc.getBytes());
  });
  // Barriers are small, and fill up the end.
  kernel->walk([&](MBarrierAllocOp alloc) {
    int64_t offset = llvm::alignTo(size, mbarrierBytes);
    alloc.setOffset(offset);
    size = offset + alloc.getCount() * mbarrierBytes;
  });
  return size;
}

// Numbers the barriers between warpgroups.
static LogicalResult numberBarriers(gpu::GPUFuncOp kernel) {
  int64_t next = 1;
  if (auto blockSize = kernel.getKnownBlockSize())
    next += blockSize->front() / warpgroupThreads;
  WalkResult result = kernel->walk([&](BarrierOp barrier) -> WalkResult {
    if (next == maxBarriers)
      return barrier.emitOpError("expected at most ")
             << maxBarriers << " barriers in a kernel, those of the CTA and of "
             << "its warpgroups included";
    barrier.setNumber(next++);
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

// Declares the dynamic shared memory of the kernels of a module, once.
static void declareSharedMemory(gpu::GPUModuleOp module) {
  if (module.lookupSymbol(sharedMemoryName))
    return;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  LLVM::GlobalOp::create(
      b, module.getLoc(), LLVM::LLVMArrayType::get(b.getI8Type(), 0),
      /*isConstant=*/false, LLVM::Linkage::External, sharedMemoryName,
      /*value=*/Attribute(), /*alignment=*/tileAlignment,
      static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
}

namespace {

struct AllocateShared : wg::impl::AllocateSharedBase<AllocateShared> {
  using Base::Base;

  void runOnOperation() override {
    // Without offsets a ring would overlap the tiles.
    WalkResult rings = getOperation()->walk([&](RingOp ring) {
      ring.emitOpError("expected no ring; run wg-lower-rings before "
                       "wg-allocate-shared");
      return WalkResult::interrupt();
    });
    if (rings.wasInterrupted())
      return signalPassFailure();
    llvm::DenseMap<Operation *, int64_t> sizes;
    WalkResult result =
        getOperation()->walk([&](gpu::GPUFuncOp kernel) -> WalkResult {
          int64_t size = allocate(kernel);
          if (size > limit)
            return kernel.emitOpError("expected at most ")
                   << limit.getValue() << " bytes of shared memory, got "
                   << size << "; use fewer slots or smaller tiles";
          if (failed(numberBarriers(kernel)))
            return WalkResult::interrupt();
          if (size)
            sizes[kernel] = size;
          return WalkResult::advance();
        });
    if (result.wasInterrupted())
      return signalPassFailure();
    for (Operation *kernel : llvm::make_first_range(sizes))
      declareSharedMemory(kernel->getParentOfType<gpu::GPUModuleOp>());
    SymbolTableCollection symbols;
    getOperation()->walk([&](gpu::LaunchFuncOp launch) {
      auto size = sizes.find(
          symbols.lookupNearestSymbolFrom(launch, launch.getKernelAttr()));
      if (size == sizes.end())
        return;
      OpBuilder b(launch);
      Value bytes = arith::ConstantOp::create(
          b, launch.getLoc(), b.getI32IntegerAttr(size->second));
      launch.getDynamicSharedMemorySizeMutable().assign(bytes);
    });
  }
};

} // namespace
