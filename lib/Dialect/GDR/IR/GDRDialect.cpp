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
                                  int64_t stages) {
  // chunked_chunk_size
  if (chunkSize < 16 || chunkSize > 128 || !llvm::isPowerOf2_64(chunkSize))
    return emitError() << "expected schedule parameter 'chunk_size' to be 16, "
                          "32, 64 or 128, got "
                       << chunkSize;
  // chunked_columns, chunked_stages
  for (auto [name, value] :
       {std::pair<StringRef, int64_t>{"columns", columns}, {"stages", stages}})
    if (value < 0)
      return emitError() << "expected schedule parameter '" << name
                         << "' not to be negative, got " << value;
  return success();
}

LogicalResult
AlternativeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t leastTokens, int64_t mostTokens,
                        int64_t leastSequences, Attribute schedule) {
  // alternative_bounds
  if (leastTokens < 0 || leastSequences < 0 || mostTokens < leastTokens)
    return emitError() << "expected bounds of an alternative that are not "
                          "negative and leave sizes between them, got tokens "
                          "from "
                       << leastTokens << " to " << mostTokens
                       << " and sequences from " << leastSequences;
  // alternative_schedule
  if (!isa<ScheduleAttr, ChunkedAttr>(schedule))
    return emitError() << "expected the schedule of an alternative to be "
                          "#gdr.schedule or #gdr.chunked, got "
                       << schedule;
  return success();
}

LogicalResult
AlternativesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<AlternativeAttr> alternatives) {
  // alternatives_last
  if (alternatives.empty() || !alternatives.back().isUnconditional())
    return emitError()
           << "expected the last alternative to have no bounds, since one has "
              "to be left for every size";
  return success();
}
