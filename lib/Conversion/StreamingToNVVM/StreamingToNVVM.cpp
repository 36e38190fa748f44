//===- StreamingToNVVM.cpp - accesses that bypass the L1 cache
//---------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns nontemporal loads and stores of the LLVM dialect into inline assembly,
// because NVPTX has no other way to say L1::no_allocate.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "gdr/Target/InlineAssembly.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_STREAMINGTONVVM
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// Bytes of an access, or 0 if the type is none that one instruction moves.
static int64_t getAccessBytes(Type type) {
  int64_t bits = 0;
  if (auto vector = dyn_cast<VectorType>(type))
    bits = vector.getNumElements() * vector.getElementTypeBitWidth();
  else if (type.isIntOrFloat())
    bits = type.getIntOrFloatBitWidth();
  return llvm::is_contained({16, 32, 64, 128}, bits) ? bits / 8 : 0;
}

namespace {

struct StreamingToNVVM : gdr::impl::StreamingToNVVMBase<StreamingToNVVM> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (auto load = dyn_cast<LLVM::LoadOp>(op))
        replaceLoad(load);
      else if (auto store = dyn_cast<LLVM::StoreOp>(op))
        replaceStore(store);
    });
  }

private:
  static void replaceLoad(LLVM::LoadOp load) {
    int64_t bytes = getAccessBytes(load.getType());
    if (!load.getNontemporal() || bytes == 0)
      return;
    ImplicitLocOpBuilder b(load.getLoc(), load);
    load.replaceAllUsesWith(
        createStreamingLoad(b, load.getType(), bytes, load.getAddr()));
    load.erase();
  }

  static void replaceStore(LLVM::StoreOp store) {
    int64_t bytes = getAccessBytes(store.getValue().getType());
    if (!store.getNontemporal() || bytes == 0)
      return;
    ImplicitLocOpBuilder b(store.getLoc(), store);
    createStreamingStore(b, store.getValue(), bytes, store.getAddr());
    store.erase();
  }
};

} // namespace
