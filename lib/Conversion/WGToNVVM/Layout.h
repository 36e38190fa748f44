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
#include "gdr/Target/InlineAssembly.h"
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

/// Two f32 rounded to f16 or bf16, as an i32; `low` has the lower half.
Value createRounded(ImplicitLocOpBuilder &b, Type element, Value low,
                    Value high);

/// A number, i32, as the sum of what depends on the thread and a constant, so
/// that the constants of many addresses can go into the instructions.
struct Index {
  Value value;
  int64_t constant = 0;
};
Value createSum(ImplicitLocOpBuilder &b, Index index);

/// The row of element `half` (0 or 1) of #wg.rows.
Index createRow(ImplicitLocOpBuilder &b, const Thread &thread, int64_t half);
/// The first of the two columns of block j of 8 columns.
Index createColumn(ImplicitLocOpBuilder &b, const Thread &thread, int64_t j);

/// The address of a tile, the constant part of its sum apart.
gdr::SharedAddress getSharedAddress(Value address);

/// Address of a 16-byte chunk of a row of a swizzled tile. The constants are
/// multiples of 8 rows and, of chunks, numbers that share no bit with those
/// that vary: even ones beside 0 and 1.
gdr::SharedAddress createChunkAddress(ImplicitLocOpBuilder &b, SharedType tile,
                                      Value base, Index row, Index chunk);
/// The address that this lane gives for the four 8x8 matrices of the 16 columns
/// from block j of a fragment on: rows 0-7 and 8-15 of the warp, of block j,
/// then of block j + 1; in memory transposed.
gdr::SharedAddress createMatrixAddress(ImplicitLocOpBuilder &b,
                                       const Thread &thread, SharedType tile,
                                       Value base, int64_t j, bool transposed);
/// Address of an element of a dense tile of one dimension.
gdr::SharedAddress createElementAddress(ImplicitLocOpBuilder &b,
                                        SharedType tile, Value base,
                                        Index position);

/// Elements of a vector and back.
Value createElement(ImplicitLocOpBuilder &b, Value vector, int64_t position);
SmallVector<Value> createElements(ImplicitLocOpBuilder &b, Value vector);
Value createVector(ImplicitLocOpBuilder &b, VectorType type, ValueRange values);

} // namespace mlir::wg

#endif // GDR_CONVERSION_WGTONVVM_LAYOUT_H
