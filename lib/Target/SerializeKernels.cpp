//===- SerializeKernels.cpp - GPU modules to PTX and cubin ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces GPU modules in the NVVM dialect by `gpu.binary` with an object for
// each chip, or for each kernel and chip. LLVM's backend ends the process on
// what it cannot select, so what the verifiers let through but it does not take
// is refused here.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Target/Backend.h"
#include "gdr/Target/Chips.h"
#include "gdr/Target/CudaTools.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Threading.h"
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

static bool isKernel(LLVM::LLVMFuncOp function) {
  return function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
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

// The module with one of its kernels, or all if that is null, and without what
// the chip has no instruction for. The runtime launches its kernels after a
// full dependency, so that they need not wait.
static OwningOpRef<gpu::GPUModuleOp>
cloneFor(gpu::GPUModuleOp module, LLVM::LLVMFuncOp kernel, const Chip &chip) {
  OwningOpRef<gpu::GPUModuleOp> clone =
      cast<gpu::GPUModuleOp>(module->cloneWithoutRegions());
  OpBuilder b = OpBuilder::atBlockEnd(&clone->getBodyRegion().emplaceBlock());
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
    if (!kernel || !function || !isKernel(function) || function == kernel)
      b.clone(op);
  }
  // PTX ISA, "griddepcontrol": requires sm_90 or higher.
  if (chip.computeCapability < 90)
    clone->walk([](NVVM::GriddepcontrolOp op) { op.erase(); });
  return clone;
}

namespace {

/// What becomes one object.
struct Job {
  gpu::GPUModuleOp module;
  NVVM::NVVMTargetAttr target;
  Chip chip;
  /// Null for all of the module's.
  LLVM::LLVMFuncOp kernel;
  /// The result.
  Attribute object;
};

struct SerializeKernels : gdr::impl::SerializeKernelsBase<SerializeKernels> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(verifyOptions()))
      return signalPassFailure();
    SmallVector<gpu::GPUModuleOp> modules(
        getOperation().getOps<gpu::GPUModuleOp>());
    if (!modules.empty() && failed(serialize(modules)))
      signalPassFailure();
  }

private:
  LogicalResult verifyOptions() {
    if (format != "ptx" && format != "cubin")
      return getOperation().emitError("expected format ptx or cubin, got '")
             << format << "'";
    return success();
  }

  LogicalResult serialize(ArrayRef<gpu::GPUModuleOp> modules) {
    SmallVector<Job> jobs;
    for (gpu::GPUModuleOp module : modules)
      if (failed(verifyIsSelfContained(module)) ||
          failed(addJobs(module, jobs)))
        return failure();
    std::string tool;
    if (format == "cubin") {
      llvm::Expected<std::string> found = findCudaTool("ptxas", ptxas);
      if (!found)
        return modules.front()->emitError(llvm::toString(found.takeError()));
      tool = *found;
    }
    // Most of the time is spent here, half of it in ptxas.
    if (failed(failableParallelForEach(
            &getContext(), jobs, [&](Job &job) { return run(tool, job); })))
      return failure();
    for (gpu::GPUModuleOp module : modules)
      replace(module, jobs);
    return success();
  }

  // Replaces the module by the objects of its jobs.
  static void replace(gpu::GPUModuleOp module, ArrayRef<Job> jobs) {
    OpBuilder b(module);
    SmallVector<Attribute> objects;
    for (const Job &job : jobs)
      if (job.module == module)
        objects.push_back(job.object);
    gpu::BinaryOp::create(b, module.getLoc(), module.getName(),
                          /*offloadingHandler=*/nullptr,
                          b.getArrayAttr(objects));
    module.erase();
  }

  LogicalResult addJobs(gpu::GPUModuleOp module, SmallVector<Job> &jobs) {
    ArrayAttr targets = module.getTargetsAttr();
    if (!targets)
      return module.emitOpError("expected targets; run gdr-attach-targets "
                                "before gdr-serialize-kernels");
    SmallVector<LLVM::LLVMFuncOp> kernels;
    if (split)
      llvm::append_range(
          kernels,
          llvm::make_filter_range(module.getOps<LLVM::LLVMFuncOp>(), isKernel));
    else
      kernels.push_back(nullptr);
    for (Attribute attribute : targets) {
      auto target = dyn_cast<NVVM::NVVMTargetAttr>(attribute);
      if (!target)
        return module.emitOpError("expected NVVM targets, got ") << attribute;
      std::optional<Chip> chip = getChip(target.getChip());
      if (!chip)
        return module.emitOpError(getUnknownChipMessage(target.getChip()));
      for (LLVM::LLVMFuncOp kernel : kernels)
        jobs.push_back({module, target, *chip, kernel, nullptr});
    }
    return success();
  }

  // In any thread.
  LogicalResult run(StringRef tool, Job &job) {
    FailureOr<std::string> ptx = createPtx(job);
    if (failed(ptx))
      return failure();
    gpu::KernelTableAttr kernels;
    if (job.kernel)
      kernels = gpu::KernelTableAttr::get(
          &getContext(),
          gpu::KernelMetadataAttr::get(cast<FunctionOpInterface>(*job.kernel)));
    if (format == "ptx") {
      Builder b(&getContext());
      job.object = gpu::ObjectAttr::get(
          &getContext(), job.target, gpu::CompilationTarget::Assembly,
          b.getStringAttr(*ptx), /*properties=*/nullptr, kernels);
      return success();
    }
    return assemble(tool, *ptx, kernels, job);
  }

  FailureOr<std::string> createPtx(const Job &job) {
    gpu::GPUModuleOp module = job.module;
    OwningOpRef<gpu::GPUModuleOp> clone =
        cloneFor(module, job.kernel, job.chip);
    bool hasErrors = false;
    auto prepare = [&](llvm::Module &llvmModule) {
      makeAssemblyConvergent(llvmModule);
      forwardErrors(llvmModule.getContext(), module, hasErrors);
    };
    gpu::TargetOptions options({}, {}, "", "", gpu::CompilationTarget::Assembly,
                               {}, prepare);
    auto interface = cast<gpu::TargetAttrInterface>(Attribute(job.target));
    std::optional<SmallVector<char, 0>> serialized;
    if (failed(runBackend(module,
                          [&] {
                            serialized =
                                interface.serializeToObject(*clone, options);
                            return success();
                          })) ||
        hasErrors)
      return failure();
    if (!serialized)
      return module.emitError("could not be translated to PTX for ")
             << job.target.getChip();
    return StringRef(serialized->data(), serialized->size()).rtrim('\0').str();
  }

  LogicalResult assemble(StringRef tool, StringRef ptx,
                         gpu::KernelTableAttr kernels, Job &job) {
    gpu::GPUModuleOp module = job.module;
    llvm::Expected<AssembledModule> assembled =
        runPtxas(tool, ptx, job.target.getChip());
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
    job.object = gpu::ObjectAttr::get(
        &getContext(), job.target, gpu::CompilationTarget::Binary,
        b.getStringAttr(assembled->cubin),
        resources.getDictionary(&getContext()), kernels);
    return success();
  }
};

} // namespace
