//===- SelectSchedule.cpp - choose tile sizes -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes `#gdr.schedule` on ops that have none. The only place with heuristics;
// the reasons for the constants are in docs/Performance.md.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

struct SelectSchedule : gdr::impl::SelectScheduleBase<SelectSchedule> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](RuleOpInterface rule) {
      bool isStatic = llvm::none_of(
          ArrayRef<int64_t>{rule.getNumKeyHeads(), rule.getNumValueHeads(),
                            rule.getKeyDim(), rule.getValueDim()},
          ShapedType::isDynamic);
      if (!rule.getScheduleAttr() && isStatic)
        rule->setAttr("schedule",
                      ScheduleAttr::get(rule.getContext(), 8, 4, 4, 1));
    });
  }
};

} // namespace
