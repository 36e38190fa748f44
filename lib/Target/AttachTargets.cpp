//===- AttachTargets.cpp - the chips to compile for -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Target/Chips.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_ATTACHTARGETS
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

struct AttachTargets : gdr::impl::AttachTargetsBase<AttachTargets> {
  using Base::Base;

  void runOnOperation() override {
    if (chips.empty()) {
      getOperation().emitError("expected at least one chip, got none");
      return signalPassFailure();
    }
    llvm::SetVector<Attribute> targets;
    for (const std::string &name : chips) {
      std::optional<Chip> chip = getChip(name);
      if (!chip) {
        getOperation().emitError(getUnknownChipMessage(name));
        return signalPassFailure();
      }
      targets.insert(NVVM::NVVMTargetAttr::get(&getContext(), /*optLevel=*/3,
                                               "nvptx64-nvidia-cuda",
                                               chip->name, chip->ptxFeature));
    }
    for (auto module : getOperation().getOps<gpu::GPUModuleOp>())
      module.setTargetsAttr(
          ArrayAttr::get(&getContext(), targets.getArrayRef()));
  }
};

} // namespace
