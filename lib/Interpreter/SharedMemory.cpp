//===- SharedMemory.cpp - shared memory of a CTA, and its hazards ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

/// All ones is NaN in every floating point type.
static constexpr char poison = '\xFF';

//===----------------------------------------------------------------------===//
// Observer
//===----------------------------------------------------------------------===//

int64_t Observer::recall(int64_t (Knowledge::*get)(size_t) const,
                         size_t position) const {
  int64_t last = (known.*get)(position);
  return inOneThread ? std::max(last, (ofOneThread.*get)(position)) : last;
}

bool Observer::knows(const Access &access) const {
  int64_t last = recall(&Knowledge::get, access.agent);
  if (access.agent == warpgroup)
    last = std::max(last, synced);
  return access.time <= last;
}

bool Observer::knowsFence(const Access &write) const {
  if (write.agent == warpgroup)
    return write.time <= fenced;
  return write.time <= recall(&Knowledge::get, getFences(write.agent));
}

int64_t Observer::getPhase(const MBarrier &barrier) const {
  return recall(&Knowledge::getPhase, barrier.getNumber());
}

Knowledge Observer::getKnowledge() const {
  Knowledge knowledge = known;
  if (inOneThread)
    knowledge.add(ofOneThread);
  knowledge.set(warpgroup, inOneThread ? synced : time);
  knowledge.set(getFences(warpgroup), fenced);
  return knowledge;
}

void Observer::sync() {
  synced = time;
  known.add(ofOneThread);
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

void SharedMemory::growTo(int64_t end) {
  if (end <= size())
    return;
  bytes.resize(end, poison);
  written.resize(end, false);
}

bool SharedMemory::isWritten(int64_t at, int64_t count) const {
  return llvm::all_of(ArrayRef(written).slice(at, count),
                      [](char byte) { return byte; });
}

void SharedMemory::markWritten(int64_t at, int64_t count) {
  std::fill_n(written.begin() + at, count, true);
}

void SharedMemory::forget(int64_t begin, int64_t end) {
  std::fill(bytes.begin() + begin, bytes.begin() + end, poison);
  std::fill(written.begin() + begin, written.begin() + end, false);
}

ArrayRef<int32_t> SharedMemory::getOffsets(wg::SharedType type) {
  std::vector<int32_t> &tile = offsets[type];
  if (!tile.empty())
    return tile;
  int64_t elementBytes = type.getElementBytes();
  int64_t columns = type.getShape().back(), width = type.getPanelWidth();
  int64_t rows = type.getNumElements() / columns;
  tile.reserve(type.getNumElements());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      int64_t byte = column * elementBytes;
      int64_t panel = byte / width, inRow = byte % width;
      if (type.getSwizzle() == 128)
        inRow ^= row % 8 * 16;
      else if (type.getSwizzle() == 64)
        inRow ^= row / 2 % 4 * 16;
      tile.push_back(
          static_cast<int32_t>((panel * rows + row) * width + inRow));
    }
  return tile;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

const Access *SharedMemory::findConflict(const Access &access,
                                         const Observer &observer) const {
  for (const Access &other : accesses) {
    if (other.end <= access.begin || access.end <= other.begin ||
        !(other.isWrite || access.isWrite) || observer.knows(other))
      continue;
    bool isSameThreads = other.agent == observer.warpgroup &&
                         other.time != Access::underWay && access.layout &&
                         other.layout == access.layout &&
                         other.begin == access.begin && other.end == access.end;
    if (!isSameThreads)
      return &other;
  }
  return nullptr;
}

const Access *SharedMemory::findUnfenced(const Access &read,
                                         const Observer &observer) const {
  for (const Access &other : accesses)
    if (other.isWrite && !other.isCopy && other.begin < read.end &&
        read.begin < other.end && !observer.knowsFence(other))
      return &other;
  return nullptr;
}

static bool isSameEntry(const Access &a, const Access &b) {
  return a.op == b.op && a.begin == b.begin && a.end == b.end &&
         a.isWrite == b.isWrite && a.agent == b.agent;
}

Access *SharedMemory::add(const Access &access) {
  if (access.time != Access::underWay)
    for (Access &other : accesses)
      if (other.time != Access::underWay && isSameEntry(access, other)) {
        other = access;
        return &other;
      }
  accesses.push_back(access);
  return &accesses.back();
}

void SharedMemory::finish(Access *access, int64_t time) {
  access->time = time;
  accesses.remove_if([&](const Access &other) {
    return &other != access && other.time != Access::underWay &&
           isSameEntry(*access, other);
  });
}
