//===- VerifyChips.cpp - refuse unknown chips -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Changes nothing; an unknown chip is an error. A pipeline is built without a
// place for errors, so this pass has them.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Target/Chips.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_VERIFYCHIPS
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

struct VerifyChips : gdr::impl::VerifyChipsBase<VerifyChips> {
  using Base::Base;

  void runOnOperation() override {
    for (const std::string &name : chips) {
      if (getChip(name))
        continue;
      getOperation()->emitError(getUnknownChipMessage(name));
      return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
