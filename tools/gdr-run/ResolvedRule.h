//===- ResolvedRule.h - a rule in the function's arguments ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_RESOLVEDRULE_H
#define GDR_TOOLS_GDR_RUN_RESOLVEDRULE_H

#include "Program.h"
#include "Rule.h"
#include "gdr/Dialect/GDR/IR/GDR.h"

namespace mlir::gdr::run {

/// A rule whose operands are views of the program's arguments.
struct ResolvedRule {
  Rule rule;
  /// Why operands were left out, because something in the function computes
  /// them; empty if none was.
  SmallVector<std::string> problems;
  /// What the inits hold before the call, and so the parts of o, of the final
  /// state and of snapshots that the op does not write after it. Absent if that
  /// is unspecified.
  std::optional<TensorView> oInit, finalStateInit, snapshotsInit;
  /// The slots of the arguments that are operands, and the one of max_seqlen.
  SmallVector<unsigned> slots;
  std::optional<unsigned> maxSeqlenSlot;
};

/// Follows the operands of an op through casts, slices and reshapes to the
/// function's arguments, and its results to the slots that hold them.
ResolvedRule resolveRule(Program &program, GatedDeltaRuleOp op);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_RESOLVEDRULE_H
