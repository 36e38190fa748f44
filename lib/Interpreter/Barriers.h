//===- Barriers.h - barriers and what they order ----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A barrier carries the knowledge of those who arrive to those who wait: how
// far the accesses of shared memory of each were. An access is ordered
// before another if the second warpgroup knows of it.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_BARRIERS_H
#define GDR_LIB_INTERPRETER_BARRIERS_H

#include "mlir/IR/Operation.h"

#include <functional>
#include <string>
#include <vector>

namespace mlir::gdr::interpreter {

/// For each agent (SharedMemory.h), its last access that is known, and for each
/// mbarrier, how many of its phases are known to have ended.
struct Knowledge {
  SmallVector<int64_t, 8> times, phases;

  int64_t get(size_t agent) const {
    return agent < times.size() ? times[agent] : 0;
  }
  void set(size_t agent, int64_t time);
  int64_t getPhase(size_t barrier) const {
    return barrier < phases.size() ? phases[barrier] : 0;
  }
  void setPhase(size_t barrier, int64_t phase);
  void add(const Knowledge &other);
};

/// A barrier object of shared memory (PTX ISA, "mbarrier"). Its phase ends when
/// all have arrived and all bytes have.
class MBarrier {
public:
  /// The number is that of the barrier in its CTA.
  MBarrier(size_t number, int64_t arrivals)
      : number(number), arrivals(arrivals), missing(arrivals) {}

  /// False if more arrive than the phase has room for.
  bool arrive(int64_t count, const Knowledge &knowledge);
  void expect(int64_t count) { bytes += count; }
  /// Copies are made when someone waits for them, so that who does not wait
  /// does not see them.
  void addCopy(Operation *op, int64_t count,
               std::function<void(Knowledge &)> copy);
  void makeCopies();

  size_t getNumber() const { return number; }
  int64_t getPhase() const { return phase; }
  const Knowledge &getKnowledge() const { return ended; }
  /// A copy that nobody has waited for, or null.
  Operation *getCopyUnderWay() const {
    return copies.empty() ? nullptr : copies.front().op;
  }
  /// What the phase still needs.
  std::string describe() const;

private:
  struct Copy {
    Operation *op;
    int64_t bytes;
    std::function<void(Knowledge &)> make;
  };
  void tryEndPhase();

  size_t number;
  int64_t arrivals, missing;
  int64_t phase = 0;
  int64_t bytes = 0;
  std::vector<Copy> copies;
  Knowledge arrived, ended;
};

/// A barrier of the hardware, for whole warpgroups.
struct NamedBarrier {
  explicit NamedBarrier(int64_t participants) : participants(participants) {}

  void arrive(const Knowledge &knowledge);

  int64_t participants;
  int64_t phase = 0;
  int64_t arrivals = 0; // in this phase
  Knowledge arrived, ended;
};

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_BARRIERS_H
