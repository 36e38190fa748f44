//===- Compile.cpp - compile a module and get its entry points ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only place that knows the pipeline. The code that comes out is what an
// emitted object holds; only its references to libgdr_runtime are bound here to
// the copy that is linked into this program.
//
//===----------------------------------------------------------------------===//

#include "Compile.h"

#include "Error.h"
#include "gdr/Conversion/Passes.h"
#include "gdr/Pipelines/Compile.h"
#include "gdr/Target/Emit.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

// What emitted code calls.
static llvm::orc::SymbolMap
getRuntimeSymbols(llvm::orc::MangleAndInterner intern) {
  llvm::orc::SymbolMap symbols;
#define GDR_ADD_SYMBOL(name)                                                   \
  symbols[intern(#name)] = {llvm::orc::ExecutorAddr::fromPtr(&name),           \
                            llvm::JITSymbolFlags::Exported}
  GDR_ADD_SYMBOL(gdr_call_workspace);
  GDR_ADD_SYMBOL(gdr_encode_tensor_map);
  GDR_ADD_SYMBOL(gdr_expect_boxes);
  GDR_ADD_SYMBOL(gdr_fits_boxes);
  GDR_ADD_SYMBOL(gdr_invoke);
  GDR_ADD_SYMBOL(gdr_launch);
  GDR_ADD_SYMBOL(gdr_load);
  GDR_ADD_SYMBOL(gdr_parallel_for);
  GDR_ADD_SYMBOL(gdr_workspace_size);
#undef GDR_ADD_SYMBOL
  return symbols;
}

// Reports an error of LLVM as a diagnostic.
static LogicalResult report(ModuleOp module, llvm::Error error) {
  return module.emitError() << llvm::toString(std::move(error));
}

LogicalResult mlir::gdr::run::lowerToLLVM(ModuleOp module, TargetKind target,
                                          StringRef chip, bool racecheck) {
  CompileOptions options;
  options.racecheck = racecheck;
  options.target = target == TargetKind::CPU ? "cpu" : "cuda";
  SmallVector<StringRef> chips;
  chip.split(chips, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef name : chips)
    options.chips.push_back(name.str());
  PassManager pm(module.getContext());
  buildCompilePipeline(pm, options);
  return pm.run(module);
}

LogicalResult mlir::gdr::run::lowerToTilePrograms(ModuleOp module,
                                                  StringRef chip,
                                                  bool lowerRings,
                                                  bool racecheck) {
  TileProgramOptions options;
  options.racecheck = racecheck;
  options.lowerRings = lowerRings;
  if (!chip.empty())
    options.chips = {chip.str()};
  PassManager pm(module.getContext());
  buildTileProgramPipeline(pm, options);
  return pm.run(module);
}

func::FuncOp mlir::gdr::run::getHostCode(ModuleOp module, StringRef function) {
  for (auto hostCode : module.getOps<func::FuncOp>())
    if (std::optional<Entry> entry = Entry::get(hostCode);
        entry && entry->getName() == function)
      return hostCode;
  return nullptr;
}

SmallVector<std::string> mlir::gdr::run::getSlotNames(ModuleOp module,
                                                      StringRef function) {
  SmallVector<std::string> names;
  for (Operation &op : *module.getBody())
    if (std::optional<Entry> entry = Entry::get(&op);
        entry && entry->getName() == function) {
      // All variants have these.
      for (const EntryArgument &argument : entry->getArguments())
        names.push_back(argument.name.str());
      return names;
    }
  return names;
}

bool mlir::gdr::run::hasTensorCoreKernels(ModuleOp module) {
  WalkResult result = module.walk([](LLVM::LLVMFuncOp kernel) {
    bool isScan = kernel->getParentOfType<gpu::GPUModuleOp>() &&
                  kernel.getName().ends_with(chunkScanSuffix);
    return isScan ? WalkResult::interrupt() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

FailureOr<std::unique_ptr<ExecutionEngine>>
mlir::gdr::run::generateCode(ModuleOp module, bool holdsPTX) {
  EmitOptions emitOptions;
  emitOptions.holdsPTX = holdsPTX;
  if (failed(addEntryPoints(module, emitOptions)))
    return failure();
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return report(module, builder.takeError());
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      builder->createTargetMachine();
  if (!machine)
    return report(module, machine.takeError());
  auto optimize = makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0,
                                            machine->get());
  ExecutionEngineOptions options;
  options.transformer = optimize;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  // The engine takes a target machine of its own.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> engineMachine =
      builder->createTargetMachine();
  if (!engineMachine)
    return report(module, engineMachine.takeError());
  llvm::Expected<std::unique_ptr<ExecutionEngine>> engine =
      ExecutionEngine::create(module, options, std::move(*engineMachine));
  if (!engine)
    return report(module, engine.takeError());
  (*engine)->registerSymbols(getRuntimeSymbols);
  (*engine)->initialize();
  return std::move(*engine);
}

llvm::Expected<EntryPoints>
mlir::gdr::run::findEntryPoints(const ExecutionEngine &engine,
                                StringRef function) {
  EntryPoints entry;
  auto find = [&](const Twine &name, auto &pointer) -> llvm::Error {
    llvm::Expected<void *> symbol = engine.lookup(name.str());
    if (!symbol)
      return symbol.takeError();
    pointer = reinterpret_cast<std::decay_t<decltype(pointer)>>(*symbol);
    return llvm::Error::success();
  };
  if (llvm::Error error = find(function, entry.call))
    return error;
  if (llvm::Error error =
          find(function + "_workspace_size", entry.workspaceSize))
    return error;
  if (llvm::Error error = find(function + "_load", entry.load))
    return error;
  return entry;
}
