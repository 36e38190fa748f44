//===- CompileVariants.cpp - one module by several pipelines --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies what is in the module into a nested module for each variant, runs the
// variant's pipeline on it, and moves the results back under names of their
// own.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_COMPILEVARIANTS
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// A copy of the module at the end of itself.
static ModuleOp createNestedCopy(ModuleOp module,
                                 ArrayRef<Operation *> contents) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto copy = ModuleOp::create(b, module.getLoc());
  copy->setAttrs(module->getAttrDictionary());
  b.setInsertionPointToEnd(copy.getBody());
  for (Operation *op : contents)
    b.clone(*op);
  return copy;
}

// Whether an op is a symbol that is defined elsewhere.
static bool isDeclaration(Operation *op) {
  if (auto function = dyn_cast<FunctionOpInterface>(op))
    return function.isExternal();
  auto symbol = dyn_cast<SymbolOpInterface>(op);
  return symbol && symbol.isDeclaration();
}

// Gives each definition in the variant its suffix.
static LogicalResult renameDefinitions(ModuleOp variant, StringRef suffix) {
  SymbolTable symbols(variant);
  for (Operation &op : *variant.getBody()) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (!symbol || isDeclaration(&op))
      continue;
    std::string name = (symbol.getName() + "." + suffix).str();
    if (symbols.lookup(name) || failed(symbols.rename(&op, name)))
      return op.emitOpError("expected no other symbol '")
             << name << "', which is a variant of '" << symbol.getName() << "'";
  }
  return success();
}

// Moves what is in the variant to the end of the module, except for
// declarations that are there already.
static void moveContents(ModuleOp variant, ModuleOp module) {
  SymbolTable symbols(module);
  for (Operation &op : llvm::make_early_inc_range(*variant.getBody())) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (isDeclaration(&op) && symbols.lookup(symbol.getName()))
      continue;
    op.moveBefore(module.getBody(), module.getBody()->end());
    if (symbol)
      symbols.insert(&op);
  }
  for (NamedAttribute attribute : variant->getAttrs())
    module->setAttr(attribute.getName(), attribute.getValue());
}

namespace {

struct CompileVariants : gdr::impl::CompileVariantsBase<CompileVariants> {
  using Base::Base;

  void getDependentDialects(DialectRegistry &registry) const override {
    for (const OpPassManager &pipeline : pipelines)
      pipeline.getDependentDialects(registry);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (names.size() != pipelines.size()) {
      module.emitError("expected a name for each of the ")
          << pipelines.size() << " pipelines, got " << names.size();
      return signalPassFailure();
    }
    SmallVector<Operation *> contents = llvm::map_to_vector(
        *module.getBody(), [](Operation &op) { return &op; });
    SmallVector<ModuleOp> variants;
    for (size_t i = 0; i < names.size(); ++i)
      variants.push_back(createNestedCopy(module, contents));
    for (Operation *op : llvm::reverse(contents))
      op->erase();
    for (auto [variant, pipeline] : llvm::zip(variants, pipelines))
      if (failed(runPipeline(pipeline, variant)))
        return signalPassFailure();
    for (auto [variant, name] : llvm::zip(variants, names)) {
      if (failed(renameDefinitions(variant, name)))
        return signalPassFailure();
      moveContents(variant, module);
      variant.erase();
    }
  }
};

} // namespace
