//===- WGPlaces.cpp - which threads run an op -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::wg;

LogicalResult mlir::wg::detail::verifyCollective(Operation *op) {
  // collective_place
  if (op->getParentOfType<OneThreadOp>())
    return op->emitOpError("expected all threads of a warpgroup, got one: "
                           "the op is inside of a wg.one_thread");
  return success();
}

LogicalResult mlir::wg::detail::verifyByOneThread(Operation *op) {
  // one_thread_place
  if (!op->getParentOfType<OneThreadOp>())
    return op->emitOpError("expected one thread, got all of a warpgroup; put "
                           "the op into a wg.one_thread");
  return success();
}

LogicalResult mlir::wg::detail::verifyInKernelBody(Operation *op) {
  // kernel_body_place
  if (!isa_and_present<FunctionOpInterface>(op->getParentOp()))
    return op->emitOpError("expected the body of a kernel, where the whole CTA "
                           "runs the op once, got the body of ")
           << op->getParentOp()->getName();
  return success();
}
