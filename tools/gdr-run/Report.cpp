//===- Report.cpp - what gdr-run prints -----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "Error.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;
using llvm::formatv;
using llvm::outs;

void Report::addTitle(const Program &program, ArrayRef<ResolvedRule> rules,
                      TargetKind target, StringRef deviceName) {
  func::FuncOp function = program.function;
  StringRef targetName = getName(target);
  figures["function"] = function.getName();
  figures["target"] = targetName;
  figures["device"] = deviceName;
  outs() << function.getName() << " on " << targetName << " (" << deviceName
         << "):";
  if (rules.size() == 1 && rules[0].problems.empty()) {
    addSizes(rules[0].rule);
  } else {
    for (const Argument &argument : program.arguments)
      if (argument.isTensor())
        outs() << " " << argument.name << " "
               << getTypeString(argument.view.shape, argument.view.type);
  }
  outs() << "\n";
}

void Report::addSizes(const Rule &rule) {
  llvm::json::Object sizes;
  auto addSize = [&](StringRef name, int64_t size) {
    outs() << " " << name << "=" << size;
    sizes[name] = size;
  };
  addSize(rule[Role::CuSeqlens] ? "N" : "B", rule.getNumSequences());
  addSize("T", rule.getNumTokens());
  addSize("HK", rule.getNumKeyHeads());
  addSize("HV", rule.getNumValueHeads());
  addSize("K", rule.getKeyDim());
  addSize("V", rule.getValueDim());
  figures["type"] = getName(rule[Role::Q]->type);
  outs() << " " << getName(rule[Role::Q]->type);
  bool readsPool = rule[Role::ReadIndices] || !rule[Role::FinalState];
  const auto &state = rule[readsPool ? Role::InitialState : Role::FinalState];
  if (state) {
    figures["state_type"] = getName(state->type);
    figures["state_layout"] = stringifyStateLayout(rule.stateLayout);
    outs() << ", state " << getName(state->type) << " "
           << stringifyStateLayout(rule.stateLayout);
    if (rule[Role::ReadIndices] || rule[Role::WriteIndices])
      addSize("P", state->shape[0]);
  }
  figures["sizes"] = std::move(sizes);
}

void Report::addOutput(const OutputCheck &check) {
  outs() << formatv("{0}: relative error {1:e1} (limit {2:e1}) {3}\n",
                    check.name, check.error, check.limit,
                    check.isOk() ? "ok" : "FAILED");
  if (!check.problem.empty())
    outs() << "  " << check.problem << "\n";
  for (StringRef detail : check.details)
    outs() << "  " << detail << "\n";
  // JSON has no NaN.
  llvm::json::Value error = nullptr;
  if (std::isfinite(check.error))
    error = check.error;
  figures[check.name] = llvm::json::Object{
      {"error", error}, {"limit", check.limit}, {"ok", check.isOk()}};
}

void Report::addCheck(const Checker &checker, const Rule &rule) {
  addOutput(checker.o);
  if (rule[Role::FinalState])
    addOutput(checker.finalState);
  if (rule[Role::Snapshots])
    addOutput(checker.snapshots);
  if (!checker.memoryProblem.empty())
    outs() << checker.memoryProblem << "\n";
  figures["ok"] = checker.isOk();
}

void Report::addBench(const BenchResult &result) {
  outs() << formatv("time: {0:f2} us, {1:f1} GB/s; floor at the {2:f1} GB/s of "
                    "a copy: {3:f2} us, {4:f2} of it\n",
                    1e6 * result.seconds, 1e-9 * result.getBytesPerSecond(),
                    1e-9 * result.copyBytesPerSecond, 1e6 * result.getFloor(),
                    result.getFloor() / result.seconds);
  llvm::json::Object bench{{"seconds", result.seconds},
                           {"repeats", result.repeats},
                           {"bytes", result.bytes},
                           {"bytes_per_second", result.getBytesPerSecond()},
                           {"copy_bytes_per_second", result.copyBytesPerSecond},
                           {"floor_seconds", result.getFloor()}};
  if (result.copySeconds) {
    outs() << formatv("a copy of that size: {0:f2} us\n",
                      1e6 * *result.copySeconds);
    bench["copy_seconds"] = *result.copySeconds;
  }
  figures["bench"] = std::move(bench);
}

static void printNorm(StringRef name, const TensorView &tensor) {
  double sumOfSquares = 0;
  tensor.forEachAddress([&](const char *element) {
    double x = loadElement(tensor.type, element);
    sumOfSquares += x * x;
  });
  outs() << formatv("{0}: {1}, norm {2:e3}\n", name,
                    getTypeString(tensor.shape, tensor.type),
                    std::sqrt(sumOfSquares));
}

void Report::addOutputs(const Program &program, ArrayRef<ResolvedRule> rules) {
  if (rules.size() == 1 && rules[0].problems.empty()) {
    for (Role role : {Role::O, Role::FinalState, Role::Snapshots})
      if (const auto &tensor = rules[0].rule[role])
        printNorm(getName(role), *tensor);
    return;
  }
  for (const Argument &argument : program.arguments)
    if (argument.isTensor())
      printNorm(argument.name, argument.view);
}

llvm::Error Report::write(const Options &options) {
  if (options.jsonFile.empty())
    return llvm::Error::success();
  std::error_code code;
  llvm::raw_fd_ostream os(options.jsonFile, code);
  if (code)
    return makeError("--json={0}: cannot write the file: {1}", options.jsonFile,
                     code.message());
  figures["seed"] = static_cast<int64_t>(options.random.seed);
  figures["steps"] = options.steps;
  os << formatv("{0:2}\n", llvm::json::Value(std::move(figures)));
  return llvm::Error::success();
}
