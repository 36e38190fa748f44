//===- ReferenceTest.cpp - tests of the reference -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuleTest.h"

#include <cmath>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

namespace {

struct Results {
  std::vector<double> o, state;
};

} // namespace

static Results compute(const Rule &rule) {
  std::optional<StatePool> initial, final;
  if (rule[Role::InitialState])
    initial.emplace(*rule[Role::InitialState], rule.stateLayout);
  if (rule[Role::FinalState])
    final.emplace(*rule[Role::FinalState], rule.stateLayout);
  std::vector<double> o = computeReference(rule, initial ? &*initial : nullptr,
                                           final ? &*final : nullptr);
  return {o, final ? final->values : std::vector<double>()};
}

// K = V = 1, two tokens.
static OwnedRule getScalarRule() {
  OwnedRule rule;
  rule.scale = 0.5;
  rule.add(Role::Q, ElementType::F32, {1, 2, 1, 1}, {2, 4});
  rule.add(Role::K, ElementType::F32, {1, 2, 1, 1}, {0.5, -1});
  rule.add(Role::V, ElementType::F32, {1, 2, 1, 1}, {3, 5});
  rule.add(Role::O, ElementType::F32, {1, 2, 1, 1});
  rule[Role::FinalState] =
      rule.add(Role::InitialState, ElementType::F32, {1, 1, 1, 1}, {8});
  return rule;
}

TEST(Reference, ByHand) {
  OwnedRule rule = getScalarRule();
  double g[] = {std::log(0.5), std::log(0.25)};
  rule.add(Role::G, ElementType::F64, {1, 2, 1}, g);
  rule.add(Role::Beta, ElementType::F32, {1, 2, 1}, {1, 0.5});
  // S = 8 / 2 = 4, d = 3 - 4 * 0.5 = 1, S = 4 + 0.5 = 4.5, o = 0.5 * 4.5 * 2.
  // S = 4.5 / 4 = 1.125, d = 0.5 * (5 + 1.125) = 3.0625, S = 1.125 - 3.0625 =
  // -1.9375, o = 0.5 * -1.9375 * 4.
  Results results = compute(rule);
  EXPECT_DOUBLE_EQ(results.o[0], 4.5);
  EXPECT_DOUBLE_EQ(results.o[1], -3.875);
  EXPECT_DOUBLE_EQ(results.state[0], -1.9375);
}

TEST(Reference, WithoutOptionalOperands) {
  OwnedRule rule = getScalarRule();
  rule[Role::InitialState].reset();
  rule[Role::FinalState].reset();
  // S = 0, d = 3, S = 1.5; d = 5 + 1.5, S = 1.5 - 6.5.
  Results results = compute(rule);
  EXPECT_DOUBLE_EQ(results.o[0], 1.5);
  EXPECT_DOUBLE_EQ(results.o[1], -10);
  EXPECT_TRUE(results.state.empty());
}

TEST(Reference, InfiniteDecayForgetsTheState) {
  OwnedRule rule = getScalarRule();
  double g[] = {-HUGE_VAL, 0};
  rule.add(Role::G, ElementType::F32, {1, 2, 1}, g);
  Results results = compute(rule);
  EXPECT_DOUBLE_EQ(results.o[0], 1.5);
  EXPECT_DOUBLE_EQ(results.o[1], -10);
}

TEST(Reference, GateForms) {
  OwnedRule rule = getScalarRule();
  rule.add(Role::ALog, ElementType::F32, {1}, {0.5});
  rule.add(Role::DtBias, ElementType::F32, {1}, {0.25});
  rule.add(Role::G, ElementType::F32, {1, 2, 1}, {1, 30});
  auto expectLike = [&](double g0, double g1) {
    OwnedRule log = getScalarRule();
    log.add(Role::G, ElementType::F64, {1, 2, 1}, {g0, g1});
    Results expected = compute(log), results = compute(rule);
    EXPECT_NEAR(results.o[0], expected.o[0], 1e-12);
    EXPECT_NEAR(results.o[1], expected.o[1], 1e-12);
  };
  double a = std::exp(0.5);
  rule.gateForm = GateForm::Softplus;
  expectLike(-a * std::log(1 + std::exp(1.25)), -a * 30.25);
  rule.gateForm = GateForm::BoundedSigmoid;
  rule.lowerBound = -5;
  expectLike(-5 / (1 + std::exp(-a * 1.25)), -5);
  rule[Role::DtBias].reset();
  expectLike(-5 / (1 + std::exp(-a)), -5);
}

TEST(Reference, BetaForms) {
  OwnedRule rule = getScalarRule();
  rule.add(Role::Beta, ElementType::F32, {1, 2, 1}, {0, 0});
  rule.betaForm = BetaForm::Sigmoid;
  // S = 8, d = 0.5 * (3 - 4), S = 7.75.
  EXPECT_DOUBLE_EQ(compute(rule).o[0], 7.75);
  rule.betaForm = BetaForm::TwiceSigmoid;
  EXPECT_DOUBLE_EQ(compute(rule).o[0], 7.5);
}

TEST(Reference, NormalizesQAndK) {
  OwnedRule rule;
  rule.addAll(1, 2, 1, 1, 3, 2);
  rule.qkL2norm = true;
  rule.l2normEps = 0.25;
  ASSERT_FALSE(fillInputs(rule, {}));
  std::vector<double> expected = compute(rule).o;
  for (Role role : {Role::Q, Role::K})
    for (int64_t t = 0; t < 2; ++t) {
      TensorView row = rule[role]->getRow({0, t, 0});
      double sum = 0.25;
      for (int64_t i = 0; i < 3; ++i)
        sum += row.load(i) * row.load(i);
      for (int64_t i = 0; i < 3; ++i)
        row.store(i, row.load(i) / std::sqrt(sum));
    }
  rule.qkL2norm = false;
  std::vector<double> results = compute(rule).o;
  for (size_t i = 0; i < results.size(); ++i)
    EXPECT_NEAR(results[i], expected[i], 1e-6);
}

TEST(Reference, ValueHeadsShareAKeyHeadInBlocks) {
  // HV / HK = 3: value heads 0 to 2 take key head 0, the others key head 1.
  OwnedRule rule;
  rule.add(Role::Q, ElementType::F32, {1, 1, 2, 1}, {1, 10});
  rule.add(Role::K, ElementType::F32, {1, 1, 2, 1}, {1, 2});
  rule.add(Role::V, ElementType::F32, {1, 1, 6, 1}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(compute(rule).o,
            std::vector<double>({1, 2, 3, 4 * 20, 5 * 20, 6 * 20}));
}

TEST(Reference, DefaultScale) {
  OwnedRule rule;
  rule.add(Role::Q, ElementType::F32, {1, 1, 1, 4}, {1, 0, 0, 0});
  rule.add(Role::K, ElementType::F32, {1, 1, 1, 4}, {1, 0, 0, 0});
  rule.add(Role::V, ElementType::F32, {1, 1, 1, 1}, {3});
  EXPECT_EQ(compute(rule).o, std::vector<double>({1.5}));
}

TEST(Reference, LayoutsAgree) {
  OwnedRule kFirst, vFirst;
  vFirst.stateLayout = StateLayout::VFirst;
  for (OwnedRule *rule : {&kFirst, &vFirst}) {
    rule->addAll(2, 3, 1, 2, 3, 5);
    ASSERT_FALSE(fillInputs(*rule, {}));
  }
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t h = 0; h < 2; ++h)
      for (int64_t i = 0; i < 3; ++i)
        for (int64_t j = 0; j < 5; ++j)
          vFirst[Role::InitialState]->store(
              {n, h, j, i}, kFirst[Role::InitialState]->load({n, h, i, j}));
  Results a = compute(kFirst), b = compute(vFirst);
  EXPECT_EQ(a.o, b.o);
  EXPECT_EQ(a.state, b.state);
}

TEST(Reference, PerChannelGateOfEqualChannels) {
  OwnedRule perHead, perChannel;
  for (OwnedRule *rule : {&perHead, &perChannel}) {
    rule->addAll(1, 3, 1, 2, 4, 3);
    ASSERT_FALSE(fillInputs(*rule, {}));
  }
  perChannel.add(Role::G, ElementType::F32, {1, 3, 2, 4});
  for (int64_t t = 0; t < 3; ++t)
    for (int64_t h = 0; h < 2; ++h)
      for (int64_t i = 0; i < 4; ++i)
        perChannel[Role::G]->store({0, t, h, i},
                                   perHead[Role::G]->load({0, t, h}));
  EXPECT_EQ(compute(perHead).state, compute(perChannel).state);
  // Another decay of channel 2 changes row 2 of S alone in the first token.
  perChannel[Role::G]->store({0, 0, 1, 2}, -1000);
  EXPECT_NE(compute(perHead).state, compute(perChannel).state);
}

TEST(Reference, PackedSequencesAreIndependent) {
  OwnedRule packed;
  packed.addAll(1, 6, 1, 1, 2, 2);
  packed.add(Role::CuSeqlens, ElementType::I32, {4}, {0, 4, 4, 6});
  packed[Role::FinalState] =
      packed.add(Role::InitialState, ElementType::F32, {3, 1, 2, 2});
  packed.add(Role::CuSeqlens, ElementType::I32, {4}, {0, 4, 4, 6});
  InputOptions options;
  fillActivations(packed, options);
  packed[Role::InitialState]->forEachAddress(
      [](char *element) { storeElement(ElementType::F32, element, 1); });
  Results all = compute(packed);
  // The second one has no tokens: its state passes through.
  for (int64_t i = 4; i < 8; ++i)
    EXPECT_EQ(all.state[i], 1);
  // The third one alone.
  packed.add(Role::CuSeqlens, ElementType::I32, {2}, {4, 6});
  Results last = compute(packed);
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(last.state[i], all.state[8 + i]);
    EXPECT_EQ(last.o[8 + i], all.o[8 + i]);
  }
}

TEST(Reference, RowsOfAPool) {
  OwnedRule rule = getScalarRule();
  rule[Role::FinalState] = rule.add(Role::InitialState, ElementType::F32,
                                    {3, 1, 1, 1}, {8, 80, 800});
  rule.add(Role::ReadIndices, ElementType::I64, {1}, {0});
  rule.add(Role::WriteIndices, ElementType::I64, {1}, {2});
  Results moved = compute(rule);
  EXPECT_EQ(moved.state[0], 8);
  EXPECT_EQ(moved.state[1], 80);
  EXPECT_EQ(moved.state[2], compute(getScalarRule()).state[0]);
  // From zero, and not stored.
  rule.add(Role::ReadIndices, ElementType::I64, {1}, {-7});
  EXPECT_EQ(compute(rule).o[0], 1.5);
  rule.add(Role::ReadIndices, ElementType::I64, {1}, {0});
  rule.add(Role::WriteIndices, ElementType::I64, {1}, {-1});
  Results read = compute(rule);
  EXPECT_EQ(read.o, moved.o);
  EXPECT_EQ(read.state, std::vector<double>({8, 80, 800}));
  // Neither: the sequence is skipped.
  rule.add(Role::ReadIndices, ElementType::I64, {1}, {-1});
  EXPECT_TRUE(rule.getSequences()[0].isSkipped);
  EXPECT_EQ(compute(rule).o, std::vector<double>({0, 0}));
}

// The state after every second of five tokens and the first of three.
TEST(Reference, SnapshotsAreStatesAfterSoManyTokens) {
  OwnedRule rule;
  rule.addAll(1, 8, 1, 2, 3, 2);
  rule.add(Role::CuSeqlens, ElementType::I32, {3}, {0, 5, 8});
  rule[Role::FinalState] = rule.add(Role::InitialState, ElementType::F32,
                                    {2, 2, 3, 2}, std::vector<double>(24, 1));
  InputOptions options;
  fillActivations(rule, options);
  rule.snapshotEvery = 2;
  rule.add(Role::Snapshots, ElementType::F32, {4, 2, 3, 2},
           std::vector<double>(48, 7));
  // Number floor(5 / 2) is the first one of the second sequence; there is no
  // number 3.
  rule.add(Role::SnapshotIndices, ElementType::I64, {4}, {3, -1, 1, 0});
  SmallVector<Snapshot> stored = rule.getSnapshots();
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[0].tokens, 2);
  EXPECT_EQ(stored[0].row, 3);
  EXPECT_EQ(stored[1].sequence, 1u);
  EXPECT_EQ(stored[1].row, 1);
  StatePool initial(*rule[Role::InitialState], rule.stateLayout);
  StatePool final = initial,
            snapshots(*rule[Role::Snapshots], rule.stateLayout);
  std::vector<double> o = computeReference(rule, &initial, &final, &snapshots);
  Results whole = compute(rule);
  EXPECT_EQ(o, whole.o);
  EXPECT_EQ(final.values, whole.state);
  // As the final states of the first two tokens of each.
  for (auto [begin, row] : {std::pair(0, 3), std::pair(5, 1)}) {
    OwnedRule part;
    for (Role role : {Role::Q, Role::K, Role::V, Role::G, Role::Beta, Role::O})
      part[role] = rule[role];
    part[Role::FinalState] = part.add(Role::InitialState, ElementType::F32,
                                      {1, 2, 3, 2}, std::vector<double>(12, 1));
    part.add(Role::CuSeqlens, ElementType::I32, {2},
             {double(begin), double(begin + 2)});
    std::vector<double> state = compute(part).state;
    for (size_t i = 0; i < state.size(); ++i)
      EXPECT_EQ(snapshots.getState(row, 0)[i], state[i]);
  }
  // Rows without a snapshot keep what they held.
  for (int64_t i = 0; i < 12; ++i)
    EXPECT_EQ(snapshots.getState(0, 0)[i], 7);
}

TEST(Reference, SnapshotsOfABatch) {
  OwnedRule rule;
  rule.addAll(2, 5, 1, 1, 1, 1);
  rule.snapshotEvery = 2;
  rule.add(Role::Snapshots, ElementType::F32, {9, 1, 1, 1});
  rule.add(Role::SnapshotIndices, ElementType::I32, {4}, {0, 1, 2, 3});
  SmallVector<Snapshot> stored = rule.getSnapshots();
  EXPECT_EQ(rule.getMaxSnapshots(), 4);
  ASSERT_EQ(stored.size(), 4u);
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(stored[i].sequence, size_t(i / 2));
    EXPECT_EQ(stored[i].tokens, 2 * (i % 2 + 1));
    EXPECT_EQ(stored[i].row, i);
  }
  // Beyond the indices nothing is stored.
  rule.add(Role::SnapshotIndices, ElementType::I32, {3}, {0, 1, 2});
  EXPECT_EQ(rule.getSnapshots().size(), 3u);
}
