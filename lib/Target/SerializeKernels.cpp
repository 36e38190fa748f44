//===- SerializeKernels.cpp - GPU modules to PTX and cubin ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces GPU modules in the NVVM dialect by `gpu.binary` with an object for
// each chip. LLVM's backend ends the process on what it cannot select, so what
// the verifiers let through but it does not take is refused here.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Target/Chips.h"
#include "gdr/Target/CudaTools.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_SERIALIZEKERNELS
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// Keeps LLVM from moving assembly that synchronizes threads into divergent
// control flow, and from duplicating it there.
static void makeAssemblyConvergent(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = dyn_cast<llvm::CallInst>(&instruction);
      if (call && call->isInlineAsm() &&
          cast<llvm::InlineAsm>(call->getCalledOperand())->hasSideEffects())
        call->setConvergent();
    }
}

// A function that a kernel calls and nobody defines.
static LogicalResult verifyIsSelfContained(gpu::GPUModuleOp module) {
  WalkResult result = module.walk([&](LLVM::CallOp call) -> WalkResult {
    auto callee = call.getCallee();
    auto function =
        callee ? module.lookupSymbol<LLVM::LLVMFuncOp>(*callee) : nullptr;
    if (function && !function.isExternal())
      return WalkResult::advance();
    return call.emitOpError("expected a kernel that calls no external "
                            "function, got a call of '")
           << callee.value_or("a pointer") << "'";
  });
  return failure(result.wasInterrupted());
}

// The module without what the chip has no instruction for. The runtime launches
// its kernels after a full dependency, so that they need not wait.
static OwningOpRef<gpu::GPUModuleOp> cloneForChip(gpu::GPUModuleOp module,
                                                  const Chip &chip) {
  OwningOpRef<gpu::GPUModuleOp> clone = module.clone();
  // PTX ISA, "griddepcontrol": requires sm_90 or higher.
  if (chip.computeCapability < 90)
    clone->walk([](NVVM::GriddepcontrolOp op) { op.erase(); });
  return clone;
}

namespace {

struct SerializeKernels : gdr::impl::SerializeKernelsBase<SerializeKernels> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(verifyOptions()))
      return signalPassFailure();
    SmallVector<gpu::GPUModuleOp> modules(
        getOperation().getOps<gpu::GPUModuleOp>());
    for (gpu::GPUModuleOp module : modules)
      if (failed(serialize(module)))
        return signalPassFailure();
  }

private:
  LogicalResult verifyOptions() {
    if (format != "ptx" && format != "cubin")
      return getOperation().emitError("expected format ptx or cubin, got '")
             << format << "'";
    return success();
  }

  LogicalResult serialize(gpu::GPUModuleOp module) {
    if (failed(verifyIsSelfContained(module)))
      return failure();
    ArrayAttr targets = module.getTargetsAttr();
    if (!targets)
      return module.emitOpError("expected targets; run gdr-attach-targets "
                                "before gdr-serialize-kernels");
    SmallVector<Attribute> objects;
    for (Attribute attribute : targets) {
      auto target = dyn_cast<NVVM::NVVMTargetAttr>(attribute);
      if (!target)
        return module.emitOpError("expected NVVM targets, got ") << attribute;
      FailureOr<Attribute> object = createObject(module, target);
      if (failed(object))
        return failure();
      objects.push_back(*object);
    }
    OpBuilder b(module);
    gpu::BinaryOp::create(b, module.getLoc(), module.getName(),
                          /*offloadingHandler=*/nullptr,
                          b.getArrayAttr(objects));
    module.erase();
    return success();
  }

  FailureOr<Attribute> createObject(gpu::GPUModuleOp module,
                                    NVVM::NVVMTargetAttr target) {
    MLIRContext *context = &getContext();
    std::optional<Chip> chip = getChip(target.getChip());
    if (!chip)
      return module.emitOpError(getUnknownChipMessage(target.getChip()));
    OwningOpRef<gpu::GPUModuleOp> clone = cloneForChip(module, *chip);
    gpu::TargetOptions options({}, {}, "", "", gpu::CompilationTarget::Assembly,
                               {}, makeAssemblyConvergent);
    auto interface = cast<gpu::TargetAttrInterface>(Attribute(target));
    std::optional<SmallVector<char, 0>> serialized =
        interface.serializeToObject(*clone, options);
    if (!serialized)
      return module.emitError("could not be translated to PTX for ")
             << target.getChip();
    StringRef ptx(serialized->data(), serialized->size());
    ptx = ptx.rtrim('\0');
    Builder b(context);
    if (format == "ptx")
      return Attribute(gpu::ObjectAttr::get(
          context, target, gpu::CompilationTarget::Assembly,
          b.getStringAttr(ptx), /*properties=*/nullptr, /*kernels=*/nullptr));
    return assemble(module, target, ptx);
  }

  FailureOr<Attribute> assemble(gpu::GPUModuleOp module,
                                NVVM::NVVMTargetAttr target, StringRef ptx) {
    llvm::Expected<std::string> tool = findCudaTool("ptxas", ptxas);
    if (!tool)
      return module.emitError(llvm::toString(tool.takeError()));
    llvm::Expected<AssembledModule> assembled =
        runPtxas(*tool, ptx, target.getChip());
    if (!assembled)
      return module.emitError(llvm::toString(assembled.takeError()));
    if (!assembled->messages.empty())
      module.emitWarning("ptxas says: ") << assembled->messages;

    Builder b(&getContext());
    NamedAttrList resources;
    for (auto &[name, kernel] : assembled->kernels)
      resources.set(
          name,
          b.getDictionaryAttr(
              {b.getNamedAttr("registers",
                              b.getI64IntegerAttr(kernel.registers)),
               b.getNamedAttr("spill_bytes",
                              b.getI64IntegerAttr(kernel.spillStoreBytes +
                                                  kernel.spillLoadBytes)),
               b.getNamedAttr("shared_bytes",
                              b.getI64IntegerAttr(kernel.sharedMemoryBytes))}));
    return Attribute(gpu::ObjectAttr::get(
        &getContext(), target, gpu::CompilationTarget::Binary,
        b.getStringAttr(assembled->cubin),
        resources.getDictionary(&getContext()), /*kernels=*/nullptr));
  }
};

} // namespace
