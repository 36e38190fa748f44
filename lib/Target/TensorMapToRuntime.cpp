//===- TensorMapToRuntime.cpp - tensor maps through libgdr_runtime --------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers the ops on tensor maps in host code of entry points to calls of the
// runtime, with a gdr_tensor_map of the tensor on the stack. A tensor map is
// 128 bytes on the stack, whose address the launch takes, and the argument of
// the kernel becomes a copy of them in constant memory.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "HostCode.h"
#include "gdr-c/Runtime.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_TENSORMAPTORUNTIME
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

static constexpr StringLiteral passName = "gdr-tensor-map-to-runtime";

// The number of the entry point's argument that a memref is in, or -1. The
// call object is argument 0 of host code.
static int64_t getArgumentNumber(func::FuncOp hostCode, Value memref) {
  while (Operation *op = memref.getDefiningOp()) {
    if (auto view = dyn_cast<ViewLikeOpInterface>(op))
      memref = view.getViewSource();
    else if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op))
      memref = metadata.getSource();
    else
      return -1;
  }
  auto argument = cast<BlockArgument>(memref);
  bool isArgument = argument.getOwner() == &hostCode.getBody().front();
  return isArgument ? int64_t{argument.getArgNumber()} - 1 : -1;
}

static Value createI64(ImplicitLocOpBuilder &b, OpFoldResult value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return createI64(b, *constant);
  return arith::IndexCastOp::create(b, b.getI64Type(), cast<Value>(value));
}

// The address of the first element.
static Value createAddress(ImplicitLocOpBuilder &b, Value tensor,
                           Value offset) {
  int64_t elementBytes =
      cast<MemRefType>(tensor.getType()).getElementTypeBitWidth() / 8;
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(b, tensor);
  base = arith::IndexCastOp::create(b, b.getI64Type(), base);
  Value bytes = arith::MulIOp::create(b, offset, createI64(b, elementBytes));
  return arith::AddIOp::create(b, base, bytes);
}

// A gdr_tensor_map on the stack: all fields are 64 bits wide. Of a tensor that
// is only checked there is no box.
static Value createDescription(ImplicitLocOpBuilder &b, func::FuncOp hostCode,
                               Value tensor, ArrayRef<int64_t> box = {},
                               int64_t swizzle = 0) {
  auto type = cast<MemRefType>(tensor.getType());
  auto metadata = memref::ExtractStridedMetadataOp::create(b, tensor);
  SmallVector<Value> fields = {
      createI64(b, getArgumentNumber(hostCode, tensor)),
      createI64(b, type.getElementType().isBF16() ? kDLBfloat : kDLFloat),
      createI64(b, type.getElementTypeBitWidth()),
      createI64(b, type.getRank()),
      createI64(b, swizzle),
      createAddress(b, tensor,
                    createI64(b, metadata.getConstifiedMixedOffset()))};
  auto addArray = [&](ArrayRef<OpFoldResult> values) {
    for (OpFoldResult value : values)
      fields.push_back(createI64(b, value));
    fields.append(GDR_MAX_TENSOR_MAP_RANK - values.size(), Value());
  };
  addArray(metadata.getConstifiedMixedSizes());
  addArray(metadata.getConstifiedMixedStrides());
  addArray(getAsIndexOpFoldResult(b.getContext(), box));

  Value description = createStackSlot(b, b.getI64Type(), fields.size());
  for (auto [i, field] : llvm::enumerate(fields)) {
    if (!field)
      continue;
    Value place = LLVM::GEPOp::create(
        b, description.getType(), b.getI64Type(), description,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(b, field, place);
  }
  return description;
}

static LLVM::LLVMArrayType getMapType(Builder b) {
  return LLVM::LLVMArrayType::get(b.getI8Type(), GDR_TENSOR_MAP_BYTES);
}

// Makes kernels take the map by value. Only so can the copies that go through
// it find it (PTX ISA, "tensor-map"): not in the memory of the host.
static LogicalResult passByValue(EncodeTensorMapOp op) {
  Builder b(op.getContext());
  for (OpOperand &use : op.getMap().getUses()) {
    auto launch = dyn_cast<gpu::LaunchFuncOp>(use.getOwner());
    OperandRange operands =
        launch ? launch.getKernelOperands() : OperandRange(nullptr, 0);
    unsigned begin = launch ? operands.getBeginOperandIndex() : 0;
    unsigned number = use.getOperandNumber() - begin;
    if (!launch || number >= operands.size())
      return op.emitOpError("expected the tensor map to be an argument of a "
                            "kernel and of nothing else, got a use by '")
             << use.getOwner()->getName() << "'";
    auto kernel = SymbolTable::lookupNearestSymbolFrom<LLVM::LLVMFuncOp>(
        launch, launch.getKernelAttr());
    if (!kernel ||
        !isa<LLVM::LLVMPointerType>(kernel.getArgumentTypes()[number]))
      return launch.emitOpError("expected argument #")
             << number
             << " of the kernel, a tensor map, to be a pointer in the "
             << "LLVM dialect; run gdr-lower-to-gpu, or lower the kernel "
             << "before " << passName;
    kernel.setArgAttr(number, LLVM::LLVMDialect::getByValAttrName(),
                      TypeAttr::get(getMapType(b)));
    kernel.setArgAttr(number, LLVM::LLVMDialect::getAlignAttrName(),
                      b.getI64IntegerAttr(GDR_TENSOR_MAP_ALIGNMENT));
    kernel.setArgAttr(number, NVVM::NVVMDialect::getGridConstantAttrName(),
                      b.getUnitAttr());
  }
  return success();
}

namespace {

struct TensorMapToRuntime
    : gdr::impl::TensorMapToRuntimeBase<TensorMapToRuntime> {
  void runOnOperation() override {
    WalkResult result = getOperation()->walk([&](Operation *op) -> WalkResult {
      if (auto fits = dyn_cast<FitsBoxesOp>(op))
        return replace(fits);
      if (auto expect = dyn_cast<ExpectBoxesOp>(op))
        return replace(expect);
      if (auto encode = dyn_cast<EncodeTensorMapOp>(op))
        return replace(encode);
      return success();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  // Calls gdr_fits_boxes or gdr_expect_boxes for each of the tensors; returns
  // the results.
  template <typename OpTy>
  FailureOr<SmallVector<Value>> createCalls(OpTy op, StringRef function,
                                            Type result) {
    FailureOr<func::FuncOp> hostCode = getHostCode(op, "op", passName);
    if (failed(hostCode))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), op);
    SmallVector<Value> results;
    for (Value tensor : op.getTensors()) {
      if (!isa<MemRefType>(tensor.getType()))
        return op.emitOpError("expected memrefs, got tensors; run "
                              "gdr-bufferize before ")
               << passName;
      Value description = createDescription(b, *hostCode, tensor);
      llvm::append_range(
          results, createRuntimeCall(b, function, result,
                                     {getCallObject(*hostCode), description})
                       .getResults());
    }
    return results;
  }

  LogicalResult replace(FitsBoxesOp op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    FailureOr<SmallVector<Value>> answers =
        createCalls(op, "gdr_fits_boxes", b.getI64Type());
    if (failed(answers))
      return failure();
    Value all = answers->front();
    for (Value answer : llvm::drop_begin(*answers))
      all = arith::AndIOp::create(b, all, answer);
    op.getFits().replaceAllUsesWith(arith::CmpIOp::create(
        b, arith::CmpIPredicate::ne, all, createI64(b, 0)));
    op.erase();
    return success();
  }

  LogicalResult replace(ExpectBoxesOp op) {
    if (failed(createCalls(op, "gdr_expect_boxes",
                           LLVM::LLVMVoidType::get(op.getContext()))))
      return failure();
    op.erase();
    return success();
  }

  LogicalResult replace(EncodeTensorMapOp op) {
    FailureOr<func::FuncOp> hostCode = getHostCode(op, "op", passName);
    if (failed(hostCode) || failed(passByValue(op)))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), op);
    Value map = createStackSlot(b, getMapType(b), /*count=*/1,
                                GDR_TENSOR_MAP_ALIGNMENT);
    Value description = createDescription(b, *hostCode, op.getTensor(),
                                          op.getBox(), op.getSwizzle());
    createRuntimeCall(b, "gdr_encode_tensor_map",
                      LLVM::LLVMVoidType::get(b.getContext()),
                      {getCallObject(*hostCode), map, description});
    op.getMap().replaceAllUsesWith(map);
    op.erase();
    return success();
  }
};

} // namespace
