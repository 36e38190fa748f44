//===- LaunchToRuntime.cpp - launches through libgdr_runtime --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers `gpu.launch_func` in host code of entry points to calls of gdr_launch.
// A kernel's parameters are stored on the stack, and an array of their
// addresses is passed, as the CUDA driver wants it. A pointer to a parameter
// that the kernel takes by value, a tensor map, is such an address itself.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "HostCode.h"
#include "gdr-c/Runtime.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_LAUNCHTORUNTIME
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// An operand of a launch as the 64-bit value that the kernel takes for it.
static Value createParameter(ImplicitLocOpBuilder &b, Value operand) {
  if (isa<MemRefType>(operand.getType()))
    operand = memref::ExtractAlignedPointerAsIndexOp::create(b, operand);
  if (operand.getType().isIndex())
    return arith::IndexCastOp::create(b, b.getI64Type(), operand);
  return operand;
}

// Whether operand number `number` points to what the kernel takes.
static bool isPassedByValue(gpu::LaunchFuncOp launch, unsigned number) {
  if (!isa<LLVM::LLVMPointerType>(launch.getKernelOperand(number).getType()))
    return false;
  auto kernel = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(
      launch, launch.getKernelAttr());
  return kernel &&
         kernel.getArgAttr(number, LLVM::LLVMDialect::getByValAttrName());
}

// The address of an array of the addresses of the parameters.
static Value createParameterArray(ImplicitLocOpBuilder &b,
                                  gpu::LaunchFuncOp launch) {
  OperandRange operands = launch.getKernelOperands();
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value array =
      createStackSlot(b, pointer, std::max<int64_t>(1, operands.size()));
  for (auto [i, operand] : llvm::enumerate(operands)) {
    Value slot = operand;
    if (!isPassedByValue(launch, i)) {
      Value parameter = createParameter(b, operand);
      slot = createStackSlot(b, parameter.getType());
      LLVM::StoreOp::create(b, parameter, slot);
    }
    Value place =
        LLVM::GEPOp::create(b, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(b, slot, place);
  }
  return array;
}

namespace {

struct LaunchToRuntime : gdr::impl::LaunchToRuntimeBase<LaunchToRuntime> {
  void runOnOperation() override {
    WalkResult result =
        getOperation()->walk([&](gpu::LaunchFuncOp launch) -> WalkResult {
          return replace(launch);
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult replace(gpu::LaunchFuncOp launch) {
    FailureOr<func::FuncOp> func =
        getHostCode(launch, "launch", "gdr-launch-to-runtime");
    if (failed(func))
      return failure();
    FailureOr<int64_t> kernel = getKernelNumber(*func, launch);
    if (failed(kernel))
      return failure();

    ImplicitLocOpBuilder b(launch.getLoc(), launch);
    gpu::KernelDim3 grid = launch.getGridSizeOperandValues();
    gpu::KernelDim3 block = launch.getBlockSizeOperandValues();
    SmallVector<Value> operands = {getCallObject(*func), createI64(b, *kernel)};
    for (Value size : {grid.x, grid.y, grid.z, block.x, block.y, block.z})
      operands.push_back(createParameter(b, size));
    if (Value bytes = launch.getDynamicSharedMemorySize())
      operands.push_back(arith::ExtUIOp::create(b, b.getI64Type(), bytes));
    else
      operands.push_back(createI64(b, 0));
    int64_t flags = 0;
    if (launch->hasAttr(waitsAttrName))
      flags |= GDR_LAUNCH_WAITS_FOR_DEPENDENCY;
    if (launch->hasAttr(overlapsAttrName))
      flags |= GDR_LAUNCH_OVERLAPS_PREVIOUS;
    if (launch->hasAttr(waitsAtStartAttrName))
      flags |= GDR_LAUNCH_WAITS_AT_START;
    operands.push_back(createI64(b, flags));
    operands.push_back(createParameterArray(b, launch));
    createRuntimeCall(b, "gdr_launch", LLVM::LLVMVoidType::get(b.getContext()),
                      operands);
    launch.erase();
    return success();
  }

  // The kernel's place in the function's list, at whose end it is put if new.
  FailureOr<int64_t> getKernelNumber(func::FuncOp func,
                                     gpu::LaunchFuncOp launch) {
    auto module = FlatSymbolRefAttr::get(launch.getKernelModuleName());
    if (Attribute known = func->getAttr(kernelModuleAttrName);
        known && known != module)
      return launch.emitOpError("expected all kernels of a function in one "
                                "GPU module, ")
             << known << ", got " << module;
    func->setAttr(kernelModuleAttrName, module);
    SmallVector<Attribute> names;
    if (auto known = func->getAttrOfType<ArrayAttr>(kernelsAttrName))
      llvm::append_range(names, known);
    Attribute name = launch.getKernelName();
    auto found = llvm::find(names, name);
    int64_t number = found - names.begin();
    if (found == names.end()) {
      names.push_back(name);
      func->setAttr(kernelsAttrName, Builder(func).getArrayAttr(names));
    }
    return number;
  }
};

} // namespace
