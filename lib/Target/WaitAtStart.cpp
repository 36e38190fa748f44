//===- WaitAtStart.cpp - kernels that start before the previous one ends --===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels that wait somewhere already, because they can do something before,
// are left as they are.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Target/Entry.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_WAITATSTART
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

static bool waits(gpu::GPUFuncOp kernel) {
  return kernel
      ->walk([](NVVM::GriddepcontrolOp op) {
        return op.getKind() == NVVM::GridDepActionKind::wait
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {

struct WaitAtStart : gdr::impl::WaitAtStartBase<WaitAtStart> {
  void runOnOperation() override {
    DenseSet<Operation *> kernels;
    for (auto module : getOperation().getOps<gpu::GPUModuleOp>()) {
      for (auto kernel : module.getOps<gpu::GPUFuncOp>()) {
        if (!kernel.isKernel() || waits(kernel))
          continue;
        OpBuilder b(kernel.getBody());
        NVVM::GriddepcontrolOp::create(b, kernel.getLoc(),
                                       NVVM::GridDepActionKind::wait);
        kernels.insert(kernel);
      }
    }
    SymbolTableCollection symbols;
    getOperation().walk([&](gpu::LaunchFuncOp launch) {
      if (kernels.contains(
              symbols.lookupSymbolIn(getOperation(), launch.getKernelAttr())))
        launch->setAttr(waitsAtStartAttrName, UnitAttr::get(&getContext()));
    });
  }
};

} // namespace
