//===- Run.cpp - run, check and measure a function ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Run.h"

#include "Arguments.h"
#include "CheckedCalls.h"
#include "Error.h"
#include "Report.h"
#include "gdr/Dialect/GDR/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

namespace {

/// One run of gdr-run, step by step.
class Runner {
public:
  Runner(ModuleOp module, const Options &options)
      : module(module), options(options) {}
  llvm::Expected<bool> run();

private:
  llvm::Error findFunction();
  llvm::Error openDevice();
  llvm::Error lower();
  llvm::Error createProgram();
  llvm::Error createCaller();
  llvm::Error bench();

  ModuleOp module;
  const Options &options;
  func::FuncOp function;
  std::string deviceName;
  OwningOpRef<ModuleOp> lowered;
  std::optional<Program> program;
  std::vector<ResolvedRule> rules;
  std::unique_ptr<Device> device;
  std::unique_ptr<ExecutionEngine> engine;
  std::optional<Caller> caller;
  Report report;
};

} // namespace

llvm::Error Runner::findFunction() {
  llvm::Expected<func::FuncOp> found =
      run::findFunction(module, options.function);
  if (!found)
    return found.takeError();
  function = *found;
  PassManager pm(module.getContext());
  pm.addNestedPass<func::FuncOp>(createDescribeArguments());
  if (failed(pm.run(module)))
    return makeError("cannot describe the arguments of the functions");
  return llvm::Error::success();
}

llvm::Error Runner::openDevice() {
  if (options.threads)
    gdr_set_num_threads(static_cast<int32_t>(options.threads));
  deviceName = llvm::sys::getHostCPUName().str();
  if (options.target != TargetKind::CUDA)
    return llvm::Error::success();
  llvm::Expected<std::unique_ptr<Device>> created = Device::create();
  if (!created)
    return created.takeError();
  device = std::move(*created);
  deviceName = device->getName().str();
  return llvm::Error::success();
}

llvm::Error Runner::lower() {
  std::string chip = options.chip;
  if (chip.empty() && device)
    chip = device->getChip();
  // The op itself is still needed. Of the other functions, only those that it
  // calls are.
  lowered = module.clone();
  for (auto other : lowered->getOps<func::FuncOp>())
    if (other.getName() != function.getName())
      other.setPrivate();
  PassManager pm(module.getContext());
  pm.addPass(createSymbolDCEPass());
  if (failed(pm.run(*lowered)))
    return makeError("cannot remove the other functions");
  LogicalResult compiled =
      options.target == TargetKind::Interpreter
          ? lowerToTilePrograms(*lowered, chip, options.lowerRings,
                                options.racecheck)
          : lowerToLLVM(*lowered, options.target, chip, options.racecheck);
  if (failed(compiled))
    return makeError("cannot compile function '{0}'", function.getName());
  return llvm::Error::success();
}

llvm::Error Runner::createProgram() {
  llvm::Expected<Program> created = run::createProgram(
      function, options.dims, getSlotNames(*lowered, function.getName()));
  if (!created)
    return created.takeError();
  program.emplace(std::move(*created));
  program->usesTensorCores = hasTensorCoreKernels(*lowered);
  function.walk(
      [&](GatedDeltaRuleOp op) { rules.push_back(resolveRule(*program, op)); });
  return llvm::Error::success();
}

llvm::Error Runner::createCaller() {
  if (options.target == TargetKind::Interpreter) {
    caller.emplace(Caller::createInterpreted(
        getHostCode(*lowered, function.getName()), *program));
    return llvm::Error::success();
  }
  FailureOr<std::unique_ptr<ExecutionEngine>> generated =
      generateCode(*lowered, options.ptx);
  if (failed(generated))
    return makeError("cannot generate code for function '{0}'",
                     function.getName());
  engine = std::move(*generated);
  llvm::Expected<EntryPoints> entry =
      findEntryPoints(*engine, function.getName());
  if (!entry)
    return entry.takeError();
  llvm::Expected<Caller> created =
      Caller::create(*entry, *program, device.get());
  if (!created)
    return created.takeError();
  caller.emplace(std::move(*created));
  return llvm::Error::success();
}

llvm::Error Runner::bench() {
  int64_t bytes = 0, stateBytes = 0;
  if (rules.size() == 1 && rules[0].problems.empty()) {
    bytes = rules[0].rule.getMinimumBytes();
    stateBytes = rules[0].rule.getStateBytes();
  } else {
    for (const Argument &argument : program->arguments)
      if (argument.isTensor())
        bytes += argument.view.getNumBytes();
  }
  int64_t copyBytes = (stateBytes ? stateBytes : bytes) / 2;
  llvm::Expected<BenchResult> result =
      device ? benchOnDevice(*caller, *program, *device, bytes, options.repeat)
             : benchOnHost(*caller, *program, bytes, copyBytes, options.repeat);
  if (!result)
    return result.takeError();
  report.addBench(*result);
  return llvm::Error::success();
}

llvm::Expected<bool> Runner::run() {
  if (llvm::Error error = findFunction())
    return error;
  if (llvm::Error error = openDevice())
    return error;
  if (llvm::Error error = lower())
    return error;
  if (llvm::Error error = createProgram())
    return error;
  if (llvm::Error error = fillArguments(*program, rules, options))
    return error;
  if (options.check)
    if (llvm::Error error = verifyCanCheck(*program, rules, options))
      return error;
  report.addTitle(*program, rules, options.target, deviceName);
  if (llvm::Error error = createCaller())
    return error;

  bool isOk = true;
  if (options.check) {
    Checker checker(*program, rules[0]);
    if (llvm::Error error =
            callAndCheck(*caller, *program, rules[0], options, checker))
      return error;
    report.addCheck(checker, rules[0].rule);
    isOk = checker.isOk();
  } else if (llvm::Error error = caller->call()) {
    return error;
  }
  if (llvm::Error error = writeOutputs(*program, options))
    return error;
  if (!options.check && !options.bench)
    report.addOutputs(*program, rules);
  if (options.bench && isOk)
    if (llvm::Error error = bench())
      return error;
  if (llvm::Error error = report.write(options))
    return error;
  return isOk;
}

llvm::Expected<bool> mlir::gdr::run::run(ModuleOp module,
                                         const Options &options) {
  return Runner(module, options).run();
}
