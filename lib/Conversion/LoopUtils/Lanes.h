//===- Lanes.h - loops over vectors of f32 lanes ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Vectors of f32 whose memory may hold a narrower float, and the loops that
// take a dimension of any size in whole vectors and a rest. `valid` is the
// number of lanes in bounds, the first ones; null where all lanes are.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_LOOPUTILS_LANES_H
#define GDR_LIB_CONVERSION_LOOPUTILS_LANES_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Lanes of a vector: a 256-bit register of f32.
inline constexpr int64_t numLanes = 8;

Value createIndex(ImplicitLocOpBuilder &b, int64_t value);
/// `value` rounded up to whole vectors.
Value createRoundUpToLanes(ImplicitLocOpBuilder &b, Value value);

/// Zeros, or `scalar` in each lane.
Value createZeroLanes(ImplicitLocOpBuilder &b, int64_t count = numLanes);
Value createBroadcast(ImplicitLocOpBuilder &b, Value scalar,
                      int64_t count = numLanes);

/// Loads `count` elements of the innermost dimension as f32; lanes that are not
/// valid are zero. With `valid`, the count is numLanes.
Value createLoadLanes(ImplicitLocOpBuilder &b, Value memref, ValueRange indices,
                      Value valid = nullptr, int64_t count = numLanes);
/// Stores the valid lanes of f32 in the memref's element type.
void createStoreLanes(ImplicitLocOpBuilder &b, Value lanes, Value memref,
                      ValueRange indices, Value valid = nullptr);

/// A buffer of f32 local to one iteration of a parallel loop.
struct LocalBuffer {
  Value memref;
  bool isOnHeap;
};

/// Allocates a buffer on the stack, or on the heap if it is large or of dynamic
/// size; createFree at the end of the iteration frees the latter.
LocalBuffer createLocalBuffer(ImplicitLocOpBuilder &b, ArrayRef<Value> sizes);
void createFree(ImplicitLocOpBuilder &b, ArrayRef<LocalBuffer> buffers);

/// The sum of the lanes, as a scalar.
Value createSumLanes(ImplicitLocOpBuilder &b, Value lanes);
/// A vector of the sums of each of 1, 2, 4 or 8 vectors.
Value createSumEach(ImplicitLocOpBuilder &b, ArrayRef<Value> vectors);

/// The transposed matrix of numLanes vectors.
SmallVector<Value> createTranspose(ImplicitLocOpBuilder &b,
                                   ArrayRef<Value> rows);

/// for index = begin, begin + step, ... < end, with carried values.
SmallVector<Value> createLoop(
    ImplicitLocOpBuilder &b, Value begin, Value end, int64_t step,
    ValueRange inits,
    function_ref<SmallVector<Value>(Value index, ValueRange carried)> body);

/// A loop over `extent` elements in vectors; of the last one, not all lanes are
/// valid if the extent is not a multiple of numLanes.
SmallVector<Value>
createLaneLoop(ImplicitLocOpBuilder &b, Value extent, ValueRange inits,
               function_ref<SmallVector<Value>(Value index, Value valid,
                                               ValueRange carried)>
                   body);
void createLaneLoop(ImplicitLocOpBuilder &b, Value extent,
                    function_ref<void(Value index, Value valid)> body);

/// Loops over `extent` elements in groups of the first size, then what is left
/// in groups of the second, and so on. Returns the number of elements taken.
Value createGroupLoops(ImplicitLocOpBuilder &b, Value extent,
                       ArrayRef<int64_t> sizes,
                       function_ref<void(Value index, int64_t size)> body);

/// scf.if; without a condition, `thenBody` alone. `elseBody` may be null.
void createIf(ImplicitLocOpBuilder &b, Value condition,
              function_ref<void()> thenBody,
              function_ref<void()> elseBody = nullptr);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_LOOPUTILS_LANES_H
