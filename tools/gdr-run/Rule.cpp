//===- Rule.cpp - a gated delta rule and its operands ---------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rule.h"

#include "Error.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

StringRef mlir::gdr::run::getName(Role role) {
  static constexpr StringLiteral names[] = {"q",
                                            "k",
                                            "v",
                                            "g",
                                            "beta",
                                            "A_log",
                                            "dt_bias",
                                            "initial_state",
                                            "cu_seqlens",
                                            "read_indices",
                                            "write_indices",
                                            "o",
                                            "final_state",
                                            "snapshot_indices",
                                            "snapshots"};
  static_assert(std::size(names) == numRoles);
  return names[static_cast<int>(role)];
}

int64_t Rule::getNumSequences() const {
  for (Role role : {Role::ReadIndices, Role::WriteIndices})
    if ((*this)[role])
      return (*this)[role]->shape[0];
  if ((*this)[Role::CuSeqlens])
    return (*this)[Role::CuSeqlens]->shape[0] - 1;
  return (*this)[Role::Q]->shape[0];
}

bool Rule::isInPlace() const {
  const auto &initial = (*this)[Role::InitialState];
  const auto &final = (*this)[Role::FinalState];
  return initial && final && initial->data == final->data;
}

SmallVector<Sequence> Rule::getSequences() const {
  const auto &cuSeqlens = (*this)[Role::CuSeqlens];
  const auto &readIndices = (*this)[Role::ReadIndices];
  const auto &writeIndices = (*this)[Role::WriteIndices];
  auto getIndex = [](const TensorView &indices, int64_t n) {
    return static_cast<int64_t>(indices.load(n));
  };
  SmallVector<Sequence> sequences;
  for (int64_t n = 0; n < getNumSequences(); ++n) {
    Sequence sequence = {n, 0, getNumTokens(), n, n, false};
    if (cuSeqlens) {
      sequence.batch = 0;
      sequence.begin = getIndex(*cuSeqlens, n);
      sequence.end = getIndex(*cuSeqlens, n + 1);
    }
    if (readIndices)
      sequence.readRow = std::max<int64_t>(getIndex(*readIndices, n), -1);
    if (writeIndices)
      sequence.writeRow = std::max<int64_t>(getIndex(*writeIndices, n), -1);
    sequence.isSkipped = readIndices && writeIndices && sequence.readRow < 0 &&
                         sequence.writeRow < 0;
    if (!(*this)[Role::InitialState])
      sequence.readRow = -1;
    if (!(*this)[Role::FinalState])
      sequence.writeRow = -1;
    sequences.push_back(sequence);
  }
  return sequences;
}

int64_t Rule::getMaxSnapshots() const {
  int64_t sequences = (*this)[Role::CuSeqlens] ? 1 : getNumSequences();
  return sequences * (getNumTokens() / snapshotEvery);
}

SmallVector<Snapshot> Rule::getSnapshots() const {
  SmallVector<Snapshot> snapshots;
  const auto &indices = (*this)[Role::SnapshotIndices];
  if (!indices)
    return snapshots;
  for (auto [n, sequence] : llvm::enumerate(getSequences())) {
    if (sequence.isSkipped)
      continue;
    int64_t number = (*this)[Role::CuSeqlens]
                         ? sequence.begin / snapshotEvery
                         : n * (getNumTokens() / snapshotEvery);
    int64_t length = sequence.end - sequence.begin;
    for (int64_t tokens = snapshotEvery;
         tokens <= length && number < indices->shape[0];
         tokens += snapshotEvery, ++number)
      if (auto row = static_cast<int64_t>(indices->load(number)); row >= 0)
        snapshots.push_back({n, tokens, row});
  }
  return snapshots;
}

llvm::Error Rule::verifyIndices() const {
  if (const auto &cuSeqlens = (*this)[Role::CuSeqlens])
    for (int64_t i = 0, previous = 0; i < cuSeqlens->shape[0]; ++i) {
      auto value = static_cast<int64_t>(cuSeqlens->load(i));
      if (value < previous || value > getNumTokens())
        return makeError(
            "expected element {0} of 'cu_seqlens' to be from {1} to T "
            "= {2}, got {3}",
            i, previous, getNumTokens(), value);
      previous = value;
    }
  for (auto [indices, state] :
       {std::pair(Role::ReadIndices, Role::InitialState),
        std::pair(Role::WriteIndices, Role::FinalState),
        std::pair(Role::SnapshotIndices, Role::Snapshots)})
    if (const auto &tensor = (*this)[indices])
      for (int64_t n = 0; n < tensor->shape[0]; ++n) {
        auto row = static_cast<int64_t>(tensor->load(n));
        int64_t rows = (*this)[state]->shape[0];
        if (row >= rows)
          return makeError(
              "expected element {0} of '{1}' to be less than {2}, the "
              "number of rows of '{3}', got {4}",
              n, getName(indices), rows, getName(state), row);
      }
  return llvm::Error::success();
}

// Bytes of the first row of a tensor.
static int64_t getRowBytes(const std::optional<TensorView> &tensor) {
  if (!tensor || tensor->shape[0] == 0)
    return 0;
  return tensor->getNumBytes() / tensor->shape[0];
}

int64_t Rule::getStateBytes() const {
  int64_t bytes = 0;
  for (const Sequence &sequence : getSequences()) {
    if (sequence.readRow >= 0)
      bytes += getRowBytes((*this)[Role::InitialState]);
    if (sequence.writeRow >= 0)
      bytes += getRowBytes((*this)[Role::FinalState]);
  }
  auto snapshots = static_cast<int64_t>(getSnapshots().size());
  return bytes + snapshots * getRowBytes((*this)[Role::Snapshots]);
}

int64_t Rule::getMinimumBytes() const {
  int64_t bytes = getStateBytes();
  for (int i = 0; i < numRoles; ++i) {
    auto role = static_cast<Role>(i);
    bool isState = role == Role::InitialState || role == Role::FinalState ||
                   role == Role::Snapshots;
    if (operands[i] && !isState)
      bytes += operands[i]->getNumBytes();
  }
  return bytes;
}
