//===- Inputs.cpp - random operands of a gated delta rule -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"

#include "Error.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

// Of an initial state, in which tokens of norm 1 have been stored.
static constexpr double stateDeviation = 0.3;

// A_log is the logarithm of a number in [1, 16), as a layer is initialized.
static constexpr double maxDecayRate = 16;

// A gate that decays to nothing, but not to zero.
static constexpr double strongLogDecay = -70;

RandomNumbers::RandomNumbers(uint64_t seed, uint64_t stream)
    : engine(seed * 64 + stream) {}

double RandomNumbers::getUniform() {
  return std::ldexp(static_cast<double>(engine() >> 11), -53);
}

// Box and Muller's method.
double RandomNumbers::getNormal() {
  double radius = std::sqrt(-2 * std::log(1 - getUniform()));
  return radius * std::cos(2 * llvm::numbers::pi * getUniform());
}

int64_t RandomNumbers::getIndex(int64_t bound) {
  return static_cast<int64_t>(getUniform() * static_cast<double>(bound));
}

std::vector<int64_t> RandomNumbers::getPermutation(int64_t size) {
  std::vector<int64_t> permutation(size);
  std::iota(permutation.begin(), permutation.end(), 0);
  for (int64_t i = size - 1; i > 0; --i)
    std::swap(permutation[i], permutation[getIndex(i + 1)]);
  return permutation;
}

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

static void fill(const TensorView &tensor, function_ref<double()> getValue) {
  tensor.forEachAddress(
      [&](char *element) { storeElement(tensor.type, element, getValue()); });
}

namespace {

class InputGenerator {
public:
  InputGenerator(const Rule &rule, const InputOptions &options)
      : rule(rule), options(options) {}

  void fillRandom(Role role);
  void fillGate();
  void fillCuSeqlens();
  llvm::Error fillIndices();
  llvm::Error fillSnapshotIndices();

private:
  RandomNumbers getNumbers(Role role) const {
    return RandomNumbers(options.seed, static_cast<uint64_t>(role));
  }
  double getValue(Role role, RandomNumbers &numbers) const;
  double getExtremeGate() const;
  void storeIndices(Role role, ArrayRef<int64_t> rows) const;

  const Rule &rule;
  const InputOptions &options;
};

} // namespace

double InputGenerator::getValue(Role role, RandomNumbers &numbers) const {
  switch (role) {
  case Role::Beta: {
    double x = numbers.getNormal();
    return rule.betaForm == BetaForm::Given ? options.maxBeta * sigmoid(x) : x;
  }
  case Role::G: {
    double x = numbers.getNormal();
    return rule.gateForm == GateForm::Log ? std::log(sigmoid(x)) : x;
  }
  case Role::ALog:
    return numbers.getUniform() * std::log(maxDecayRate);
  case Role::InitialState:
  case Role::FinalState:
  case Role::Snapshots:
    return stateDeviation * numbers.getNormal();
  default:
    return numbers.getNormal();
  }
}

void InputGenerator::fillRandom(Role role) {
  if (!rule[role])
    return;
  RandomNumbers numbers = getNumbers(role);
  const TensorView &tensor = *rule[role];
  bool isNormalized = (role == Role::Q || role == Role::K) && !rule.qkL2norm;
  if (!isNormalized)
    return fill(tensor, [&] { return getValue(role, numbers); });
  std::vector<double> row(rule.getKeyDim());
  for (int64_t b = 0; b < tensor.shape[0]; ++b)
    for (int64_t t = 0; t < tensor.shape[1]; ++t)
      for (int64_t h = 0; h < tensor.shape[2]; ++h) {
        double sumOfSquares = 0;
        for (double &x : row) {
          x = numbers.getNormal();
          sumOfSquares += x * x;
        }
        auto next = row.begin();
        fill(tensor.getRow({b, t, h}),
             [&] { return *next++ / std::sqrt(sumOfSquares); });
      }
}

// The value of g that gives the log decay that the options ask for.
double InputGenerator::getExtremeGate() const {
  bool isZero = options.gates == Gates::Zero;
  bool isInfinite = options.gates == Gates::MinusInfinity;
  switch (rule.gateForm) {
  case GateForm::Log:
    return isZero ? 0 : isInfinite ? -HUGE_VAL : strongLogDecay;
  case GateForm::Softplus:
    return isZero ? -200 : isInfinite ? HUGE_VAL : -strongLogDecay;
  case GateForm::BoundedSigmoid:
    // The bound, or next to nothing.
    return isZero ? -200 : 200;
  }
  llvm_unreachable("unknown gate form");
}

void InputGenerator::fillGate() {
  fillRandom(Role::G);
  if (!rule[Role::G] || options.gates == Gates::Random)
    return;
  RandomNumbers numbers = getNumbers(Role::G);
  double extreme = getExtremeGate();
  double share = options.gates == Gates::MinusInfinity ? 0.5 : 1;
  const TensorView &g = *rule[Role::G];
  g.forEachAddress([&](char *element) {
    if (numbers.getUniform() < share)
      storeElement(g.type, element, extreme);
  });
}

void InputGenerator::fillCuSeqlens() {
  if (!rule[Role::CuSeqlens])
    return;
  RandomNumbers numbers = getNumbers(Role::CuSeqlens);
  int64_t n = rule[Role::CuSeqlens]->shape[0] - 1;
  std::vector<int64_t> cuts(std::max<int64_t>(n - 1, 0));
  for (int64_t &cut : cuts)
    cut = numbers.getIndex(rule.getNumTokens() + 1);
  llvm::sort(cuts);
  cuts.insert(cuts.begin(), 0);
  if (n > 0)
    cuts.push_back(rule.getNumTokens());
  // A sequence without tokens in the middle.
  if (n >= 3)
    cuts[2] = cuts[1];
  storeIndices(Role::CuSeqlens, cuts);
}

void InputGenerator::storeIndices(Role role, ArrayRef<int64_t> rows) const {
  if (rule[role])
    for (auto [n, row] : llvm::enumerate(rows))
      rule[role]->store(n, static_cast<double>(row));
}

// Distinct rows, as a row that two sequences write would be a race. In a pool
// that is read and written, a sequence writes the row that it reads or one that
// no other reads.
llvm::Error InputGenerator::fillIndices() {
  int64_t n = rule.getNumSequences();
  std::vector<int64_t> rows[2];
  for (auto [role, state, result] :
       {std::tuple(Role::ReadIndices, Role::InitialState, &rows[0]),
        std::tuple(Role::WriteIndices, Role::FinalState, &rows[1])}) {
    if (!rule[role])
      continue;
    int64_t poolSize = rule[state]->shape[0];
    if (poolSize < n)
      return makeError("expected '{0}' to have at least {1} rows, one for each "
                       "sequence, got {2}",
                       getName(state), n, poolSize);
    *result = getNumbers(role).getPermutation(poolSize);
  }
  auto &[read, written] = rows;
  if (rule[Role::ReadIndices] && rule[Role::WriteIndices] && rule.isInPlace()) {
    written = read;
    // Every second sequence moves to a spare row.
    for (int64_t i = 0, spare = n; i < n && spare < int64_t(read.size());
         i += 2, ++spare)
      written[i] = read[spare];
  }
  for (std::vector<int64_t> &list : rows)
    list.resize(std::min<size_t>(list.size(), n));
  if (n >= 4) {
    if (!read.empty())
      read[1] = -1;
    if (!written.empty())
      written[2] = -1;
  }
  // One sequence that is skipped.
  if (n >= 5 && !read.empty() && !written.empty())
    read[4] = written[4] = -1;
  storeIndices(Role::ReadIndices, read);
  // The same tensor may serve as both.
  bool isShared =
      rule[Role::ReadIndices] && rule[Role::WriteIndices] &&
      rule[Role::ReadIndices]->data == rule[Role::WriteIndices]->data;
  if (!isShared)
    storeIndices(Role::WriteIndices, written);
  return llvm::Error::success();
}

// Distinct rows that no sequence reads or writes as its state, and every fourth
// negative.
llvm::Error InputGenerator::fillSnapshotIndices() {
  if (!rule[Role::SnapshotIndices])
    return llvm::Error::success();
  const TensorView &pool = *rule[Role::Snapshots];
  int64_t count = rule[Role::SnapshotIndices]->shape[0];
  int64_t most = rule.getMaxSnapshots();
  if (count < most)
    return makeError("expected 'snapshot_indices' to have at least {0} "
                     "elements, one for each snapshot, got {1}",
                     most, count);
  std::vector<int64_t> rows =
      getNumbers(Role::SnapshotIndices).getPermutation(pool.shape[0]);
  auto eraseIfIn = [&](Role state, int64_t row) {
    if (rule[state] && rule[state]->data == pool.data)
      llvm::erase(rows, row);
  };
  for (const Sequence &sequence : rule.getSequences()) {
    eraseIfIn(Role::InitialState, sequence.readRow);
    eraseIfIn(Role::FinalState, sequence.writeRow);
  }
  if (static_cast<int64_t>(rows.size()) < most)
    return makeError("expected 'snapshots' to have at least {0} rows, one for "
                     "each snapshot and those that are states, got {1}",
                     most + pool.shape[0] - static_cast<int64_t>(rows.size()),
                     pool.shape[0]);
  rows.resize(count, -1);
  for (int64_t i = 1; i < count; i += 4)
    rows[i] = -1;
  storeIndices(Role::SnapshotIndices, rows);
  return llvm::Error::success();
}

void mlir::gdr::run::fillActivations(const Rule &rule,
                                     const InputOptions &options) {
  InputGenerator generator(rule, options);
  for (Role role : {Role::Q, Role::K, Role::V, Role::Beta})
    generator.fillRandom(role);
  generator.fillGate();
}

llvm::Error mlir::gdr::run::fillInputs(const Rule &rule,
                                       const InputOptions &options) {
  fillActivations(rule, options);
  InputGenerator generator(rule, options);
  for (Role role : {Role::ALog, Role::DtBias, Role::InitialState})
    generator.fillRandom(role);
  generator.fillCuSeqlens();
  if (llvm::Error error = generator.fillIndices())
    return error;
  return generator.fillSnapshotIndices();
}

void mlir::gdr::run::prepareOutputs(const Rule &rule,
                                    const InputOptions &options) {
  InputGenerator generator(rule, options);
  bool hasOwnState = rule[Role::FinalState] && !rule.isInPlace();
  if (rule[Role::O])
    generator.fillRandom(Role::O);
  if (hasOwnState)
    generator.fillRandom(Role::FinalState);
  auto isIn = [&](Role state) {
    return rule[state] && rule[state]->data == rule[Role::Snapshots]->data;
  };
  if (rule[Role::Snapshots] && !isIn(Role::InitialState) &&
      !isIn(Role::FinalState))
    generator.fillRandom(Role::Snapshots);
  for (const Snapshot &snapshot : rule.getSnapshots())
    rule[Role::Snapshots]->getRow(snapshot.row).poison();
  for (const Sequence &sequence : rule.getSequences()) {
    if (rule[Role::O] && !sequence.isSkipped)
      for (int64_t t = sequence.begin; t < sequence.end; ++t)
        rule[Role::O]->getRow({sequence.batch, t}).poison();
    if (hasOwnState && sequence.writeRow >= 0)
      rule[Role::FinalState]->getRow(sequence.writeRow).poison();
  }
}
