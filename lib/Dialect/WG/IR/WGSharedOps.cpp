//===- WGSharedOps.cpp - tiles in shared memory ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::wg;

static int64_t getBytes(Type memory) {
  if (auto ring = dyn_cast<RingType>(memory))
    return ring.getBytes();
  return cast<SharedType>(memory).getBytes();
}

int64_t AllocOp::getBytes() { return ::getBytes(getTile().getType()); }

static int64_t getAlignment(Type memory) {
  if (auto shared = dyn_cast<SharedType>(memory))
    return shared.getAlignment();
  return tileAlignment;
}

LogicalResult AllocOp::verify() {
  int64_t alignment = getAlignment(getTile().getType());
  // alloc_aligned
  for (auto [name, bytes] : {std::pair{"over_offset", getOverOffset()},
                             std::pair{"offset", getOffset()}})
    if (bytes && *bytes % alignment != 0)
      return emitOpError("expected ")
             << name << " to be a multiple of " << alignment << ", got "
             << static_cast<int64_t>(*bytes);
  if (!getOver()) {
    // alloc_over_offset
    if (getOverOffset())
      return emitOpError("expected no over_offset without over");
    return success();
  }
  // alloc_over
  Operation *under = getOver().getDefiningOp();
  if (!isa_and_present<AllocOp, RingOp>(under))
    return emitOpError("expected over to be the result of wg.alloc or wg.ring");
  // alloc_fits
  int64_t begin = getOverOffset().value_or(0);
  int64_t end = begin + getBytes();
  int64_t space = ::getBytes(getOver().getType());
  if (begin < 0 || end > space)
    return emitOpError("expected a tile within the ")
           << space << " bytes of the one it takes the place of, got bytes "
           << begin << " to " << end;
  return success();
}

// A constant position must be one of `count`.
static LogicalResult verifyPosition(Operation *op, Value position,
                                    int64_t count) {
  APInt constant;
  if (!matchPattern(position, m_ConstantInt(&constant)) || constant.ult(count))
    return success();
  return op->emitOpError("expected a position below ")
         << count << ", got " << constant.getSExtValue();
}

// Whether consecutive parts of this type make up the tile.
static bool isPartOf(SharedType part, SharedType tile) {
  if (part.getElementType() != tile.getElementType() ||
      part.getSwizzle() != tile.getSwizzle() ||
      tile.getNumElements() % part.getNumElements() != 0)
    return false;
  // Panels.
  if (part.getSwizzle())
    return part.getShape()[0] == tile.getShape()[0];
  // Of a vector, or rows.
  return tile.getShape().size() == 1
             ? part.getShape().size() == 1
             : part.getShape().back() == tile.getShape().back();
}

LogicalResult SliceOp::verify() {
  SharedType source = getSource().getType(), part = getPart().getType();
  // slice_part
  if (!isPartOf(part, source))
    return emitOpError("expected a part that is whole rows or whole panels of ")
           << source << ", got " << part;
  // slice_position
  return verifyPosition(*this, getPosition(),
                        source.getNumElements() / part.getNumElements());
}

LogicalResult ExtractOp::verify() {
  SharedType source = getSource().getType();
  // extract_source
  if (source.getShape().size() != 1 || !source.getElementType().isF32())
    return emitOpError("expected a source of one dimension and elements of "
                       "f32, got ")
           << source;
  // extract_position
  return verifyPosition(*this, getPosition(), source.getNumElements());
}
