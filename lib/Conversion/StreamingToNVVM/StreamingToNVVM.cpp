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
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_STREAMINGTONVVM
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// Bytes of an access that one instruction can move without the L1 cache, or 0:
// of global memory (perhaps through a generic pointer), and aligned to its
// size.
template <typename AccessOp>
static int64_t getStreamingBytes(AccessOp access, Type type) {
  if (!access.getNontemporal() || access.getVolatile_())
    return 0;
  unsigned space =
      cast<LLVM::LLVMPointerType>(access.getAddr().getType()).getAddressSpace();
  if (space != static_cast<unsigned>(NVVM::NVVMMemorySpace::Generic) &&
      space != static_cast<unsigned>(NVVM::NVVMMemorySpace::Global))
    return 0;
  int64_t bits = 0;
  if (auto vector = dyn_cast<VectorType>(type))
    bits = vector.getNumElements() * vector.getElementTypeBitWidth();
  else if (type.isIntOrFloat())
    bits = type.getIntOrFloatBitWidth();
  if (!llvm::is_contained({16, 32, 64, 128}, bits))
    return 0;
  bool isAligned =
      static_cast<int64_t>(access.getAlignment().value_or(0)) >= bits / 8;
  return isAligned ? bits / 8 : 0;
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
    int64_t bytes = getStreamingBytes(load, load.getType());
    if (bytes == 0)
      return;
    ImplicitLocOpBuilder b(load.getLoc(), load);
    load.replaceAllUsesWith(
        createStreamingLoad(b, load.getType(), bytes, load.getAddr()));
    load.erase();
  }

  static void replaceStore(LLVM::StoreOp store) {
    int64_t bytes = getStreamingBytes(store, store.getValue().getType());
    if (bytes == 0)
      return;
    ImplicitLocOpBuilder b(store.getLoc(), store);
    createStreamingStore(b, store.getValue(), bytes, store.getAddr());
    store.erase();
  }
};

} // namespace
