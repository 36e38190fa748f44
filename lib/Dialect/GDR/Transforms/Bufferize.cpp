//===- Bufferize.cpp - bufferization with gdr's calling convention
//----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_BUFFERIZE
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

// A tensor argument as a memref with any strides but the innermost, which is 1.
static bufferization::BufferLikeType
getArgumentType(bufferization::TensorLikeType type, Attribute memorySpace,
                func::FuncOp, const bufferization::BufferizationOptions &) {
  auto tensor = cast<RankedTensorType>(Type(type));
  SmallVector<int64_t> strides(tensor.getRank(), ShapedType::kDynamic);
  if (!strides.empty())
    strides.back() = 1;
  auto layout =
      StridedLayoutAttr::get(tensor.getContext(),
                             /*offset=*/ShapedType::kDynamic, strides);
  return cast<bufferization::BufferLikeType>(Type(MemRefType::get(
      tensor.getShape(), tensor.getElementType(), layout, memorySpace)));
}

// The buffer that a value is another name of: through casts, and through
// branches that yield one buffer on both sides.
static Value getRootBuffer(Value value) {
  while (true) {
    if (auto cast = value.getDefiningOp<memref::CastOp>()) {
      value = cast.getSource();
      continue;
    }
    auto branch = value.getDefiningOp<scf::IfOp>();
    if (!branch)
      return value;
    unsigned number = cast<OpResult>(value).getResultNumber();
    Value thenRoot = getRootBuffer(branch.thenYield().getOperand(number));
    Value elseRoot = getRootBuffer(branch.elseYield().getOperand(number));
    if (thenRoot != elseRoot ||
        branch->isAncestor(thenRoot.getParentBlock()->getParentOp()))
      return value;
    value = thenRoot;
  }
}

// What the pass, and the entry points that follow, can take.
static LogicalResult verifyFunctions(ModuleOp module) {
  for (auto func : module.getOps<func::FuncOp>()) {
    if (func.isExternal())
      continue;
    for (Type type : func.getArgumentTypes())
      if (isa<UnrankedTensorType>(type))
        return func.emitOpError("expected ranked tensors, got an argument of "
                                "type ")
               << type;
    auto returnOps = llvm::to_vector(func.getOps<func::ReturnOp>());
    if (returnOps.size() != 1 || !func.getBody().hasOneBlock())
      return func.emitOpError("expected one block with one func.return; use "
                              "scf instead of branches between blocks");
    llvm::SmallPtrSet<Value, 4> returned;
    for (Value value : returnOps.front().getOperands())
      if (isa<TensorType>(value.getType()) && !returned.insert(value).second)
        return returnOps.front().emitOpError(
            "expected each tensor to be returned once");
  }
  WalkResult result = module.walk([](func::CallOp call) -> WalkResult {
    return call.emitOpError("expected functions that call no others; run "
                            "inline before gdr-bufferize");
  });
  return failure(result.wasInterrupted());
}

// Drops the results of public functions that are an argument's buffer, which
// upstream does only for private ones, and returns the others by their first
// names.
static void dropArgumentResults(ModuleOp module) {
  for (auto func : module.getOps<func::FuncOp>()) {
    if (func.isExternal() || !func.isPublic())
      continue;
    auto returnOp = cast<func::ReturnOp>(func.getBody().back().getTerminator());
    llvm::BitVector dropped(func.getNumResults());
    for (OpOperand &operand : returnOp->getOpOperands()) {
      if (!isa<MemRefType>(operand.get().getType()))
        continue;
      Value root = getRootBuffer(operand.get());
      if (root.getType() == operand.get().getType())
        operand.set(root);
      if (isa<BlockArgument>(root))
        dropped.set(operand.getOperandNumber());
    }
    returnOp->eraseOperands(dropped);
    (void)func.eraseResults(dropped);
  }
}

namespace {

struct Bufferize : gdr::impl::BufferizeBase<Bufferize> {
  void runOnOperation() override {
    if (failed(verifyFunctions(getOperation())))
      return signalPassFailure();
    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.functionArgTypeConverterFn = getArgumentType;
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotModuleBufferize(getOperation(), options,
                                                        state)))
      return signalPassFailure();
    dropArgumentResults(getOperation());
    if (failed(bufferization::dropEquivalentBufferResults(getOperation())))
      return signalPassFailure();

    bufferization::BufferResultsToOutParamsOpts outParams;
    outParams.hoistStaticAllocs = true;
    outParams.hoistDynamicAllocs = true;
    outParams.modifyPublicFunctions = true;
    if (failed(bufferization::promoteBufferResultsToOutParams(getOperation(),
                                                              outParams)))
      signalPassFailure();
  }
};

} // namespace
