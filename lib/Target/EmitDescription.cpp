//===- EmitDescription.cpp - JSON of entry points -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For programs that call entry points whose types they do not know beforehand:
//
//   {"functions": [{"name": "decode", "device": "cuda", "arguments": [
//      {"name": "q", "kind": "tensor", "dtype": "bf16",
//       "shape": ["B", 1, 16, 128], "strides": null, "alignment": 2}, ...],
//     "kernels": ["decode_recurrent"], "chips": ["sm_90a"]}]}
//
// A size or stride is a number, the name of a dimension, or null if it is free;
// strides are in elements, and null where the tensor has to be contiguous.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Emit.h"

#include "gdr/Target/Entry.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::gdr;

static std::string getTypeName(Type type) {
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return name;
}

static llvm::json::Value getSize(const EntryArgument &argument,
                                 MemRefType memref, int64_t i) {
  if (!memref.isDynamicDim(i))
    return memref.getDimSize(i);
  if (i < static_cast<int64_t>(argument.dims.size()) &&
      !argument.dims[i].empty())
    return argument.dims[i].str();
  return nullptr;
}

static llvm::json::Value getStrides(MemRefType memref) {
  if (memref.getLayout().isIdentity())
    return nullptr;
  llvm::json::Array strides;
  for (int64_t stride : memref.getStridesAndOffset().first)
    strides.push_back(ShapedType::isDynamic(stride) ? llvm::json::Value(nullptr)
                                                    : stride);
  return strides;
}

static llvm::json::Object describe(const EntryArgument &argument) {
  llvm::json::Object object{{"name", argument.name.str()}};
  auto memref = dyn_cast<MemRefType>(argument.type);
  if (!memref) {
    object["kind"] = isa<FloatType>(argument.type) ? "float" : "integer";
    return object;
  }
  llvm::json::Array shape;
  for (int64_t i = 0; i < memref.getRank(); ++i)
    shape.push_back(getSize(argument, memref, i));
  object["kind"] = "tensor";
  object["dtype"] = getTypeName(memref.getElementType());
  object["shape"] = std::move(shape);
  object["strides"] = getStrides(memref);
  object["alignment"] = argument.alignment;
  return object;
}

// The chips that kernels are for, before and after they are serialized.
static SmallVector<Attribute> getTargets(Operation *op) {
  SmallVector<Attribute> targets;
  if (auto kernels = dyn_cast_or_null<gpu::GPUModuleOp>(op)) {
    if (ArrayAttr attribute = kernels.getTargetsAttr())
      llvm::append_range(targets, attribute);
  } else if (auto binary = dyn_cast_or_null<gpu::BinaryOp>(op)) {
    for (auto object : binary.getObjects().getAsRange<gpu::ObjectAttr>())
      targets.push_back(object.getTarget());
  }
  return targets;
}

// The function with this host code, of each of its variants.
static llvm::json::Object describe(ArrayRef<Operation *> variants) {
  std::optional<Entry> optionalEntry = Entry::get(variants.front());
  assert(optionalEntry && "expected host code of an entry point");
  const Entry &entry = *optionalEntry;
  llvm::json::Array arguments, kernels, chips;
  for (const EntryArgument &argument : entry.getArguments())
    arguments.push_back(describe(argument));
  llvm::SetVector<StringRef> kernelNames, chipNames;
  for (Operation *host : variants) {
    if (auto names = host->getAttrOfType<ArrayAttr>(kernelsAttrName))
      for (auto name : names.getAsRange<StringAttr>())
        kernelNames.insert(name.getValue());
    if (auto symbol =
            host->getAttrOfType<FlatSymbolRefAttr>(kernelModuleAttrName))
      for (Attribute target : getTargets(SymbolTable::lookupNearestSymbolFrom(
               host->getParentOp(), symbol)))
        if (auto nvvm = dyn_cast<NVVM::NVVMTargetAttr>(target))
          chipNames.insert(nvvm.getChip());
  }
  for (StringRef name : kernelNames)
    kernels.push_back(name.str());
  for (StringRef name : chipNames)
    chips.push_back(name.str());
  return llvm::json::Object{{"name", entry.getName().str()},
                            {"device", entry.isOnDevice() ? "cuda" : "cpu"},
                            {"arguments", std::move(arguments)},
                            {"kernels", std::move(kernels)},
                            {"chips", std::move(chips)}};
}

std::string mlir::gdr::getDescription(ArrayRef<Operation *> variants) {
  return llvm::formatv("{0}", llvm::json::Value(describe(variants)));
}

void mlir::gdr::emitDescription(ModuleOp module, raw_ostream &os) {
  llvm::json::Array functions;
  for (auto &[name, variants] : getHostCode(module))
    functions.push_back(describe(variants));
  llvm::json::Object root{{"functions", std::move(functions)}};
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(root))) << "\n";
}
