//===- Emit.cpp - what a compiled module is written as --------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Emit.h"

#include "gdr/Target/CudaTools.h"
#include "gdr/Target/Entry.h"
#include "gdr/Target/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::gdr;

static LogicalResult serialize(ModuleOp module, StringRef format,
                               const EmitOptions &options, bool split = false) {
  PassManager pm(module.getContext(), module.getOperationName());
  SerializeKernelsOptions serializeOptions;
  serializeOptions.format = format.str();
  serializeOptions.ptxas = options.ptxas;
  serializeOptions.split = split;
  pm.addPass(createSerializeKernels(serializeOptions));
  return pm.run(module);
}

static LogicalResult verifyIsCompiled(ModuleOp module, bool needsKernels) {
  bool hasEntry = llvm::any_of(module.getOps(), [](Operation &op) {
    return Entry::get(&op).has_value();
  });
  bool hasKernels = !module.getOps<gpu::GPUModuleOp>().empty();
  if (needsKernels ? hasKernels : hasEntry)
    return success();
  if (hasEntry)
    return module.emitError("expected at least one kernel, got none");
  return module.emitError("expected functions that --gdr-compile has compiled, "
                          "got none");
}

static SmallVector<gpu::ObjectAttr> getObjects(ModuleOp module) {
  SmallVector<gpu::ObjectAttr> objects;
  for (auto binary : module.getOps<gpu::BinaryOp>())
    llvm::append_range(objects,
                       binary.getObjects().getAsRange<gpu::ObjectAttr>());
  return objects;
}

static LogicalResult emitOnlyObject(ModuleOp module, raw_ostream &os) {
  SmallVector<gpu::ObjectAttr> objects = getObjects(module);
  if (objects.size() != 1)
    return module.emitError("expected the kernels of one function for one "
                            "chip, got ")
           << objects.size() << "; emit a fatbin or an object instead";
  os << objects.front().getObject().getValue();
  return success();
}

static LogicalResult emitFatbin(ModuleOp module, raw_ostream &os) {
  SmallVector<DeviceImage> images;
  for (gpu::ObjectAttr object : getObjects(module))
    images.push_back({cast<NVVM::NVVMTargetAttr>(object.getTarget()).getChip(),
                      object.getObject().getValue()});
  llvm::Expected<std::string> fatbin = runFatbinary(images);
  if (!fatbin)
    return module.emitError(llvm::toString(fatbin.takeError()));
  os << *fatbin;
  return success();
}

// What an object is to hold: cubins, unless it is asked for PTX or there is no
// ptxas.
static FailureOr<StringRef> getObjectFormat(ModuleOp module,
                                            const EmitOptions &options) {
  if (options.holdsPTX)
    return StringRef("ptx");
  llvm::Expected<std::string> tool = findCudaTool("ptxas", options.ptxas);
  if (tool)
    return StringRef("cubin");
  std::string message = llvm::toString(tool.takeError());
  if (!options.ptxas.empty())
    return module.emitError(message);
  if (!module.getOps<gpu::GPUModuleOp>().empty())
    module.emitWarning(message)
        << ": the object holds PTX, which the driver compiles when it is "
           "loaded";
  return StringRef("ptx");
}

LogicalResult mlir::gdr::addEntryPoints(ModuleOp module,
                                        const EmitOptions &options) {
  FailureOr<StringRef> format = getObjectFormat(module, options);
  if (failed(format))
    return failure();
  // Kernels apart, so that they are compiled at the same time.
  if (failed(serialize(module, *format, options, /*split=*/true)))
    return failure();
  PassManager pm(module.getContext(), module.getOperationName());
  pm.addPass(createEmitEntry());
  return pm.run(module);
}

LogicalResult mlir::gdr::emitModule(ModuleOp module, EmitKind kind,
                                    const EmitOptions &options,
                                    raw_ostream &os) {
  bool needsKernels = kind == EmitKind::PTX || kind == EmitKind::Cubin ||
                      kind == EmitKind::Fatbin;
  if (kind != EmitKind::MLIR && failed(verifyIsCompiled(module, needsKernels)))
    return failure();
  switch (kind) {
  case EmitKind::MLIR:
    module.print(os);
    return success();
  case EmitKind::PTX:
    if (failed(serialize(module, "ptx", options)))
      return failure();
    return emitOnlyObject(module, os);
  case EmitKind::Cubin:
    if (failed(serialize(module, "cubin", options)))
      return failure();
    return emitOnlyObject(module, os);
  case EmitKind::Fatbin:
    if (failed(serialize(module, "cubin", options)))
      return failure();
    return emitFatbin(module, os);
  case EmitKind::Object:
    if (failed(addEntryPoints(module, options)))
      return failure();
    return emitObject(module, os);
  case EmitKind::Library:
    if (failed(addEntryPoints(module, options)))
      return failure();
    return emitLibrary(module, os);
  case EmitKind::Header:
    emitHeader(module, options.headerName, os);
    return success();
  case EmitKind::Description:
    emitDescription(module, os);
    return success();
  }
  llvm_unreachable("all kinds are handled");
}
