//===- Fills.cpp - tiles from and to global memory by threads -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include <cstring>

using namespace mlir;
using namespace mlir::gdr::interpreter;

/// Bytes that a thread moves at a time.
static constexpr int64_t unitBytes = 16;

LogicalResult
Warpgroup::forEachUnit(Operation *op, const SharedTile &tile,
                       const MemRef &memory,
                       function_ref<void(int64_t, char *)> visit) {
  int64_t elementBytes = tile.type.getElementBytes();
  int64_t unitElements = unitBytes / elementBytes;
  int64_t columns = tile.type.getShape()[1];
  // The swizzle moves whole units.
  ArrayRef<int32_t> offsets = cta.shared.getOffsets(tile.type);
  for (int64_t row = 0; row < tile.type.getShape()[0]; ++row)
    for (int64_t column = 0; column < columns; column += unitElements) {
      char *address = nullptr;
      if (row < memory.sizes[0] && column < memory.sizes[1]) {
        address = getAddress(op, memory, {row, column});
        if (!address ||
            !getAddress(op, memory, {row, column + unitElements - 1}))
          return failure();
        if (reinterpret_cast<uintptr_t>(address) % unitBytes != 0 ||
            memory.strides[1] != 1 || column + unitElements > memory.sizes[1])
          return emitError(op)
                 << "expected rows of whole units at multiples of " << unitBytes
                 << " bytes, got a memref of [" << memory.sizes
                 << "] elements with strides [" << memory.strides << "]";
      }
      visit(tile.begin + offsets[row * columns + column], address);
    }
  return success();
}

Step Warpgroup::fill(wg::FillOp op) {
  const auto &tile = getAs<SharedTile>(op.getTile());
  Access access = createAccess(op, tile, /*isWrite=*/true);
  if (failed(verifyIsCurrent(op, tile)) || failed(verifyAccess(op, access)))
    return Step::Failed;
  access.time = ++observer.time;
  cta.shared.add(access);
  auto write = [&](int64_t at, const char *from) {
    char *to = cta.shared.getData(at);
    if (from)
      std::memcpy(to, from, unitBytes);
    else
      std::memset(to, 0, unitBytes);
    cta.shared.markWritten(at, unitBytes);
  };
  return getStep(forEachUnit(op, tile, getAs<MemRef>(op.getSource()), write));
}

Step Warpgroup::drain(wg::DrainOp op) {
  const auto &tile = getAs<SharedTile>(op.getTile());
  if (failed(readTile(op, tile, /*layout=*/{}, /*isAsync=*/false)))
    return Step::Failed;
  auto read = [&](int64_t at, char *to) {
    if (to)
      std::memcpy(to, cta.shared.getData(at), unitBytes);
  };
  return getStep(
      forEachUnit(op, tile, getAs<MemRef>(op.getDestination()), read));
}
