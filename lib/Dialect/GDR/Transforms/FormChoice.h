//===- FormChoice.h - recurrent or chunked, and how -------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_DIALECT_GDR_TRANSFORMS_FORMCHOICE_H
#define GDR_LIB_DIALECT_GDR_TRANSFORMS_FORMCHOICE_H

#include "CostModel.h"
#include "gdr/Dialect/GDR/IR/GDR.h"

namespace mlir::gdr {

struct PredictedTime {
  StringRef form; // "recurrent", or "chunked, columns = ..."
  RuleSizes sizes;
  double microseconds;
};

struct FormChoice {
  /// #gdr.chunked or #gdr.alternatives; null for the recurrent form.
  Attribute schedule;
  /// Why there is no chunked form, if there is none.
  std::string reason;
  /// What was compared, at the sizes of the op or at some that stand for them.
  SmallVector<PredictedTime> times;
};

/// The fastest form by the cost model. HK, HV, K and V must be known. With
/// `given`, an #gdr.chunked without columns, only chunked forms are compared.
/// Without wgmma there is one kernel.
FormChoice chooseForm(GatedDeltaRuleOp rule, ChunkedAttr given, int64_t smCount,
                      bool hasWgmma);

} // namespace mlir::gdr

#endif // GDR_LIB_DIALECT_GDR_TRANSFORMS_FORMCHOICE_H
