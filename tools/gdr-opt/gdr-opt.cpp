//===- gdr-opt.cpp - the compiler -----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All of mlir-opt's command line, and `--emit` to write what the passes left as
// PTX, cubin, fatbin, host object, shared library, C header or description.
// Nothing is written on an error.
//
//===----------------------------------------------------------------------===//

#include "gdr/Registration.h"
#include "gdr/Target/Backend.h"
#include "gdr/Target/Emit.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace mlir::gdr;

// Diagnostics are sentences; the operation is printed with them on request.
static void setDefaultOfPrintOpOnDiagnostic() {
  static constexpr llvm::StringLiteral name = "mlir-print-op-on-diagnostic";
  llvm::cl::Option *option = llvm::cl::getRegisteredOptions().lookup(name);
  if (option && option->getNumOccurrences() == 0)
    option->addOccurrence(0, name, "false");
}

static LogicalResult emit(const std::string &inputName,
                          const std::string &outputName,
                          DialectRegistry &registry, EmitKind kind,
                          const EmitOptions &options) {
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (!config.inputSplitMarker().empty()) {
    llvm::errs() << "error: expected one module to emit, got "
                    "--split-input-file; leave it out, or compile the parts "
                    "one by one\n";
    return failure();
  }
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> input =
      openInputFile(inputName, &message);
  if (!input) {
    llvm::errs() << "error: " << message << "\n";
    return failure();
  }
  MLIRContext context(registry);
  context.allowUnregisteredDialects(config.shouldAllowUnregisteredDialects());
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(input), SMLoc());
  SourceMgrDiagnosticHandler handler(*sources, &context);

  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return failure();
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope();
  PassManager pm(&context, ModuleOp::getOperationName());
  pm.enableTiming(scope);
  if (failed(applyPassManagerCLOptions(pm)) ||
      failed(config.setupPassPipeline(pm)) || failed(pm.run(*module)))
    return failure();

  std::string result;
  llvm::raw_string_ostream stream(result);
  if (failed(emitModule(*module, kind, options, stream)))
    return failure();
  if (outputName == "-" || outputName.empty()) {
    llvm::outs() << result;
    return success();
  }
  // A new file takes the old one's place when it is complete.
  llvm::Error error =
      llvm::writeToOutput(outputName, [&](raw_ostream &os) -> llvm::Error {
        os << result;
        return llvm::Error::success();
      });
  if (error) {
    llvm::errs() << "error: could not write '" << outputName
                 << "': " << llvm::toString(std::move(error)) << "\n";
    return failure();
  }
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM initLLVM(argc, argv);
  recoverFromFatalErrors();

  llvm::cl::opt<EmitKind> kind(
      "emit", llvm::cl::desc("What to write:"), llvm::cl::init(EmitKind::MLIR),
      llvm::cl::values(
          clEnumValN(EmitKind::MLIR, "mlir", "the module (default)"),
          clEnumValN(EmitKind::PTX, "ptx", "PTX of the kernels"),
          clEnumValN(EmitKind::Cubin, "cubin", "machine code of the kernels"),
          clEnumValN(EmitKind::Fatbin, "fatbin", "machine code for all chips"),
          clEnumValN(EmitKind::Object, "object",
                     "host object with kernels and C entry points"),
          clEnumValN(EmitKind::Library, "library",
                     "shared library of such an object, for dlopen"),
          clEnumValN(EmitKind::Header, "header", "C header of the object"),
          clEnumValN(EmitKind::Description, "description",
                     "JSON of what the entry points take and launch")));
  EmitOptions options;
  llvm::cl::opt<std::string, true> ptxas(
      "ptxas",
      llvm::cl::desc("Path of ptxas; found on the PATH or in a CUDA toolkit by "
                     "default"),
      llvm::cl::location(options.ptxas));

  DialectRegistry registry;
  registerAll(registry);
  gdr::registerAllPasses();
  auto [inputName, outputName] = registerAndParseCLIOptions(
      argc, argv, "gated delta rule compiler\n", registry);
  setDefaultOfPrintOpOnDiagnostic();
  if (kind == EmitKind::MLIR)
    return asMainReturnCode(
        MlirOptMain(argc, argv, inputName, outputName, registry));
  if (outputName != "-" && !outputName.empty())
    options.headerName = llvm::sys::path::stem(outputName).str();
  return asMainReturnCode(emit(inputName, outputName, registry, kind, options));
}
