//===- Layout.h - where the elements of tiles are ---------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The maps behind the encodings and swizzles of the wg dialect, as arithmetic
// on i32 values. Thread coordinates follow PTX ISA, "Register Fragments":
// group = lane / 4, quad = lane % 4.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_WGTONVVM_LAYOUT_H
#define GDR_CONVERSION_WGTONVVM_LAYOUT_H

#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::wg {

/// i32 arithmetic, one letter shorter.
struct I32 {
  ImplicitLocOpBuilder &b;
  Value get(int64_t value);
  Value add(Value x, Value y);
  Value mul(Value x, int64_t y);
  Value div(Value x, int64_t y); // unsigned, by a power of two
  Value rem(Value x, int64_t y); // unsigned, by a power of two
  Value bitXor(Value x, Value y);
  Value fromIndex(Value x);
  Value equal(Value x, int64_t y);
};

/// A thread in its warpgroup; all i32.
struct Thread {
  explicit Thread(ImplicitLocOpBuilder &b);
  Value inWarpgroup, warp, lane, group, quad;
};

/// The row of element `half` (0 or 1) of #wg.rows.
Value createRow(ImplicitLocOpBuilder &b, const Thread &thread, int64_t half);
/// The first of the two columns of block j of 8 columns.
Value createColumn(ImplicitLocOpBuilder &b, const Thread &thread, int64_t j);

/// Address of the 16-byte chunk of a row of a shared tile at `base`.
Value createChunkAddress(ImplicitLocOpBuilder &b, SharedType tile, Value base,
                         Value row, Value chunk);

/// Pointer to shared memory from its i32 address.
Value createSharedPointer(ImplicitLocOpBuilder &b, Value address);

/// Elements of a vector and back.
Value createElement(ImplicitLocOpBuilder &b, Value vector, int64_t position);
SmallVector<Value> createElements(ImplicitLocOpBuilder &b, Value vector);
Value createVector(ImplicitLocOpBuilder &b, VectorType type, ValueRange values);

} // namespace mlir::wg

#endif // GDR_CONVERSION_WGTONVVM_LAYOUT_H
