//===- Elementwise.h - arith and math on tiles ------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_ELEMENTWISE_H
#define GDR_LIB_INTERPRETER_ELEMENTWISE_H

#include "Values.h"
#include "mlir/IR/Diagnostics.h"

namespace mlir::gdr::interpreter {

/// Whether all operands and the one result of the op are numbers or tiles, as
/// those of arith, math and tensor.splat are.
bool isOnNumbers(Operation *op);

/// The result of such an op; null if the op is not known, and a failure, which
/// is reported, if it has no result.
FailureOr<TilePtr> evaluate(Operation *op, ArrayRef<TilePtr> operands,
                            function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_ELEMENTWISE_H
