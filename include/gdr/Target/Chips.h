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
};

/// All supported chips.
ArrayRef<Chip> getChips();
/// The chip of that name, if it is supported.
std::optional<Chip> getChip(StringRef name);
/// "expected one of sm_80, ..., got 'name'", for diagnostics.
std::string getUnknownChipMessage(StringRef name);

} // namespace mlir::gdr

#endif // GDR_TARGET_CHIPS_H
