//===- CostModel.h - predicted times of the forms on a GPU ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pure functions of sizes. docs/Performance.md has the measurements behind the
// constants, and bench/prefill.py prints predictions beside what it measures.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_DIALECT_GDR_TRANSFORMS_COSTMODEL_H
#define GDR_LIB_DIALECT_GDR_TRANSFORMS_COSTMODEL_H

#include <cstdint>

namespace mlir::gdr {

/// What a predicted time depends on.
struct RuleSizes {
  int64_t sequences;
  int64_t tokens; // of a sequence
  int64_t keyHeads;
  int64_t valueHeads;
  int64_t keyDim;
  int64_t valueDim;
  int64_t elementBytes; // of q, k, v and o
  int64_t stateBytes;   // of an element of the state
  int64_t smCount;
  bool hasWgmma = true;
};

/// Microseconds of the recurrent form.
double predictRecurrent(const RuleSizes &sizes);
/// Microseconds of the two kernels of the chunked form in chunks of 64 tokens,
/// with one or two value heads a CTA of prepare, and columns of V a CTA of scan:
/// 32, 64 or 128.
double predictPrepare(const RuleSizes &sizes, int64_t heads);
double predictScan(const RuleSizes &sizes, int64_t columns);
/// Of both.
double predictChunked(const RuleSizes &sizes, int64_t heads, int64_t columns);
/// Whether a scan that starts before prepare has ended is done earlier.
bool isOverlapFaster(const RuleSizes &sizes, int64_t columns);

} // namespace mlir::gdr

#endif // GDR_LIB_DIALECT_GDR_TRANSFORMS_COSTMODEL_H
