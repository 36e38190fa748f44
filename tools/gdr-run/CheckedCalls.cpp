//===- CheckedCalls.cpp - calls that carry the state, checked -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckedCalls.h"

#include "Arguments.h"
#include "Error.h"

using namespace mlir;
using namespace mlir::gdr::run;

// Some tokens of a batch are a view with the strides of all of them.
static llvm::Error verifyCanSplit(const Argument &argument) {
  auto isTokens = [](StringRef name) { return name == "T"; };
  auto *tokens = llvm::find_if(argument.dims, isTokens);
  if (tokens == argument.dims.end())
    return llvm::Error::success();
  auto dim = static_cast<unsigned>(tokens - argument.dims.begin());
  auto type = cast<ShapedType>(argument.type);
  if (!type.isDynamicDim(dim))
    return makeError("--split needs a dynamic T, got type {0} of '{1}'", type,
                     argument.name);
  auto memref = dyn_cast<MemRefType>(type);
  if (memref && memref.getLayout().isIdentity() &&
      llvm::product_of(ArrayRef(argument.view.shape).take_front(dim)) > 1)
    return makeError("--split needs dynamic strides or B = 1, got type {0} of "
                     "'{1}'",
                     type, argument.name);
  return llvm::Error::success();
}

static llvm::Error verifyCanSplit(const Program &program, const Rule &rule,
                                  const Options &options) {
  for (Role role : {Role::CuSeqlens, Role::ReadIndices, Role::WriteIndices,
                    Role::SnapshotIndices})
    if (rule[role])
      return makeError("--split does not work with operand '{0}'",
                       getName(role));
  for (const Argument &argument : program.arguments)
    if (llvm::Error error = verifyCanSplit(argument))
      return error;
  for (int64_t split : options.splits)
    if (split < 0 || split > rule.getNumTokens())
      return makeError("--split={0}: expected a token from 0 to T = {1}", split,
                       rule.getNumTokens());
  return llvm::Error::success();
}

llvm::Error mlir::gdr::run::verifyCanCheck(const Program &program,
                                           ArrayRef<ResolvedRule> rules,
                                           const Options &options) {
  if (rules.size() != 1)
    return makeError(
        "--check needs exactly one gdr.gated_delta_rule in the function");
  if (!rules[0].problems.empty())
    return makeError("--check {0}", rules[0].problems.front());
  if (options.steps == 1 && options.splits.empty())
    return llvm::Error::success();
  const Rule &rule = rules[0].rule;
  const auto &initialState = rule[Role::InitialState];
  const auto &finalState = rule[Role::FinalState];
  if (!initialState || !finalState || initialState->shape != finalState->shape)
    return makeError("--{0} needs operands 'initial_state' and 'final_state' "
                     "of the same shape",
                     options.steps > 1 ? "steps" : "split");
  return options.splits.empty() ? llvm::Error::success()
                                : verifyCanSplit(program, rule, options);
}

// Makes the final state of one call the initial state of the next one.
static void feedBackState(const Rule &rule) {
  if (rule.isInPlace())
    return;
  const TensorView &from = *rule[Role::FinalState];
  const TensorView &to = *rule[Role::InitialState];
  SmallVector<char *> addresses;
  to.forEachAddress([&](char *element) { addresses.push_back(element); });
  auto *next = addresses.begin();
  from.forEachAddress([&](const char *element) {
    storeElement(to.type, *next++, loadElement(from.type, element));
  });
}

// One pass over all tokens.
static llvm::Error callOnce(Caller &caller, const Rule &rule,
                            const Options &options, Checker &checker) {
  if (options.splits.empty())
    return caller.call();
  int64_t begin = 0;
  for (int64_t end : options.splits) {
    if (llvm::Error error = caller.call(TokenRange{begin, end}))
      return error;
    feedBackState(rule);
    checker.remember(Role::InitialState);
    begin = end;
  }
  return caller.call(TokenRange{begin, rule.getNumTokens()});
}

llvm::Error mlir::gdr::run::callAndCheck(Caller &caller, Program &program,
                                         const ResolvedRule &resolved,
                                         const Options &options,
                                         Checker &checker) {
  const Rule &rule = resolved.rule;
  bool usesTensorCores =
      program.usesTensorCores || options.target == TargetKind::Interpreter;
  double least = usesTensorCores ? getTensorCoreLimit(rule[Role::Q]->type) : 0;
  for (auto [role, check] : {std::pair(Role::FinalState, &checker.finalState),
                             std::pair(Role::Snapshots, &checker.snapshots)}) {
    if (!rule[role])
      continue;
    double limit = getDefaultLimitState(rule[role]->type,
                                        options.steps * rule.getNumTokens());
    check->limit = options.toleranceState.value_or(std::max(limit, least));
  }
  double limitO = std::max(getDefaultLimitO(*rule[Role::O]), least);
  // The rounding of a state that is carried is in o too.
  if (options.steps > 1 || !options.splits.empty())
    limitO = std::max(limitO, checker.finalState.limit);
  checker.o.limit = options.toleranceO.value_or(limitO);

  for (int64_t step = 0; step < options.steps && checker.isOk(); ++step) {
    if (step > 0) {
      feedBackState(rule);
      checker.carryState();
      if (llvm::Error error = fillNextTokens(program, resolved, options, step))
        return error;
    }
    checker.expect();
    if (llvm::Error error = callOnce(caller, rule, options, checker))
      return error;
    checker.compare();
  }
  return llvm::Error::success();
}
