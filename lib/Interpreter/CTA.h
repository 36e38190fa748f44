//===- CTA.h - the warpgroups of a CTA and what they share ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_CTA_H
#define GDR_LIB_INTERPRETER_CTA_H

#include "SharedMemory.h"
#include "Warpgroup.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include <array>
#include <map>

namespace mlir::gdr::interpreter {

using Dim3 = std::array<int64_t, 3>;

struct MBarrierRow {
  std::vector<MBarrier> barriers;
};

/// Slots, each with a barrier for when it is full and one for when it is empty.
struct Ring {
  wg::RingOp op;
  int64_t begin;
  MBarrierRow full, empty;
  /// The use that each slot was last claimed or acquired for, or -1.
  std::vector<int64_t> lastUse;
  /// Whether each slot has been claimed and not yet acquired.
  std::vector<bool> claimed;
};

/// How a kernel is launched.
struct Launch {
  gpu::GPUFuncOp kernel;
  Dim3 grid, block;
  /// Bytes of shared memory that a CTA gets.
  int64_t sharedBytes;
  std::vector<Datum> arguments;
};

class CTA {
public:
  CTA(const Launch &launch, Dim3 id);

  /// Runs all warpgroups to their ends.
  LogicalResult run();

  MBarrierRow createMBarriers(int64_t count, int64_t arrivals);

  /// The op without its types, with the names that --gdr-tile-programs prints:
  /// all ops of a kernel may have one location.
  std::string getText(Operation *op);

  /// What the op has made for the CTA; null before the first warpgroup that
  /// comes to it has made it.
  template <typename T>
  T *find(Operation *op) {
    auto it = objects<T>().find(op);
    return it == objects<T>().end() ? nullptr : &it->second;
  }
  template <typename T>
  T *add(Operation *op, T object) {
    return &objects<T>().try_emplace(op, std::move(object)).first->second;
  }

  const Launch &launch;
  gpu::GPUFuncOp kernel;
  const Dim3 id;
  SharedMemory shared;
  /// Whether wg-insert-proxy-fences has run, as it has before the allocation of
  /// shared memory; before, no fence is missing.
  bool hasFences = false;
  /// Of barriers that have no place in shared memory yet.
  int64_t barrierBytes = 0;
  std::vector<std::unique_ptr<Warpgroup>> warpgroups;

private:
  template <typename T>
  std::map<Operation *, T> &objects() {
    return std::get<std::map<Operation *, T>>(allObjects);
  }
  LogicalResult reportDeadlock();
  LogicalResult verifyNoCopyUnderWay();

  size_t numMBarriers = 0;
  std::tuple<std::map<Operation *, Ring>, std::map<Operation *, MBarrierRow>,
             std::map<Operation *, NamedBarrier>,
             std::map<Operation *, int64_t>>
      allObjects;
};

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_CTA_H
