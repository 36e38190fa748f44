//===- SharedTiles.cpp - tiles in shared memory ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

Access Warpgroup::createAccess(Operation *op, const SharedTile &tile,
                               bool isWrite, Attribute layout) const {
  Access access;
  access.begin = tile.begin;
  access.end = tile.begin + tile.type.getBytes();
  access.isWrite = isWrite;
  access.layout = layout;
  access.op = op;
  access.agent = observer.warpgroup;
  return access;
}

LogicalResult Warpgroup::verifyAccess(Operation *op, const Access &access) {
  const Access *other = cta.shared.findConflict(access, observer);
  if (!other)
    return success();
  InFlightDiagnostic diagnostic = emitError(op);
  diagnostic << (access.isWrite ? "writes" : "reads") << " shared memory that '"
             << other->op->getName() << "'";
  if (other->time == Access::underWay)
    diagnostic << (other->isWrite ? " still writes" : " still reads")
               << "; wait for it before";
  else if (other->isCopy)
    diagnostic << (other->isWrite ? " has written" : " has read")
               << "; wait for it in all threads, or in one before a barrier of "
                  "the warpgroup";
  else if (other->agent == observer.warpgroup)
    diagnostic << (other->isWrite ? " has written" : " has read")
               << ", with no barrier of the warpgroup in between; its threads "
                  "do not wait for each other";
  else
    diagnostic << (other->isWrite ? " has written" : " has read")
               << " in warpgroup " << other->agent
               << ", with no barrier between the two";
  diagnostic.attachNote(other->op->getLoc())
      << "the other access is '" << cta.getText(other->op) << "', of bytes "
      << other->begin << " to " << other->end << " of shared memory";
  return failure();
}

// The tiles of a use of a ring are those of another one when the slot has been
// acquired again.
LogicalResult Warpgroup::verifyIsCurrent(Operation *op,
                                         const SharedTile &tile) {
  if (!tile.ring)
    return success();
  int64_t slot = tile.use % static_cast<int64_t>(tile.ring->lastUse.size());
  int64_t last = tile.ring->lastUse[slot];
  if (last == tile.use)
    return success();
  return emitError(op) << "expected a slot of use " << tile.use
                       << " of the ring, which has been acquired for use "
                       << last;
}

LogicalResult Warpgroup::verifyIsWritten(Operation *op,
                                         const SharedTile &tile) {
  int64_t bytes = tile.type.getElementBytes();
  for (auto [i, offset] : llvm::enumerate(cta.shared.getOffsets(tile.type)))
    if (!cta.shared.isWritten(tile.begin + offset, bytes)) {
      int64_t columns = tile.type.getShape().back();
      return emitError(op) << "reads element [" << i / columns << ", "
                           << i % columns << "] of " << tile.type
                           << ", which has not been written";
    }
  return success();
}

// Before an asynchronous read, threads have to fence what they wrote; PTX ISA,
// "Async proxy".
LogicalResult Warpgroup::verifyIsFenced(Operation *op, const Access &access) {
  const Access *write =
      cta.hasFences ? cta.shared.findUnfenced(access, observer) : nullptr;
  if (!write)
    return success();
  InFlightDiagnostic diagnostic = emitError(op);
  diagnostic << "reads asynchronously what '" << write->op->getName()
             << "' has written, with no wg.fence_proxy in between";
  diagnostic.attachNote(write->op->getLoc())
      << "the write is '" << cta.getText(write->op) << "'";
  return failure();
}

FailureOr<Access *> Warpgroup::readTile(Operation *op, const SharedTile &tile,
                                        Attribute layout, bool isAsync) {
  Access access = createAccess(op, tile, /*isWrite=*/false, layout);
  if (failed(verifyIsCurrent(op, tile)) || failed(verifyAccess(op, access)) ||
      failed(verifyIsWritten(op, tile)) ||
      (isAsync && failed(verifyIsFenced(op, access))))
    return failure();
  access.time = isAsync ? Access::underWay : ++observer.time;
  return cta.shared.add(access);
}

std::shared_ptr<Tile> Warpgroup::getElements(const SharedTile &tile,
                                             bool transposed) {
  SmallVector<int64_t, 2> shape(tile.type.getShape());
  int64_t columns = shape.back(), rows = tile.type.getNumElements() / columns;
  if (transposed)
    std::swap(shape[0], shape[1]);
  auto result =
      std::make_shared<Tile>(*getElement(tile.type.getElementType()), shape);
  ArrayRef<int32_t> offsets = cta.shared.getOffsets(tile.type);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result->read(
          transposed ? column * rows + row : row * columns + column,
          cta.shared.getData(tile.begin + offsets[row * columns + column]));
  return result;
}

//===----------------------------------------------------------------------===//
// Allocation
//===----------------------------------------------------------------------===//

// As wg-allocate-shared does it: barriers fill up the end.
LogicalResult Warpgroup::verifySharedSize(Operation *op, int64_t end) {
  int64_t size = std::max(end, cta.shared.size());
  if (cta.barrierBytes)
    size = llvm::alignTo(size, mbarrierBytes) + cta.barrierBytes;
  if (size > cta.launch.sharedBytes)
    return emitError(op) << "expected at most " << cta.launch.sharedBytes
                         << " bytes of shared memory, got " << size;
  return success();
}

int64_t Warpgroup::allocate(Operation *op, int64_t bytes,
                            std::optional<int64_t> offset) {
  if (int64_t *begin = cta.find<int64_t>(op))
    return *begin;
  int64_t begin =
      offset.value_or(llvm::alignTo(cta.shared.size(), wg::tileAlignment));
  if (begin < 0) {
    emitError(op) << "expected an offset that is not negative, got " << begin;
    return -1;
  }
  if (failed(verifySharedSize(op, begin + bytes)))
    return -1;
  cta.shared.growTo(begin + bytes);
  return *cta.add<int64_t>(op, begin);
}

// Where what is in shared memory begins, or nothing.
static std::optional<int64_t> getBegin(const Datum &datum) {
  if (auto *tile = std::get_if<SharedTile>(&datum))
    return tile->begin;
  if (auto *memory = std::get_if<RingMemory>(&datum))
    return memory->begin;
  if (auto *ring = std::get_if<Ring *>(&datum))
    return (*ring)->begin;
  return std::nullopt;
}

Step Warpgroup::allocate(wg::AllocOp op) {
  Type allocated = op.getTile().getType();
  auto ring = dyn_cast<wg::RingType>(allocated);
  auto type = dyn_cast<wg::SharedType>(allocated);
  ArrayRef<wg::SharedType> tiles = ring ? ring.getTiles() : ArrayRef(type);
  for (wg::SharedType tile : tiles)
    if (!getElement(tile.getElementType()))
      return fail(op,
                  "has an element type that is not known to the interpreter");
  int64_t bytes =
      ring ? ring.getSlots() * ring.getSlotBytes() : type.getBytes();
  std::optional<int64_t> offset;
  if (op.getOffset()) {
    offset = static_cast<int64_t>(*op.getOffset());
  } else if (Value over = op.getOver()) {
    offset = getBegin(get(over));
    if (!offset)
      return fail(op, "expected something in shared memory to lie over");
    *offset += static_cast<int64_t>(op.getOverOffset().value_or(0));
  }
  int64_t begin = allocate(op, bytes, offset);
  if (begin < 0)
    return Step::Failed;
  if (ring)
    set(op.getTile(), RingMemory{ring, begin});
  else
    set(op.getTile(), SharedTile{type, begin});
  return Step::Done;
}

Step Warpgroup::slice(wg::SliceOp op) {
  SharedTile part = getAs<SharedTile>(op.getSource());
  int64_t parts = part.type.getBytes() / op.getPart().getType().getBytes();
  int64_t position = getInteger(op.getPosition());
  if (position < 0 || position >= parts)
    return fail(op, "expected a position from 0 to " + Twine(parts - 1) +
                        ", got " + Twine(position));
  part.type = op.getPart().getType();
  part.begin += position * part.type.getBytes();
  set(op.getPart(), part);
  return Step::Done;
}

bool Warpgroup::executeOnShared(Operation *op, Step &step) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::AllocOp alloc) {
        step = allocate(alloc);
        return true;
      })
      .Case([&](wg::SliceOp sliceOp) {
        step = slice(sliceOp);
        return true;
      })
      .Case([&](wg::CopyOp copyOp) {
        step = copy(copyOp);
        return true;
      })
      .Case([&](wg::CopyOutOp copyOp) {
        step = copyOut(copyOp);
        return true;
      })
      .Case([&](wg::FillOp fillOp) {
        step = fill(fillOp);
        return true;
      })
      .Case([&](wg::DrainOp drainOp) {
        step = drain(drainOp);
        return true;
      })
      .Case([&](wg::WaitCopiesOutOp wait) {
        step = waitForCopiesOut(wait);
        return true;
      })
      .Case([&](wg::MmaOp mma) {
        step = startProduct(mma);
        return true;
      })
      .Case([&](wg::WaitOp wait) {
        step = waitForProducts(wait);
        return true;
      })
      .Default(false);
}
