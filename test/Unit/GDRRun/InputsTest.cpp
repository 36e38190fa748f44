//===- InputsTest.cpp - tests of random operands --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuleTest.h"

#include <cmath>
#include <set>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

static std::vector<double> getValues(const TensorView &view) {
  std::vector<double> values;
  view.forEachAddress([&](const char *element) {
    values.push_back(loadElement(view.type, element));
  });
  return values;
}

static std::vector<double> getValues(const Rule &rule, Role role) {
  return getValues(*rule[role]);
}

TEST(Inputs, NormalNumbersAreNormal) {
  RandomNumbers numbers(/*seed=*/0, /*stream=*/0);
  double sum = 0, sumOfSquares = 0;
  constexpr int count = 100000;
  for (int i = 0; i < count; ++i) {
    double x = numbers.getNormal();
    sum += x;
    sumOfSquares += x * x;
  }
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(sumOfSquares / count, 1, 0.02);
}

TEST(Inputs, SeedsAndOperandsDiffer) {
  OwnedRule a, b, c;
  for (OwnedRule *rule : {&a, &b, &c})
    rule->addAll(2, 3, 2, 2, 4, 4);
  // One operand less changes no other.
  b[Role::Beta].reset();
  ASSERT_FALSE(fillInputs(a, {/*seed=*/1}));
  ASSERT_FALSE(fillInputs(b, {/*seed=*/1}));
  ASSERT_FALSE(fillInputs(c, {/*seed=*/2}));
  EXPECT_EQ(getValues(a, Role::Q), getValues(b, Role::Q));
  EXPECT_EQ(getValues(a, Role::InitialState), getValues(b, Role::InitialState));
  EXPECT_NE(getValues(a, Role::Q), getValues(c, Role::Q));
  EXPECT_NE(getValues(a, Role::Q), getValues(a, Role::K));
}

TEST(Inputs, VectorsAreNormalizedUnlessTheRuleDoesIt) {
  for (bool qkL2norm : {false, true}) {
    OwnedRule rule;
    rule.addAll(1, 2, 1, 1, 64, 2);
    rule.qkL2norm = qkL2norm;
    ASSERT_FALSE(fillInputs(rule, {}));
    double sumOfSquares = 0;
    for (double x : getValues(rule[Role::Q]->getRow({0, 1, 0})))
      sumOfSquares += x * x;
    if (qkL2norm)
      EXPECT_GT(sumOfSquares, 20);
    else
      EXPECT_NEAR(sumOfSquares, 1, 1e-6);
  }
}

TEST(Inputs, GatesAndBetasHaveTheirRange) {
  OwnedRule rule;
  rule.addAll(2, 50, 1, 2, 2, 2);
  ASSERT_FALSE(fillInputs(rule, {/*seed=*/0, Gates::Random, /*maxBeta=*/2}));
  for (double g : getValues(rule, Role::G))
    EXPECT_LT(g, 0);
  double largest = 0;
  for (double beta : getValues(rule, Role::Beta)) {
    EXPECT_GT(beta, 0);
    EXPECT_LT(beta, 2);
    largest = std::max(largest, beta);
  }
  EXPECT_GT(largest, 1.5);
}

TEST(Inputs, ExtremeGates) {
  OwnedRule rule;
  rule.addAll(1, 100, 1, 1, 2, 2);
  ASSERT_FALSE(fillInputs(rule, {/*seed=*/0, Gates::Zero}));
  for (double g : getValues(rule, Role::G))
    EXPECT_EQ(g, 0);
  ASSERT_FALSE(fillInputs(rule, {/*seed=*/0, Gates::Strong}));
  for (double g : getValues(rule, Role::G))
    EXPECT_EQ(g, -70);
  ASSERT_FALSE(fillInputs(rule, {/*seed=*/0, Gates::MinusInfinity}));
  int count = 0;
  for (double g : getValues(rule, Role::G))
    count += std::isinf(g);
  EXPECT_GT(count, 20);
  EXPECT_LT(count, 80);
}

TEST(Inputs, PartitionHasAnEmptySequence) {
  OwnedRule rule;
  rule.addAll(1, 20, 1, 1, 2, 2);
  rule.add(Role::CuSeqlens, ElementType::I64, {5});
  ASSERT_FALSE(fillInputs(rule, {}));
  ASSERT_FALSE(rule.verifyIndices());
  std::vector<double> cuts = getValues(rule, Role::CuSeqlens);
  EXPECT_EQ(cuts.front(), 0);
  EXPECT_EQ(cuts.back(), 20);
  EXPECT_EQ(cuts[1], cuts[2]);
}

// A pool of P rows for N sequences, with separate indices.
static OwnedRule getPoolRule(int64_t n, int64_t p, bool isInPlace) {
  OwnedRule rule;
  rule.addAll(n, 2, 1, 1, 2, 2);
  rule.add(Role::InitialState, ElementType::F32, {p, 1, 2, 2});
  rule[Role::FinalState] = rule[Role::InitialState];
  if (!isInPlace)
    rule.add(Role::FinalState, ElementType::F32, {p, 1, 2, 2});
  rule.add(Role::ReadIndices, ElementType::I32, {n});
  rule.add(Role::WriteIndices, ElementType::I32, {n});
  return rule;
}

TEST(Inputs, RowsOfAPoolDoNotRace) {
  for (bool isInPlace : {false, true})
    for (int64_t n = 1; n < 9; ++n)
      for (int64_t spare = 0; spare < 5; ++spare) {
        OwnedRule rule = getPoolRule(n, n + spare, isInPlace);
        ASSERT_FALSE(fillInputs(rule, {}));
        ASSERT_FALSE(rule.verifyIndices());
        std::set<int64_t> written, read;
        int skipped = 0;
        for (const Sequence &sequence : rule.getSequences()) {
          skipped += sequence.isSkipped;
          if (sequence.writeRow >= 0)
            EXPECT_TRUE(written.insert(sequence.writeRow).second);
          if (sequence.readRow >= 0 && sequence.readRow != sequence.writeRow)
            read.insert(sequence.readRow);
        }
        EXPECT_EQ(skipped, n >= 5);
        for (int64_t row : read)
          EXPECT_FALSE(isInPlace && written.count(row));
      }
}

TEST(Inputs, PoolThatIsTooSmall) {
  OwnedRule rule = getPoolRule(3, 2, /*isInPlace=*/true);
  EXPECT_EQ(llvm::toString(fillInputs(rule, {})),
            "expected 'initial_state' to have at least 3 rows, one for each "
            "sequence, got 2");
}

TEST(Inputs, IndicesOutsideOfTheirRange) {
  OwnedRule rule = getPoolRule(2, 3, /*isInPlace=*/true);
  rule.add(Role::ReadIndices, ElementType::I32, {2}, {-5, 3});
  EXPECT_EQ(llvm::toString(rule.verifyIndices()),
            "expected element 1 of 'read_indices' to be less than 3, the "
            "number of rows of 'initial_state', got 3");
  OwnedRule packed;
  packed.addAll(1, 4, 1, 1, 2, 2);
  packed.add(Role::CuSeqlens, ElementType::I32, {3}, {0, 5, 4});
  EXPECT_EQ(llvm::toString(packed.verifyIndices()),
            "expected element 1 of 'cu_seqlens' to be from 0 to T = 4, got 5");
}

TEST(Inputs, PoisonsWhatIsWrittenAndKeepsTheRest) {
  OwnedRule rule = getPoolRule(2, 3, /*isInPlace=*/false);
  rule.add(Role::ReadIndices, ElementType::I32, {2}, {0, -1});
  rule.add(Role::WriteIndices, ElementType::I32, {2}, {1, -1});
  prepareOutputs(rule, {});
  // Sequence 1 is skipped.
  for (int64_t n = 0; n < 2; ++n)
    EXPECT_EQ(std::isnan(rule[Role::O]->load({n, 1, 0, 1})), n == 0);
  for (int64_t row = 0; row < 3; ++row)
    EXPECT_EQ(std::isnan(rule[Role::FinalState]->load({row, 0, 1, 1})),
              row == 1);
}

TEST(Inputs, RowsOfSnapshotsDoNotRace) {
  for (int64_t n = 1; n < 9; ++n) {
    OwnedRule rule = getPoolRule(n, 4 * n, /*isInPlace=*/true);
    rule[Role::Snapshots] = rule[Role::FinalState];
    rule.snapshotEvery = 1;
    rule.add(Role::SnapshotIndices, ElementType::I32, {2 * n});
    ASSERT_FALSE(fillInputs(rule, {}));
    ASSERT_FALSE(rule.verifyIndices());
    std::set<int64_t> rows;
    for (const Sequence &sequence : rule.getSequences())
      rows.insert({sequence.readRow, sequence.writeRow});
    for (const Snapshot &snapshot : rule.getSnapshots())
      EXPECT_TRUE(rows.insert(snapshot.row).second);
  }
}

TEST(Inputs, SnapshotsThatDoNotFit) {
  OwnedRule rule = getPoolRule(1, 2, /*isInPlace=*/true);
  rule[Role::Snapshots] = rule[Role::FinalState];
  rule.snapshotEvery = 1;
  rule.add(Role::SnapshotIndices, ElementType::I32, {1});
  EXPECT_EQ(llvm::toString(fillInputs(rule, {})),
            "expected 'snapshot_indices' to have at least 2 elements, one for "
            "each snapshot, got 1");
  rule.add(Role::SnapshotIndices, ElementType::I32, {2});
  EXPECT_EQ(llvm::toString(fillInputs(rule, {})),
            "expected 'snapshots' to have at least 4 rows, one for each "
            "snapshot and those that are states, got 2");
}
