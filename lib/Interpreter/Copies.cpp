//===- Copies.cpp - asynchronous copies -----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir;
using namespace mlir::gdr::interpreter;

/// PTX ISA, "cp.async.bulk": of addresses and sizes.
static constexpr int64_t bulkAlignment = 16;

static int64_t getElementBytes(const MemRef &memref) {
  return memref.elementType.getIntOrFloatBitWidth() / 8;
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

// Visits the elements of a box whose first element is at `indices`: where each
// is in shared memory, from the begin of the box, and its address, null outside
// of the tensor.
static void forEachOfBox(const TensorMap &map, ArrayRef<int64_t> indices,
                         llvm::function_ref<void(int64_t, char *)> visit) {
  const MemRef &tensor = map.tensor;
  int64_t bytes = getElementBytes(tensor);
  int64_t rowElements = map.box.back();
  int64_t count = llvm::product_of(map.box);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, element = tensor.offset;
    bool isInside = true;
    for (int64_t d = static_cast<int64_t>(map.box.size()) - 1; d >= 0; --d) {
      int64_t index = indices[d] + rest % map.box[d];
      rest /= map.box[d];
      isInside &= index >= 0 && index < tensor.sizes[d];
      element += index * tensor.strides[d];
    }
    int64_t row = i / rowElements, inRow = i % rowElements * bytes;
    if (map.swizzle == 128)
      inRow ^= row % 8 * 16;
    else if (map.swizzle == 64)
      inRow ^= row / 2 % 4 * 16;
    visit(row * rowElements * bytes + inRow,
          isInside ? tensor.memory->data + tensor.begin + element * bytes
                   : nullptr);
  }
}

// Visits all boxes of a tile, one for each panel.
static void forEachOfTile(const TensorMap &map, wg::SharedType tile,
                          SmallVector<int64_t> indices,
                          llvm::function_ref<void(int64_t, char *)> visit) {
  int64_t width = tile.getPanelWidth(), rows = tile.getShape()[0];
  int64_t panels =
      llvm::divideCeil(tile.getShape().back() * tile.getElementBytes(), width);
  for (int64_t panel = 0; panel < panels; ++panel) {
    forEachOfBox(map, indices, [&](int64_t at, char *element) {
      visit(panel * rows * width + at, element);
    });
    indices.back() += width / tile.getElementBytes();
  }
}

// Whether a box is a panel of the tile.
static LogicalResult verifyBox(function_ref<InFlightDiagnostic()> emitError,
                               const TensorMap &map, const SharedTile &tile,
                               size_t numIndices) {
  int64_t elementBytes = tile.type.getElementBytes();
  int64_t rowBytes = map.box.back() * elementBytes;
  int64_t rows = llvm::product_of(ArrayRef(map.box).drop_back());
  if (numIndices != map.box.size())
    return emitError() << "expected an index for each of the " << map.box.size()
                       << " dimensions of the tensor map, "
                       << "got " << numIndices;
  if (map.tensor.elementType != tile.type.getElementType() ||
      map.swizzle != tile.type.getSwizzle() ||
      rowBytes != tile.type.getPanelWidth() ||
      rows != (tile.type.getShape().size() == 2 ? tile.type.getShape()[0] : 1))
    return emitError() << "expected a tensor map whose box is a panel of "
                       << tile.type << ", got a box of [" << map.box
                       << "] elements of " << map.tensor.elementType
                       << " with a swizzle of " << map.swizzle << " bytes";
  if (map.swizzle != 0 && tile.begin % wg::tileAlignment != 0)
    return emitError() << "expected a tile at a multiple of "
                       << wg::tileAlignment << " bytes, got one at "
                       << tile.begin;
  return success();
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

// Whether the memref has as many consecutive bytes as the tile.
static LogicalResult verifyBytes(function_ref<InFlightDiagnostic()> emitError,
                                 const MemRef &memref, const SharedTile &tile,
                                 const char *address) {
  int64_t count = 1;
  bool isContiguous = true;
  for (auto [size, stride] :
       llvm::reverse(llvm::zip(memref.sizes, memref.strides))) {
    isContiguous &= size == 1 || stride == count;
    count *= size;
  }
  int64_t bytes = count * getElementBytes(memref);
  if (!isContiguous || bytes != tile.type.getBytes() ||
      bytes % bulkAlignment != 0 ||
      reinterpret_cast<uintptr_t>(address) % bulkAlignment != 0 ||
      tile.begin % bulkAlignment != 0)
    return emitError() << "expected " << tile.type.getBytes()
                       << " consecutive bytes at a multiple of "
                       << bulkAlignment << ", got a memref of [" << memref.sizes
                       << "] elements with strides [" << memref.strides << "]";
  return success();
}

// The first byte of a memref whose last one is also in its memory, or null.
template <typename GetAddress>
static char *getBytes(const MemRef &memref, GetAddress getAddress) {
  SmallVector<int64_t> first(memref.sizes.size(), 0), last;
  for (int64_t size : memref.sizes)
    last.push_back(size - 1);
  char *begin = getAddress(first);
  return begin && getAddress(last) ? begin : nullptr;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

Step Warpgroup::copy(wg::CopyOp op) {
  MBarrier *barrier = getMBarrier(op, op.getBarrier());
  if (!barrier)
    return Step::Failed;
  auto tile = getAs<SharedTile>(op.getTile());
  int64_t bytes = tile.type.getBytes();
  Access access = createAccess(op, tile, /*isWrite=*/true);
  if (failed(verifyIsCurrent(op, tile)) || failed(verifyAccess(op, access)))
    return Step::Failed;
  auto emit = [&] { return emitError(op); };
  SharedMemory &shared = cta.shared;
  shared.forget(access.begin, access.end);
  std::function<void()> move;
  if (auto *map = std::get_if<TensorMapPtr>(&get(op.getSource()))) {
    SmallVector<int64_t> indices = getIntegers(op.getIndices());
    if (failed(verifyBox(emit, **map, tile, indices.size())))
      return Step::Failed;
    move = [&shared, map = *map, tile, indices] {
      int64_t elementBytes = tile.type.getElementBytes();
      forEachOfTile(*map, tile.type, indices, [&](int64_t at, char *element) {
        char *to = shared.getData(tile.begin + at);
        if (element)
          std::memcpy(to, element, elementBytes);
        else
          std::memset(to, 0, elementBytes);
      });
      shared.markWritten(tile.begin, tile.type.getBytes());
    };
  } else {
    const auto &source = getAs<MemRef>(op.getSource());
    char *from = getBytes(source, [&](ArrayRef<int64_t> indices) {
      return getAddress(op, source, indices);
    });
    if (!from || failed(verifyBytes(emit, source, tile, from)))
      return Step::Failed;
    move = [&shared, tile, from, bytes, memory = source.memory] {
      std::memcpy(shared.getData(tile.begin), from, bytes);
      shared.markWritten(tile.begin, bytes);
    };
  }
  // Whoever waits for the barrier knows of the copy.
  access.agent += static_cast<unsigned>(cta.warpgroups.size());
  access.isCopy = true;
  access.time = Access::underWay;
  Access *underWay = shared.add(access);
  barrier->addCopy(op, bytes, [this, underWay, move](Knowledge &knowledge) {
    move();
    cta.shared.finish(underWay, ++timeOfCopies);
    knowledge.set(underWay->agent, timeOfCopies);
  });
  return Step::Done;
}

Step Warpgroup::copyOut(wg::CopyOutOp op) {
  const auto &tile = getAs<SharedTile>(op.getTile());
  FailureOr<Access *> access =
      readTile(op, tile, /*layout=*/{}, /*isAsync=*/true);
  if (failed(access))
    return Step::Failed;
  (*access)->agent += 2 * static_cast<unsigned>(cta.warpgroups.size());
  (*access)->isCopy = true;
  copiesOut.push_back(*access);
  auto emit = [&] { return emitError(op); };
  if (auto *map = std::get_if<TensorMapPtr>(&get(op.getDestination()))) {
    SmallVector<int64_t> indices = getIntegers(op.getIndices());
    if (failed(verifyBox(emit, **map, tile, indices.size())))
      return Step::Failed;
    int64_t elementBytes = tile.type.getElementBytes();
    forEachOfTile(**map, tile.type, indices, [&](int64_t at, char *element) {
      if (element)
        std::memcpy(element, cta.shared.getData(tile.begin + at), elementBytes);
    });
    return Step::Done;
  }
  const auto &destination = getAs<MemRef>(op.getDestination());
  char *to = getBytes(destination, [&](ArrayRef<int64_t> indices) {
    return getAddress(op, destination, indices);
  });
  if (!to || failed(verifyBytes(emit, destination, tile, to)))
    return Step::Failed;
  std::memcpy(to, cta.shared.getData(tile.begin), tile.type.getBytes());
  return Step::Done;
}

// One thread knows then that its tiles were read; the others do after their
// next barrier.
Step Warpgroup::waitForCopiesOut(wg::WaitCopiesOutOp op) {
  if (failed(verifyOneThread(op)))
    return Step::Failed;
  Knowledge knowledge;
  for (Access *access : copiesOut) {
    cta.shared.finish(access, ++timeOfCopies);
    knowledge.set(access->agent, timeOfCopies);
  }
  copiesOut.clear();
  observer.learn(knowledge);
  return Step::Done;
}
