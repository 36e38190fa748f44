//===- PassTensorMaps.cpp - tensor maps by value --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels as llvm.func with the attribute that gdr-wg-to-nvvm leaves,
// and leaves the arguments that it names as parameters passed by value.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_PASSTENSORMAPS
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

/// Bytes and alignment of a tensor map; CUDA driver API, CUtensorMap.
static constexpr int64_t tensorMapBytes = 128;
static constexpr int64_t tensorMapAlignment = 64;

namespace {

struct PassTensorMaps : gdr::impl::PassTensorMapsBase<PassTensorMaps> {
  void runOnOperation() override {
    Builder b(&getContext());
    auto type = LLVM::LLVMArrayType::get(b.getI8Type(), tensorMapBytes);
    for (auto kernel : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      auto maps =
          kernel->getAttrOfType<DenseI64ArrayAttr>(wg::tensorMapsAttrName);
      if (!maps)
        continue;
      for (int64_t i : maps.asArrayRef()) {
        kernel.setArgAttr(i, LLVM::LLVMDialect::getByValAttrName(),
                          TypeAttr::get(type));
        kernel.setArgAttr(i, NVVM::NVVMDialect::getGridConstantAttrName(),
                          b.getUnitAttr());
        kernel.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(),
                          b.getI64IntegerAttr(tensorMapAlignment));
      }
      kernel->removeAttr(wg::tensorMapsAttrName);
    }
  }
};

} // namespace
