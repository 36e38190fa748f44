//===- CopyToLinalg.cpp - strided copies as linalg.generic ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces each `memref.copy` that is not of contiguous buffers, as
// bufferization leaves them, by a `linalg.generic`, for which there is a
// lowering to loops. Upstream's lowering of such a copy calls a function of its
// runner library, which compiled code does not have.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_COPYTOLINALG
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

namespace {
struct CopyToLinalg : gdr::impl::CopyToLinalgBase<CopyToLinalg> {
  void runOnOperation() override;
};
} // namespace

// Whether the lowering of the copy to LLVM is a memcpy.
static bool isContiguous(memref::CopyOp copy) {
  return llvm::all_of(copy->getOperandTypes(), [](Type type) {
    auto memref = dyn_cast<MemRefType>(type);
    return memref && memref.getLayout().isIdentity();
  });
}

static bool isRanked(memref::CopyOp copy) {
  return llvm::all_of(copy->getOperandTypes(), llvm::IsaPred<MemRefType>);
}

void CopyToLinalg::runOnOperation() {
  OpBuilder b(&getContext());
  getOperation()->walk([&](memref::CopyOp copy) {
    if (isContiguous(copy) || !isRanked(copy))
      return;
    b.setInsertionPoint(copy);
    linalg::makeMemRefCopyOp(b, copy.getLoc(), copy.getSource(),
                             copy.getTarget());
    copy.erase();
  });
}
