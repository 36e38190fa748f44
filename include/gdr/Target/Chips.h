//===- Chips.h - what is known of each GPU ----------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_CHIPS_H
#define GDR_TARGET_CHIPS_H

#include "mlir/Support/LLVM.h"
#include <optional>
#include <string>

namespace mlir::gdr {

/// A compilation target, by the name that LLVM and ptxas give it.
struct Chip {
  StringRef name;
  /// 10 * major + minor.
  int64_t computeCapability;
  /// Whether its code runs on this version alone (the "a" of sm_90a).
  bool isArchitectureSpecific;
  /// The PTX version to write, as a feature of LLVM's backend: the lowest that
  /// knows the chip and what the kernels use (PTX ISA, release notes).
  StringRef ptxFeature;
  /// Multiprocessors of the chip's data-centre or largest product; CUDA C++
  /// Programming Guide, and NVIDIA's architecture white papers.
  int64_t smCount;
  /// Bytes of shared memory that one CTA can have; CUDA C++ Programming Guide,
  /// "Compute Capabilities".
  int64_t sharedMemoryBytes;

  /// Whether a warpgroup multiplies tiles in shared memory (PTX ISA, "wgmma").
  bool hasWgmma() const {
    return computeCapability == 90 && isArchitectureSpecific;
  }
  /// Whether one thread copies a tile (PTX ISA, "cp.async.bulk"), and with it
  /// what came in the same generation: mbarrier.try_wait, stmatrix.
  bool hasBulkCopies() const { return computeCapability >= 90; }
  /// Whether warpgroups can trade registers (PTX ISA, "setmaxnreg"). For 12.x
  /// ptxas takes it too, but has been seen to ignore it.
  bool hasSetRegisters() const {
    return hasBulkCopies() && isArchitectureSpecific && computeCapability < 120;
  }
};

/// The instruction that multiplies tiles: of a warpgroup, or of a warp.
enum class TensorCores { Wgmma, MmaSync };

/// What kernels that are compiled once for several chips can use: the form of
/// the kernels.
struct CommonFeatures {
  TensorCores tensorCores = TensorCores::Wgmma;
  bool hasBulkCopies = true;
  bool hasSetRegisters = true;
  int64_t sharedMemoryBytes = 232448;

  bool operator==(const CommonFeatures &other) const {
    return tensorCores == other.tensorCores &&
           hasBulkCopies == other.hasBulkCopies &&
           hasSetRegisters == other.hasSetRegisters &&
           sharedMemoryBytes == other.sharedMemoryBytes;
  }
};

/// All supported chips.
ArrayRef<Chip> getChips();
/// The chip of that name, if it is supported.
std::optional<Chip> getChip(StringRef name);
/// What all of these chips have; without any, what sm_90a has. Names that are
/// not supported are left out.
CommonFeatures getCommonFeatures(ArrayRef<std::string> names);
/// The chips in groups that have the same features, in order of the first of
/// each.
SmallVector<SmallVector<std::string>>
groupByFeatures(ArrayRef<std::string> names);
/// "expected one of sm_80, ..., got 'name'", for diagnostics.
std::string getUnknownChipMessage(StringRef name);

} // namespace mlir::gdr

#endif // GDR_TARGET_CHIPS_H
