//===- KeyReduction.h - sums over the threads that share K ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_RECURRENTTOGPU_KEYREDUCTION_H
#define GDR_LIB_CONVERSION_RECURRENTTOGPU_KEYREDUCTION_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// A thread's place among the threads of its block. All values are of type
/// index.
struct KeyThread {
  Value lane;        // among the lanes of a warp that share K
  Value warp;        // among the warps that share K
  Value number;      // among all threads that share K
  Value columnGroup; // which of the block's groups of columns
};

/// Emits the place of a thread. The lanes that share K are neighbours, and so
/// are the warps.
KeyThread createKeyThread(ImplicitLocOpBuilder &b, ScheduleAttr schedule);

/// Bytes of shared memory that an exchange of so many sums a thread needs.
int64_t getKeyExchangeBytes(ScheduleAttr schedule, int64_t sums);

/// Emits the sums of f32 scalars and vectors over all threads that share K, in
/// one round of shuffles and, with several key_warps, one exchange through
/// shared memory. `ordinal` counts the rounds of a thread.
SmallVector<Value> createKeySums(ImplicitLocOpBuilder &b, gpu::GPUFuncOp kernel,
                                 ScheduleAttr schedule, const KeyThread &thread,
                                 Value ordinal, ArrayRef<Value> parts);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_RECURRENTTOGPU_KEYREDUCTION_H
