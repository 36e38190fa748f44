//===- Interpreter.h - runs tile programs without a GPU ---------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_INTERPRETER_INTERPRETER_H
#define GDR_INTERPRETER_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <variant>

namespace mlir::gdr {

/// A memref in memory that the caller owns. `data` is where the view begins,
/// `begin` to `end` what may be accessed; strides are in elements.
struct InterpretedTensor {
  char *data, *begin, *end;
  SmallVector<int64_t> shape, strides;
};

/// What a function gets: a memref, an integer or index, a float, or nothing,
/// for an argument that is not looked at (the runtime's call object).
using InterpretedArgument =
    std::variant<std::monostate, InterpretedTensor, int64_t, float>;

/// Runs host code as `gdr-chunk-to-wg` leaves it, and every CTA of the kernels
/// that it launches, one after the other. Rings may also be lowered.
///
/// A warpgroup is interpreted as a whole: register tiles are whole tiles, and
/// what `wg.one_thread` holds runs once. Warpgroups take turns, each going on
/// until it has to wait. Reported, as errors at the op:
///
/// * a deadlock, with what every warpgroup waits for;
/// * accesses of shared memory that no barrier orders, or before the product or
///   copy that uses it has been waited for; reads of what was never written;
/// * more shared memory than a CTA has, accesses outside of a tensor's memory;
/// * ops that the interpreter does not know.
LogicalResult interpret(func::FuncOp hostCode,
                        ArrayRef<InterpretedArgument> arguments);

} // namespace mlir::gdr

#endif // GDR_INTERPRETER_INTERPRETER_H
