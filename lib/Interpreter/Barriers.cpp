//===- Barriers.cpp - barriers and what they order ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Barriers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

static void raise(SmallVectorImpl<int64_t> &values, size_t position,
                  int64_t value) {
  if (position >= values.size())
    values.resize(position + 1);
  values[position] = std::max(values[position], value);
}

void Knowledge::set(size_t agent, int64_t time) { raise(times, agent, time); }

void Knowledge::setPhase(size_t barrier, int64_t phase) {
  raise(phases, barrier, phase);
}

void Knowledge::add(const Knowledge &other) {
  for (auto [agent, time] : llvm::enumerate(other.times))
    set(agent, time);
  for (auto [barrier, phase] : llvm::enumerate(other.phases))
    setPhase(barrier, phase);
}

bool MBarrier::arrive(int64_t count, const Knowledge &knowledge) {
  if (count > missing)
    return false;
  missing -= count;
  arrived.add(knowledge);
  tryEndPhase();
  return true;
}

void MBarrier::addCopy(Operation *op, int64_t count,
                       std::function<void(Knowledge &)> copy) {
  copies.push_back({op, count, std::move(copy)});
}

void MBarrier::makeCopies() {
  for (Copy &copy : copies) {
    copy.make(arrived);
    bytes -= copy.bytes;
  }
  copies.clear();
  tryEndPhase();
}

void MBarrier::tryEndPhase() {
  if (missing != 0 || bytes != 0)
    return;
  ++phase;
  missing = arrivals;
  ended.add(arrived);
  ended.setPhase(number, phase);
}

std::string MBarrier::describe() const {
  if (bytes < 0)
    return llvm::formatv("{0} bytes were copied that nobody expects", -bytes);
  if (bytes > 0 && missing == 0)
    return llvm::formatv("{0} bytes are missing that no copy brings", bytes);
  return llvm::formatv("{0} of {1} arrivals {2} missing", missing, arrivals,
                       missing == 1 ? "is" : "are");
}

void NamedBarrier::arrive(const Knowledge &knowledge) {
  arrived.add(knowledge);
  if (++arrivals != participants)
    return;
  ++phase;
  arrivals = 0;
  ended.add(arrived);
}
