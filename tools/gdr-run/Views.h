//===- Views.h - values as views of the arguments ---------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_VIEWS_H
#define GDR_TOOLS_GDR_RUN_VIEWS_H

#include "Program.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::gdr::run {

/// Follows values of a function to its arguments.
class ViewResolver {
public:
  explicit ViewResolver(Program &program) : program(program) {}

  /// The slot that a value is a view of, if it is one.
  std::optional<unsigned> getSlot(Value value);
  /// The view that a value is.
  FailureOr<TensorView> resolve(Value value);
  /// The view of the slot that a result of an op is returned in; `shape` is
  /// the result's.
  FailureOr<TensorView> resolveResult(OpResult result, ArrayRef<int64_t> shape);

private:
  FailureOr<int64_t> evaluate(OpFoldResult value);
  FailureOr<int64_t> evaluate(Value value);
  FailureOr<SmallVector<int64_t>> evaluate(ArrayRef<OpFoldResult> values);
  FailureOr<TensorView> resolveSlice(OffsetSizeAndStrideOpInterface slice,
                                     const llvm::SmallBitVector &droppedDims);
  FailureOr<TensorView> resolveExpansion(Value source,
                                         ArrayRef<ReassociationIndices> groups,
                                         ArrayRef<OpFoldResult> sizes);
  FailureOr<TensorView> resolveCollapse(Value source,
                                        ArrayRef<ReassociationIndices> groups);

  Program &program;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_VIEWS_H
