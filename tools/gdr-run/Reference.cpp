//===- Reference.cpp - the gated delta rule in f64 ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"

#include <cmath>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

StatePool::StatePool(const TensorView &tensor, StateLayout layout) {
  bool kFirst = layout == StateLayout::KFirst;
  heads = tensor.shape[1];
  keyDim = tensor.shape[kFirst ? 2 : 3];
  valueDim = tensor.shape[kFirst ? 3 : 2];
  values.reserve(tensor.getNumElements());
  for (int64_t row = 0; row < tensor.shape[0]; ++row)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t i = 0; i < keyDim; ++i)
        for (int64_t j = 0; j < valueDim; ++j)
          values.push_back(kFirst ? tensor.load({row, h, i, j})
                                  : tensor.load({row, h, j, i}));
}

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

static double softplus(double x) {
  return x > 20 ? x : std::log1p(std::exp(x));
}

namespace {

/// One value head of one sequence.
class HeadReference {
public:
  HeadReference(const Rule &rule, int64_t batch, int64_t head)
      : rule(rule), batch(batch), head(head),
        keyHead(head / (rule.getNumValueHeads() / rule.getNumKeyHeads())) {}

  /// Carries the state S through the tokens [begin, end).
  void run(int64_t begin, int64_t end, std::vector<double> &s, double *o);

private:
  /// The vector of a token in q, k (of the key head) or v.
  std::vector<double> getVector(Role role, int64_t t) const;
  /// Logarithm of the decay of channel i of K.
  double getLogDecay(int64_t t, int64_t i) const;
  double getBeta(int64_t t) const;
  /// A gate parameter, which may be one per head or one per channel.
  double getParameter(Role role, int64_t i, double absent) const;

  const Rule &rule;
  int64_t batch, head, keyHead;
};

} // namespace

std::vector<double> HeadReference::getVector(Role role, int64_t t) const {
  TensorView row =
      rule[role]->getRow({batch, t, role == Role::V ? head : keyHead});
  std::vector<double> x(row.shape[0]);
  double sumOfSquares = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = row.load(i);
    sumOfSquares += x[i] * x[i];
  }
  if (rule.qkL2norm && role != Role::V)
    for (double &element : x)
      element /= std::sqrt(sumOfSquares + rule.l2normEps);
  return x;
}

double HeadReference::getParameter(Role role, int64_t i, double absent) const {
  if (!rule[role])
    return absent;
  return rule[role]->getRank() == 2 ? rule[role]->load({head, i})
                                    : rule[role]->load(head);
}

double HeadReference::getLogDecay(int64_t t, int64_t i) const {
  const std::optional<TensorView> &g = rule[Role::G];
  if (!g)
    return 0;
  double x = g->getRank() == 4 ? g->load({batch, t, head, i})
                               : g->load({batch, t, head});
  double a = std::exp(getParameter(Role::ALog, i, 0));
  double bias = getParameter(Role::DtBias, i, 0);
  switch (rule.gateForm) {
  case GateForm::Log:
    return x;
  case GateForm::Softplus:
    return -a * softplus(x + bias);
  case GateForm::BoundedSigmoid:
    return rule.lowerBound * sigmoid(a * (x + bias));
  }
  llvm_unreachable("unknown gate form");
}

double HeadReference::getBeta(int64_t t) const {
  if (!rule[Role::Beta])
    return 1;
  double beta = rule[Role::Beta]->load({batch, t, head});
  switch (rule.betaForm) {
  case BetaForm::Given:
    return beta;
  case BetaForm::Sigmoid:
    return sigmoid(beta);
  case BetaForm::TwiceSigmoid:
    return 2 * sigmoid(beta);
  }
  llvm_unreachable("unknown beta form");
}

void HeadReference::run(int64_t begin, int64_t end, std::vector<double> &s,
                        double *o) {
  int64_t keyDim = rule.getKeyDim(), valueDim = rule.getValueDim();
  double scale = rule.scale.value_or(1 / std::sqrt(keyDim));
  std::vector<double> d(valueDim);
  for (int64_t t = begin; t < end; ++t) {
    std::vector<double> q = getVector(Role::Q, t), k = getVector(Role::K, t),
                        v = getVector(Role::V, t);
    double beta = getBeta(t);
    // S <- exp(g_t) * S
    for (int64_t i = 0; i < keyDim; ++i) {
      double decay = std::exp(getLogDecay(t, i));
      for (int64_t j = 0; j < valueDim; ++j)
        s[i * valueDim + j] *= decay;
    }
    // d = beta_t * (v_t - S^T k_t)
    d = v;
    for (int64_t i = 0; i < keyDim; ++i)
      for (int64_t j = 0; j < valueDim; ++j)
        d[j] -= s[i * valueDim + j] * k[i];
    for (double &element : d)
      element *= beta;
    // S <- S + k_t d^T
    for (int64_t i = 0; i < keyDim; ++i)
      for (int64_t j = 0; j < valueDim; ++j)
        s[i * valueDim + j] += k[i] * d[j];
    // o_t = scale * S^T q_t
    double *oT =
        o +
        ((batch * rule.getNumTokens() + t) * rule.getNumValueHeads() + head) *
            valueDim;
    for (int64_t i = 0; i < keyDim; ++i)
      for (int64_t j = 0; j < valueDim; ++j)
        oT[j] += scale * s[i * valueDim + j] * q[i];
  }
}

std::vector<double> mlir::gdr::run::computeReference(const Rule &rule,
                                                     const StatePool *initial,
                                                     StatePool *final,
                                                     StatePool *snapshots) {
  int64_t stateSize = rule.getKeyDim() * rule.getValueDim();
  int64_t batches = rule[Role::Q]->shape[0];
  std::vector<double> o(batches * rule.getNumTokens() *
                        rule.getNumValueHeads() * rule.getValueDim());
  SmallVector<Snapshot> stored = rule.getSnapshots();
  for (auto [n, sequence] : llvm::enumerate(rule.getSequences())) {
    if (sequence.isSkipped)
      continue;
    for (int64_t h = 0; h < rule.getNumValueHeads(); ++h) {
      std::vector<double> s(stateSize);
      if (initial && sequence.readRow >= 0)
        std::copy_n(initial->getState(sequence.readRow, h), stateSize,
                    s.begin());
      HeadReference reference(rule, sequence.batch, h);
      int64_t begin = sequence.begin;
      for (const Snapshot &snapshot : stored) {
        if (snapshot.sequence != n || !snapshots)
          continue;
        int64_t end = sequence.begin + snapshot.tokens;
        reference.run(begin, end, s, o.data());
        std::copy_n(s.begin(), stateSize, snapshots->getState(snapshot.row, h));
        begin = end;
      }
      reference.run(begin, sequence.end, s, o.data());
      if (final && sequence.writeRow >= 0)
        std::copy_n(s.begin(), stateSize,
                    final->getState(sequence.writeRow, h));
    }
  }
  return o;
}
