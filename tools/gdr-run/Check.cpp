//===- Check.cpp - compare results with the reference ---------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

// Rounding costs up to 2^-8 of a bf16 number and 2^-11 of an f16 one; of many
// numbers it costs 0.42 of that, of few it may cost more. Of an f32 number it
// costs far less than summation does.
double mlir::gdr::run::getDefaultLimitO(const TensorView &o) {
  double few = 1 + 4 / std::sqrt(static_cast<double>(o.getNumElements()));
  if (o.type == ElementType::BF16)
    return std::min(2e-3 * few, 4e-3);
  return o.type == ElementType::F16 ? std::min(3e-4 * few, 5e-4) : 2e-6;
}

double mlir::gdr::run::getDefaultLimitState(ElementType type,
                                            int64_t numTokens) {
  if (type == ElementType::BF16)
    return 4e-3;
  if (type == ElementType::F16)
    return 5e-4;
  // From 1e-6 up to 64 tokens to 1e-5 from 1000 tokens.
  double share = (static_cast<double>(numTokens) - 64) / (1000 - 64);
  return 1e-6 + 9e-6 * std::clamp(share, 0.0, 1.0);
}

// The state, the differences and what is written are rounded to the operands'
// type in every chunk: a few of its roundings. The most, 0.8 of 2^-7 of bf16
// and half of 2^-9 of f16, was seen with betas up to 2 and no decay.
double mlir::gdr::run::getTensorCoreLimit(ElementType type) {
  return type == ElementType::BF16 ? 0x1p-7 : 0x1p-9;
}

Checker::Checker(const Program &program, const ResolvedRule &resolved)
    : program(program), resolved(resolved), rule(resolved.rule) {
  o.name = getName(Role::O);
  finalState.name = getName(Role::FinalState);
  snapshots.name = getName(Role::Snapshots);
  if (rule[Role::InitialState])
    initialState.emplace(*rule[Role::InitialState], rule.stateLayout);
}

void Checker::expect() {
  if (rule[Role::FinalState])
    referenceState.emplace(*rule[Role::FinalState], rule.stateLayout);
  if (rule.isInPlace())
    referenceState = initialState;
  if (rule[Role::Snapshots])
    referenceSnapshots.emplace(*rule[Role::Snapshots], rule.stateLayout);
  referenceO =
      computeReference(rule, initialState ? &*initialState : nullptr,
                       referenceState ? &*referenceState : nullptr,
                       referenceSnapshots ? &*referenceSnapshots : nullptr);
  memory.clear();
  for (const Argument &argument : program.arguments) {
    std::vector<char> bytes;
    if (argument.isTensor())
      bytes.assign(argument.buffer.getBegin(),
                   argument.buffer.getBegin() +
                       argument.buffer.getTotalBytes());
    memory.push_back(std::move(bytes));
  }
}

// Returns the slot that a tensor's memory belongs to.
static size_t findOwner(const Program &program, const char *data) {
  for (auto [i, argument] : llvm::enumerate(program.arguments)) {
    const Buffer &buffer = argument.buffer;
    if (argument.isTensor() && data >= buffer.getBegin() &&
        data < buffer.getBegin() + buffer.getTotalBytes())
      return i;
  }
  llvm_unreachable("every view is of an argument");
}

void Checker::remember(Role role) {
  size_t slot = findOwner(program, rule[role]->data);
  const Buffer &buffer = program.arguments[slot].buffer;
  memory[slot].assign(buffer.getBegin(),
                      buffer.getBegin() + buffer.getTotalBytes());
}

void Checker::carryState() {
  if (referenceState)
    initialState = referenceState;
}

Checker::Piece Checker::getStatePiece(Role role, size_t sequence,
                                      int64_t row) const {
  TensorView state = rule[role]->getRow(row);
  // The reference is [HV, K, V].
  if (rule.stateLayout == StateLayout::VFirst) {
    std::swap(state.shape[1], state.shape[2]);
    std::swap(state.strides[1], state.strides[2]);
  }
  const auto &reference =
      role == Role::Snapshots ? referenceSnapshots : referenceState;
  return {sequence, state, reference->getState(row, 0)};
}

SmallVector<Checker::Piece> Checker::getPieces(Role role) const {
  SmallVector<Piece> pieces;
  if (!rule[role])
    return pieces;
  const TensorView &tensor = *rule[role];
  if (role == Role::Snapshots)
    for (const Snapshot &snapshot : rule.getSnapshots())
      pieces.push_back(getStatePiece(role, snapshot.sequence, snapshot.row));
  for (auto [n, sequence] : llvm::enumerate(rule.getSequences())) {
    if (role == Role::FinalState && sequence.writeRow >= 0)
      pieces.push_back(getStatePiece(role, n, sequence.writeRow));
    if (role != Role::O || sequence.isSkipped)
      continue;
    TensorView tokens = tensor.getRow(sequence.batch);
    tokens.data = tensor.getAddress({sequence.batch, sequence.begin});
    tokens.shape[0] = sequence.end - sequence.begin;
    pieces.push_back({n, tokens,
                      referenceO.data() +
                          (sequence.batch * tensor.shape[1] + sequence.begin) *
                              tensor.shape[2] * tensor.shape[3]});
  }
  return pieces;
}

// Returns the indices of an element, "[0, 4, 2]", or "" if there is none at
// this address.
static std::string getIndices(const TensorView &tensor, const char *address) {
  std::string text;
  int64_t bytes = getNumBytes(tensor.type), position = 0, found = -1;
  tensor.forEachAddress([&](char *element) {
    if (address >= element && address < element + bytes)
      found = position;
    ++position;
  });
  if (found < 0)
    return text;
  for (int64_t size : llvm::reverse(tensor.shape)) {
    text = std::to_string(found % size) + (text.empty() ? "" : ", ") + text;
    found /= size;
  }
  return "[" + text + "]";
}

// Whether every byte is 0xFF, as a buffer is before the call.
static bool isPoison(const char *element, ElementType type) {
  return llvm::all_of(StringRef(element, getNumBytes(type)),
                      [](char byte) { return byte == '\xFF'; });
}

void Checker::compareOutput(Role role, OutputCheck &check) {
  if (!rule[role])
    return;
  SmallVector<Sequence> sequences = rule.getSequences();
  std::vector<double> errors(sequences.size()), norms(sequences.size());
  const char *firstNan = nullptr;
  for (const Piece &piece : getPieces(role)) {
    const double *reference = piece.reference;
    piece.view.forEachAddress([&](const char *element) {
      double x = loadElement(piece.view.type, element);
      if (std::isnan(x) && !firstNan)
        firstNan = element;
      errors[piece.sequence] += (x - *reference) * (x - *reference);
      norms[piece.sequence] += *reference * *reference;
      ++reference;
    });
  }
  if (firstNan && check.problem.empty())
    check.problem =
        "element " + getIndices(*rule[role], firstNan) +
        (isPoison(firstNan, rule[role]->type) ? " was not written" : " is NaN");
  auto getRelative = [](double error, double norm) {
    return error == 0 ? 0 : std::sqrt(error / norm);
  };
  double error = 0, norm = 0;
  for (auto [sequenceError, sequenceNorm] : llvm::zip(errors, norms)) {
    error += sequenceError;
    norm += sequenceNorm;
  }
  double relative = getRelative(error, norm);
  // NaN is worse than any error.
  if (role != Role::O || !(relative <= check.error))
    check.error = relative;
  if (check.isOk() || !rule[Role::CuSeqlens] || !check.details.empty())
    return;
  for (auto [n, sequence] : llvm::enumerate(sequences))
    if (double own = getRelative(errors[n], norms[n]); !(own <= check.limit))
      check.details.push_back(
          llvm::formatv("sequence {0} (tokens {1} to {2}): {3:e1}", n,
                        sequence.begin, sequence.end, own)
              .str());
}

// Expects one tensor to hold what another one held before the call.
void Checker::expectCopy(const TensorView &from, const TensorView &to) {
  if (from.getNumElements() == 0)
    return;
  auto getMemory = [&](const char *address) {
    size_t slot = findOwner(program, address);
    return memory[slot].data() +
           (address - program.arguments[slot].buffer.getBegin());
  };
  int64_t bytes = getNumBytes(from.type);
  SmallVector<const char *> sources;
  from.forEachAddress(
      [&](const char *element) { sources.push_back(getMemory(element)); });
  auto *next = sources.begin();
  to.forEachAddress([&](const char *element) {
    std::memcpy(getMemory(element), *next++, bytes);
  });
}

// Takes over what the call had to write, and compares the rest.
void Checker::verifyMemory() {
  auto accept = [&](const TensorView &view) {
    if (view.getNumElements() == 0)
      return;
    size_t slot = findOwner(program, view.data);
    const char *begin = program.arguments[slot].buffer.getBegin();
    int64_t bytes = getNumBytes(view.type);
    view.forEachAddress([&](char *element) {
      std::memcpy(memory[slot].data() + (element - begin), element, bytes);
    });
  };
  for (auto [role, init] :
       {std::pair(Role::O, &resolved.oInit),
        std::pair(Role::FinalState, &resolved.finalStateInit),
        std::pair(Role::Snapshots, &resolved.snapshotsInit)}) {
    if (!rule[role])
      continue;
    // What the op does not write is what the init held, if that is known.
    if (!*init)
      accept(*rule[role]);
    else if ((*init)->data != rule[role]->data)
      expectCopy(**init, *rule[role]);
    for (const Piece &piece : getPieces(role))
      accept(piece.view);
  }
  for (auto [argument, before] : llvm::zip(program.arguments, memory)) {
    const Buffer &buffer = argument.buffer;
    if (!argument.isTensor() || !memoryProblem.empty())
      continue;
    const char *after = buffer.getBegin();
    auto difference = std::mismatch(before.begin(), before.end(), after);
    if (difference.first == before.end())
      continue;
    std::string indices = getIndices(argument.view, difference.second);
    memoryProblem = indices.empty()
                        ? "the call wrote outside of the elements of '" +
                              argument.name + "'"
                        : "the call changed element " + indices + " of '" +
                              argument.name +
                              "', which has to keep its contents";
  }
}

void Checker::compare() {
  compareOutput(Role::O, o);
  compareOutput(Role::FinalState, finalState);
  compareOutput(Role::Snapshots, snapshots);
  verifyMemory();
}
