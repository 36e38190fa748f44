//===- Rule.h - a gated delta rule and its operands -------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a `gdr.gated_delta_rule` says, with its operands as tensors in host
// memory.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_RULE_H
#define GDR_TOOLS_GDR_RUN_RULE_H

#include "Tensor.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "llvm/Support/Error.h"

#include <array>

namespace mlir::gdr::run {

/// Operands, and the tensors that the inits become.
enum class Role {
  Q,
  K,
  V,
  G,
  Beta,
  ALog,
  DtBias,
  InitialState,
  CuSeqlens,
  ReadIndices,
  WriteIndices,
  O,
  FinalState,
  SnapshotIndices,
  Snapshots
};
constexpr int numRoles = 15;

/// The name that the textual form of the op gives an operand, and messages.
StringRef getName(Role role);

/// One sequence: tokens [begin, end) of a batch entry. A row of -1 means that
/// there is nothing to read, or nowhere to write.
struct Sequence {
  int64_t batch;
  int64_t begin;
  int64_t end;
  int64_t readRow;
  int64_t writeRow;
  bool isSkipped;
};

/// The state after some tokens of a sequence, as it is stored.
struct Snapshot {
  size_t sequence;
  int64_t tokens;
  int64_t row;
};

struct Rule {
  /// Absent: K^-0.5.
  std::optional<double> scale;
  StateLayout stateLayout = StateLayout::KFirst;
  bool qkL2norm = false;
  double l2normEps = 1e-6;
  GateForm gateForm = GateForm::Log;
  double lowerBound = 0;
  BetaForm betaForm = BetaForm::Given;
  /// Tokens from one snapshot to the next, of a rule that has snapshots.
  int64_t snapshotEvery = 0;
  std::array<std::optional<TensorView>, numRoles> operands;

  std::optional<TensorView> &operator[](Role role) {
    return operands[static_cast<int>(role)];
  }
  const std::optional<TensorView> &operator[](Role role) const {
    return operands[static_cast<int>(role)];
  }

  int64_t getNumTokens() const { return (*this)[Role::Q]->shape[1]; }
  int64_t getNumKeyHeads() const { return (*this)[Role::Q]->shape[2]; }
  int64_t getNumValueHeads() const { return (*this)[Role::V]->shape[2]; }
  int64_t getKeyDim() const { return (*this)[Role::Q]->shape[3]; }
  int64_t getValueDim() const { return (*this)[Role::V]->shape[3]; }
  int64_t getNumSequences() const;
  /// The most snapshots that the sequences can have together.
  int64_t getMaxSnapshots() const;
  /// Whether the state is updated in its buffer.
  bool isInPlace() const;

  /// Reads cu_seqlens and the indices. They must be valid.
  SmallVector<Sequence> getSequences() const;
  /// The snapshots that are stored, those of each sequence in order.
  SmallVector<Snapshot> getSnapshots() const;
  /// Checks that cu_seqlens and the indices stay inside of the tensors.
  llvm::Error verifyIndices() const;

  /// Bytes that any implementation has to move: each input read once, each
  /// state read and written once, each output written once.
  int64_t getMinimumBytes() const;
  /// The part of it that is states.
  int64_t getStateBytes() const;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_RULE_H
