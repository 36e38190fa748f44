//===- LaunchToRuntime.cpp - launches through libgdr_runtime --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers `gpu.launch_func` in host code of entry points to calls of gdr_launch.
// A kernel's parameters are stored on the stack, and an array of their
// addresses is passed, as the CUDA driver wants it.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr-c/Runtime.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_LAUNCHTORUNTIME
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// void gdr_launch(gdr_call *, int64_t kernel, 6 x int64_t grid and block,
//                 int64_t shared_bytes, int64_t flags, void **parameters)
static LLVM::LLVMFuncOp getOrCreateLaunchFunction(ModuleOp module) {
  static constexpr StringLiteral name = "gdr_launch";
  if (auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return function;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  SmallVector<Type> parameters(11, b.getI64Type());
  parameters.front() = parameters.back() = pointer;
  return LLVM::LLVMFuncOp::create(
      b, module.getLoc(), name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  parameters));
}

static Value createI64(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantOp::create(b, b.getI64IntegerAttr(value));
}

// An operand of a launch as the 64-bit value that the kernel takes for it.
static Value createParameter(ImplicitLocOpBuilder &b, Value operand) {
  if (isa<MemRefType>(operand.getType()))
    operand = memref::ExtractAlignedPointerAsIndexOp::create(b, operand);
  if (operand.getType().isIndex())
    return arith::IndexCastOp::create(b, b.getI64Type(), operand);
  return operand;
}

// The address of an array of the addresses of the parameters.
static Value createParameterArray(ImplicitLocOpBuilder &b,
                                  ValueRange operands) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  SmallVector<Value> slots;
  {
    // On the stack once, whatever control flow the launch is in.
    OpBuilder::InsertionGuard guard(b);
    auto func =
        b.getInsertionBlock()->getParent()->getParentOfType<func::FuncOp>();
    b.setInsertionPointToStart(&func.getBody().front());
    Value one = createI64(b, 1);
    for (Value operand : operands) {
      Type type = operand.getType();
      if (isa<MemRefType>(type) || type.isIndex())
        type = b.getI64Type();
      slots.push_back(LLVM::AllocaOp::create(b, pointer, type, one));
    }
    slots.push_back(LLVM::AllocaOp::create(
        b, pointer, pointer,
        createI64(b, std::max<size_t>(1, operands.size()))));
  }
  Value array = slots.pop_back_val();
  for (auto [i, operand] : llvm::enumerate(operands)) {
    LLVM::StoreOp::create(b, createParameter(b, operand), slots[i]);
    Value place =
        LLVM::GEPOp::create(b, pointer, pointer, array,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(b, slots[i], place);
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
    auto func = launch->getParentOfType<func::FuncOp>();
    if (!func || !func->hasAttr(entryAttrName))
      return launch.emitOpError("expected the launch in host code of an entry "
                                "point; run gdr-describe-entry before "
                                "gdr-launch-to-runtime");
    FailureOr<int64_t> kernel = getKernelNumber(func, launch);
    if (failed(kernel))
      return failure();

    ImplicitLocOpBuilder b(launch.getLoc(), launch);
    gpu::KernelDim3 grid = launch.getGridSizeOperandValues();
    gpu::KernelDim3 block = launch.getBlockSizeOperandValues();
    SmallVector<Value> operands = {func.getArgument(0), createI64(b, *kernel)};
    for (Value size : {grid.x, grid.y, grid.z, block.x, block.y, block.z})
      operands.push_back(createParameter(b, size));
    if (Value bytes = launch.getDynamicSharedMemorySize())
      operands.push_back(arith::ExtUIOp::create(b, b.getI64Type(), bytes));
    else
      operands.push_back(createI64(b, 0));
    operands.push_back(createI64(b, launch->hasAttr(waitsAttrName)
                                        ? GDR_LAUNCH_WAITS_FOR_DEPENDENCY
                                        : 0));
    operands.push_back(createParameterArray(b, launch.getKernelOperands()));
    LLVM::CallOp::create(b, getOrCreateLaunchFunction(getOperation()),
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
