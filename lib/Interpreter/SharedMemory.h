//===- SharedMemory.h - shared memory of a CTA, and its hazards -*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bytes, as they are on a GPU, swizzles included: what is copied out as
// bytes may be copied in as bytes elsewhere, and tiles may lie over each other.
//
// Accesses are remembered by time, a count that each agent has of its own. Of
// two accesses to the same bytes, one of them a write, the second one's
// warpgroup must know of the first. Of its own accesses it knows up to its last
// barrier, because its threads do not wait for each other in between; except
// that where the same threads access the same elements nobody has to wait.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_SHAREDMEMORY_H
#define GDR_LIB_INTERPRETER_SHAREDMEMORY_H

#include "Barriers.h"
#include "Values.h"
#include "llvm/ADT/DenseMap.h"

#include <limits>
#include <list>

namespace mlir::gdr::interpreter {

/// A span of shared memory that an agent reads or writes: a warpgroup or, with
/// numbers after those of all warpgroups, what makes the copies of one, and its
/// copies out.
struct Access {
  /// The time of a product or copy that has not been waited for.
  static constexpr int64_t underWay = std::numeric_limits<int64_t>::max();

  int64_t begin, end;
  bool isWrite;
  /// Which thread holds which element, if that does not depend on the warp.
  Attribute layout;
  Operation *op;
  unsigned agent = 0;
  bool isCopy = false;
  int64_t time = 0;
};

/// What one warpgroup knows: of the accesses of every agent and, with the
/// numbers of `getFences`, which of a warpgroup's writes are fenced.
struct Observer {
  unsigned warpgroup = 0;
  /// Of the CTA.
  unsigned numWarpgroups = 1;
  /// Its last access, and the last before its last barrier, and its last fence.
  int64_t time = 0, synced = 0, fenced = 0;
  Knowledge known;
  /// Whether one thread goes on alone, and what it knows since the last barrier
  /// that the others do not.
  bool inOneThread = false;
  Knowledge ofOneThread;

  bool knows(const Access &access) const;
  /// Whether the write of another warpgroup or this one has been fenced.
  bool knowsFence(const Access &write) const;
  /// How many phases of a barrier it knows to have ended.
  int64_t getPhase(const MBarrier &barrier) const;
  /// What it tells by arriving at a barrier: one thread does not speak for what
  /// the others did since their last barrier.
  Knowledge getKnowledge() const;
  /// Learns what others knew.
  void learn(const Knowledge &knowledge) {
    (inOneThread ? ofOneThread : known).add(knowledge);
  }
  /// All threads know what each of them did and knows.
  void sync();

private:
  /// What it knows of something, and the one thread if it goes on alone.
  int64_t recall(int64_t (Knowledge::*get)(size_t) const,
                 size_t position) const;
  size_t getFences(unsigned ofWarpgroup) const {
    return 3 * numWarpgroups + ofWarpgroup;
  }
};

/// Of one barrier object.
inline constexpr int64_t mbarrierBytes = 8;

class SharedMemory {
public:
  /// Makes room.
  void growTo(int64_t end);
  int64_t size() const { return static_cast<int64_t>(bytes.size()); }

  char *getData(int64_t at) { return bytes.data() + at; }
  /// Whether bytes were written since they were made or forgotten.
  bool isWritten(int64_t at, int64_t count) const;
  void markWritten(int64_t at, int64_t count);
  /// Makes bytes NaN, and not written.
  void forget(int64_t begin, int64_t end);

  /// Where the elements of a tile are, row-major, in bytes from its begin.
  ArrayRef<int32_t> getOffsets(wg::SharedType type);

  /// An earlier access that conflicts with one of the observer, or null.
  const Access *findConflict(const Access &access,
                             const Observer &observer) const;
  /// A write to bytes of a tile that an asynchronous reader may not see: one
  /// of which the observer does not know that it is fenced. Or null.
  const Access *findUnfenced(const Access &read,
                             const Observer &observer) const;
  /// Remembers an access. Accesses of one op to the same bytes are one entry,
  /// that of the last, so that loops do not make the list longer.
  Access *add(const Access &access);
  /// Ends an access that was under way.
  void finish(Access *access, int64_t time);

private:
  std::vector<char> bytes, written;
  std::list<Access> accesses;
  DenseMap<Type, std::vector<int32_t>> offsets;
};

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_SHAREDMEMORY_H
