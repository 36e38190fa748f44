//===- Reference.h - the gated delta rule in f64 ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The definition of the gated delta rule, computed token by token in f64 from
// the operands as they are stored. Written from the formula alone, to check
// what the compiler makes of it.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_REFERENCE_H
#define GDR_TOOLS_GDR_RUN_REFERENCE_H

#include "Rule.h"

#include <vector>

namespace mlir::gdr::run {

/// The states of a pool in f64, [rows, HV, K, V] whatever the layout of the
/// tensor.
struct StatePool {
  int64_t heads = 0;
  int64_t keyDim = 0;
  int64_t valueDim = 0;
  std::vector<double> values;

  /// The values of a tensor.
  StatePool(const TensorView &tensor, StateLayout layout);

  double *getState(int64_t row, int64_t head) {
    return values.data() + (row * heads + head) * keyDim * valueDim;
  }
  const double *getState(int64_t row, int64_t head) const {
    return const_cast<StatePool *>(this)->getState(row, head);
  }
  double get(int64_t row, int64_t head, int64_t i, int64_t j) const {
    return getState(row, head)[i * valueDim + j];
  }
};

/// Computes the rule. The initial state is read from `initial` (null: zero), so
/// that it need not be rounded to the tensor's type, and the final states are
/// written to `final` (null: nowhere), which keeps its other rows; neither is
/// rounded, and both may be the same pool. So are snapshots to `snapshots`.
/// Returns o, [B, T, HV, V], with zeros where it is not written.
std::vector<double> computeReference(const Rule &rule, const StatePool *initial,
                                     StatePool *final,
                                     StatePool *snapshots = nullptr);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_REFERENCE_H
