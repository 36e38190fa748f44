// Compiles the functions of a module for the CPU and prints what becomes of
// them, in the LLVM dialect.

#include "gdr/Pipelines/Compile.h"
#include "gdr/Registration.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

int main(int argc, char **argv) {
  DialectRegistry registry;
  gdr::registerAll(registry);
  MLIRContext context(registry);
  auto module = parseSourceFile<ModuleOp>(argc > 1 ? argv[1] : "-", &context);
  if (!module)
    return 1;

  gdr::CompileOptions options;
  options.target = "cpu";
  PassManager pm(&context);
  gdr::buildCompilePipeline(pm, options);
  if (failed(pm.run(*module)))
    return 1;
  module->print(llvm::outs());
}
