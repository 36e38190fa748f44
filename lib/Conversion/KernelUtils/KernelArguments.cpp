//===- KernelArguments.cpp - memrefs across a launch ----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelArguments.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace mlir::gdr;

// Collects the dynamic ones among `values` as arguments.
static void addDynamic(ArrayRef<OpFoldResult> values,
                       SmallVectorImpl<Value> &arguments) {
  for (OpFoldResult value : values)
    if (auto dynamic = dyn_cast<Value>(value))
      arguments.push_back(dynamic);
}

PassedMemRef mlir::gdr::createPassedMemRef(ImplicitLocOpBuilder &b, Value memref) {
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  PassedMemRef passed;
  passed.type = cast<MemRefType>(memref.getType());
  passed.sizes = metadata.getConstifiedMixedSizes();
  passed.strides = metadata.getConstifiedMixedStrides();
  passed.offset = metadata.getConstifiedMixedOffset();
  passed.arguments.push_back(metadata.getBaseBuffer());
  addDynamic(passed.offset, passed.arguments);
  addDynamic(passed.sizes, passed.arguments);
  addDynamic(passed.strides, passed.arguments);
  return passed;
}

Value mlir::gdr::createRebuiltMemRef(ImplicitLocOpBuilder &b,
                                     const PassedMemRef &passed,
                                     ValueRange &arguments) {
  auto takeNext = [&] {
    Value next = arguments.front();
    arguments = arguments.drop_front();
    return next;
  };
  auto replaceDynamic = [&](OpFoldResult value) -> OpFoldResult {
    return isa<Value>(value) ? OpFoldResult(takeNext()) : value;
  };
  Value base = takeNext();
  OpFoldResult offset = replaceDynamic(passed.offset);
  SmallVector<OpFoldResult> sizes =
      llvm::map_to_vector(passed.sizes, replaceDynamic);
  SmallVector<OpFoldResult> strides =
      llvm::map_to_vector(passed.strides, replaceDynamic);
  return memref::ReinterpretCastOp::create(b, passed.type, base, offset, sizes,
                                           strides);
}

gpu::GPUFuncOp mlir::gdr::createKernel(func::FuncOp func, const Twine &suffix,
                                       TypeRange argumentTypes,
                                       int64_t threads) {
  auto module = func->getParentOfType<ModuleOp>();
  OpBuilder b(func.getContext());
  std::string moduleName = (func.getName() + "_kernels").str();
  auto gpuModule = module.lookupSymbol<gpu::GPUModuleOp>(moduleName);
  if (!gpuModule) {
    b.setInsertionPointAfter(func);
    gpuModule = gpu::GPUModuleOp::create(b, func.getLoc(), moduleName);
  }
  b.setInsertionPointToEnd(gpuModule.getBody());
  auto kernel =
      gpu::GPUFuncOp::create(b, func.getLoc(), (func.getName() + suffix).str(),
                             b.getFunctionType(argumentTypes, {}));
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), b.getUnitAttr());
  kernel.setKnownBlockSizeAttr(
      b.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  SymbolTable(gpuModule).insert(kernel);
  return kernel;
}

// All attributes of a kernel but its name.
static DictionaryAttr getAttributes(gpu::GPUFuncOp kernel) {
  NamedAttrList attributes(kernel->getAttrDictionary());
  attributes.erase(SymbolTable::getSymbolAttrName());
  return attributes.getDictionary(kernel.getContext());
}

gpu::GPUFuncOp mlir::gdr::reuseEqualKernel(gpu::GPUFuncOp kernel) {
  auto module = kernel->getParentOfType<gpu::GPUModuleOp>();
  for (auto other : module.getOps<gpu::GPUFuncOp>()) {
    if (other == kernel || getAttributes(other) != getAttributes(kernel) ||
        !OperationEquivalence::isRegionEquivalentTo(
            &other.getBody(), &kernel.getBody(),
            OperationEquivalence::IgnoreLocations))
      continue;
    kernel.erase();
    return other;
  }
  return kernel;
}
