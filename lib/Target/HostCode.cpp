//===- HostCode.cpp - helpers for host code of entry points ---------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"

#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::gdr;

FailureOr<func::FuncOp> mlir::gdr::getHostCode(Operation *op, StringRef what,
                                               StringRef pass) {
  auto func = op->getParentOfType<func::FuncOp>();
  if (func && func->hasAttr(entryAttrName))
    return func;
  return op->emitOpError("expected the ")
         << what << " in host code of an entry point; run gdr-describe-entry "
         << "before " << pass;
}

Value mlir::gdr::createI64(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantOp::create(b, b.getI64IntegerAttr(value));
}

Value mlir::gdr::createStackSlot(ImplicitLocOpBuilder &b, Type type,
                                 int64_t count, int64_t alignment) {
  OpBuilder::InsertionGuard guard(b);
  auto func = cast<func::FuncOp>(
      b.getInsertionBlock()->getParent()->getParentOfType<func::FuncOp>());
  b.setInsertionPointToStart(&func.getBody().front());
  return LLVM::AllocaOp::create(b, LLVM::LLVMPointerType::get(b.getContext()),
                                type, createI64(b, count), alignment);
}

LLVM::CallOp mlir::gdr::createRuntimeCall(ImplicitLocOpBuilder &b,
                                          StringRef name, Type result,
                                          ValueRange operands) {
  auto module =
      b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!function) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    SmallVector<Type> parameters(operands.getTypes());
    function = LLVM::LLVMFuncOp::create(
        b, name, LLVM::LLVMFunctionType::get(result, parameters));
  }
  return LLVM::CallOp::create(b, function, operands);
}
