//===- Arguments.cpp - what the arguments hold ----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"

#include "Error.h"
#include "Npy.h"

using namespace mlir;
using namespace mlir::gdr::run;

static llvm::Error readInputs(Program &program, const Options &options) {
  for (const auto &[name, file] : options.inputs) {
    Argument *argument = program.find(name);
    if (argument && argument->isTensor() && !argument->isResult) {
      if (llvm::Error error = readNpy(file, name, argument->view))
        return error;
      continue;
    }
    std::string names;
    for (const Argument &candidate : program.arguments)
      if (candidate.isTensor() && !candidate.isResult)
        names += (names.empty() ? "" : ", ") + candidate.name;
    return makeError("--input={0}={1}: expected a tensor argument of the "
                     "function, one of {2}",
                     name, file, names);
  }
  return llvm::Error::success();
}

// Fills the arguments that no rule explains.
static void fillOthers(Program &program, ArrayRef<ResolvedRule> rules,
                       uint64_t seed) {
  for (auto [i, argument] : llvm::enumerate(program.arguments)) {
    auto slot = static_cast<unsigned>(i);
    bool isOperand = llvm::any_of(rules, [&](const ResolvedRule &resolved) {
      return resolved.problems.empty() &&
             llvm::is_contained(resolved.slots, slot);
    });
    if (!argument.isTensor() || argument.isResult || isOperand)
      continue;
    RandomNumbers numbers(seed, numRoles + slot);
    ElementType type = argument.view.type;
    argument.view.forEachAddress([&](char *element) {
      storeElement(type, element, isFloat(type) ? numbers.getNormal() : 0);
    });
  }
}

// The largest length of a sequence, unless it is given.
static void setMaxSeqlen(Program &program, const ResolvedRule &resolved,
                         const Options &options) {
  if (!resolved.maxSeqlenSlot)
    return;
  Argument &bound = program.arguments[*resolved.maxSeqlenSlot];
  if (options.dims.count(bound.name))
    return;
  for (const Sequence &sequence : resolved.rule.getSequences())
    bound.integer = std::max(bound.integer, sequence.end - sequence.begin);
}

llvm::Error mlir::gdr::run::fillArguments(Program &program,
                                          ArrayRef<ResolvedRule> rules,
                                          const Options &options) {
  fillOthers(program, rules, options.random.seed);
  for (const ResolvedRule &resolved : rules)
    if (resolved.problems.empty())
      if (llvm::Error error = fillInputs(resolved.rule, options.random))
        return error;
  if (llvm::Error error = readInputs(program, options))
    return error;
  for (const ResolvedRule &resolved : rules) {
    if (!resolved.problems.empty())
      continue;
    if (llvm::Error error = resolved.rule.verifyIndices())
      return error;
    setMaxSeqlen(program, resolved, options);
    prepareOutputs(resolved.rule, options.random);
  }
  return llvm::Error::success();
}

llvm::Error mlir::gdr::run::fillNextTokens(Program &program,
                                           const ResolvedRule &resolved,
                                           const Options &options,
                                           int64_t step) {
  InputOptions random = options.random;
  random.seed += step;
  fillActivations(resolved.rule, random);
  // Files of the tokens; the state is carried.
  Options activations = options;
  llvm::erase_if(activations.inputs, [](const auto &input) {
    return llvm::none_of(
        ArrayRef{Role::Q, Role::K, Role::V, Role::G, Role::Beta},
        [&](Role role) { return getName(role) == input.first; });
  });
  if (llvm::Error error = readInputs(program, activations))
    return error;
  prepareOutputs(resolved.rule, random);
  return llvm::Error::success();
}

llvm::Error mlir::gdr::run::writeOutputs(Program &program,
                                         const Options &options) {
  for (const auto &[name, file] : options.outputs) {
    Argument *argument = program.find(name);
    if (!argument || !argument->isTensor())
      return makeError("--output={0}={1}: expected a tensor argument or result "
                       "of the function",
                       name, file);
    if (llvm::Error error = writeNpy(file, argument->view))
      return error;
  }
  return llvm::Error::success();
}
