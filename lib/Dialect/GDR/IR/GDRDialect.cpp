//===- GDRDialect.cpp - the gdr dialect and its attributes ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;

#include "gdr/Dialect/GDR/IR/GDRDialect.cpp.inc"
#include "gdr/Dialect/GDR/IR/GDREnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "gdr/Dialect/GDR/IR/GDRAttributes.cpp.inc"

void GDRDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "gdr/Dialect/GDR/IR/GDRAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "gdr/Dialect/GDR/IR/GDROps.cpp.inc"
      >();
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t lanes, int64_t columns,
                                   int64_t warps, int64_t keyWarps,
                                   bool overlap) {
  // schedule_lanes
  if (lanes < 1 || lanes > 32 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "expected schedule parameter 'lanes' to be a power "
                          "of two from 1 to 32, got "
                       << lanes;
  // schedule_columns
  if (columns < 1 || columns > 256)
    return emitError() << "expected schedule parameter 'columns' to be from 1 "
                          "to 256, got "
                       << columns;
  // schedule_key_warps
  if (keyWarps < 1 || keyWarps > 32 || !llvm::isPowerOf2_64(keyWarps))
    return emitError() << "expected schedule parameter 'key_warps' to be a "
                          "power of two from 1 to 32, got "
                       << keyWarps;
  // schedule_warps
  if (warps < 1 || warps * keyWarps > 32)
    return emitError() << "expected schedule parameters 'warps' times "
                          "'key_warps' to be from 1 to 32, got "
                       << warps << " times " << keyWarps;
  return success();
}

LogicalResult ChunkedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t chunkSize, int64_t columns,
                                  int64_t stages, int64_t heads, bool overlap) {
  // chunked_chunk_size
  if (chunkSize < 16 || chunkSize > 128 || !llvm::isPowerOf2_64(chunkSize))
    return emitError() << "expected schedule parameter 'chunk_size' to be 16, "
                          "32, 64 or 128, got "
                       << chunkSize;
  // chunked_columns, chunked_stages, chunked_heads
  for (auto [name, value] : {std::pair<StringRef, int64_t>{"columns", columns},
                             {"stages", stages},
                             {"heads", heads}})
    if (value < 0)
      return emitError() << "expected schedule parameter '" << name
                         << "' not to be negative, got " << value;
  return success();
}

LogicalResult
AlternativeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t leastTokens, int64_t leastSequences,
                        ChunkedAttr schedule) {
  // alternative_bounds
  for (auto [name, value] :
       {std::pair<StringRef, int64_t>{"least_tokens", leastTokens},
        {"least_sequences", leastSequences}})
    if (value < 0)
      return emitError() << "expected schedule parameter '" << name
                         << "' not to be negative, got " << value;
  return success();
}

LogicalResult
AlternativesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<AlternativeAttr> alternatives) {
  // alternatives_empty
  if (alternatives.empty())
    return emitError() << "expected at least one alternative";
  return success();
}
