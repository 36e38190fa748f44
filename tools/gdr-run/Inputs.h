//===- Inputs.h - random operands of a gated delta rule ---------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fills operands with values like those of a real layer, by role. The same seed
// gives an operand the same values on every machine, whatever else there is.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_INPUTS_H
#define GDR_TOOLS_GDR_RUN_INPUTS_H

#include "Rule.h"

#include <random>

namespace mlir::gdr::run {

/// What the log decay is: like that of a real layer; 0, so that the state never
/// decays; -70; or, for half of the tokens, -inf.
enum class Gates { Random, Zero, Strong, MinusInfinity };

struct InputOptions {
  uint64_t seed = 0;
  Gates gates = Gates::Random;
  /// Bound of a beta that is given as such.
  double maxBeta = 1;
};

/// Random numbers that do not depend on the C++ library.
class RandomNumbers {
public:
  RandomNumbers(uint64_t seed, uint64_t stream);
  /// In [0, 1).
  double getUniform();
  double getNormal();
  /// In [0, bound).
  int64_t getIndex(int64_t bound);
  /// The numbers 0 to size - 1 in random order.
  std::vector<int64_t> getPermutation(int64_t size);

private:
  std::mt19937_64 engine;
};

/// Fills all operands but the outputs. Fails if a pool has too few rows.
llvm::Error fillInputs(const Rule &rule, const InputOptions &options);

/// Fills the operands that differ from call to call: q, k, v, g and beta.
void fillActivations(const Rule &rule, const InputOptions &options);

/// Poisons what the rule has to write, and fills what it has to keep with
/// random values.
void prepareOutputs(const Rule &rule, const InputOptions &options);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_INPUTS_H
