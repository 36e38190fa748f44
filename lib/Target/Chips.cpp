//===- Chips.cpp - what is known of each GPU ------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Chips.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::gdr;

static constexpr int64_t KB = 1024;

static constexpr Chip chips[] = {
    {"sm_80", 80, false, "+ptx78", 108, 163 * KB},
    {"sm_86", 86, false, "+ptx78", 84, 99 * KB},
    {"sm_89", 89, false, "+ptx78", 142, 99 * KB},
    {"sm_90", 90, false, "+ptx80", 132, 227 * KB},
    {"sm_90a", 90, true, "+ptx80", 132, 227 * KB},
    {"sm_100", 100, false, "+ptx86", 148, 227 * KB},
    {"sm_100a", 100, true, "+ptx86", 148, 227 * KB},
    {"sm_103a", 103, true, "+ptx88", 148, 227 * KB},
    {"sm_120", 120, false, "+ptx87", 188, 99 * KB},
    {"sm_120a", 120, true, "+ptx87", 188, 99 * KB},
    {"sm_121a", 121, true, "+ptx88", 48, 99 * KB}};

ArrayRef<Chip> mlir::gdr::getChips() { return chips; }

std::optional<Chip> mlir::gdr::getChip(StringRef name) {
  const Chip *found =
      llvm::find_if(chips, [&](const Chip &chip) { return chip.name == name; });
  if (found == std::end(chips))
    return std::nullopt;
  return *found;
}

CommonFeatures mlir::gdr::getCommonFeatures(ArrayRef<std::string> names) {
  CommonFeatures common;
  for (const std::string &name : names) {
    std::optional<Chip> chip = getChip(name);
    if (!chip)
      continue;
    if (!chip->hasWgmma())
      common.tensorCores = TensorCores::MmaSync;
    common.hasBulkCopies &= chip->hasBulkCopies();
    common.hasSetRegisters &= chip->hasSetRegisters();
    common.sharedMemoryBytes =
        std::min(common.sharedMemoryBytes, chip->sharedMemoryBytes);
  }
  return common;
}

SmallVector<SmallVector<std::string>>
mlir::gdr::groupByFeatures(ArrayRef<std::string> names) {
  SmallVector<SmallVector<std::string>> groups;
  for (const std::string &name : names) {
    auto *found = llvm::find_if(groups, [&](const auto &group) {
      return getCommonFeatures(group) == getCommonFeatures(name);
    });
    if (found == groups.end())
      groups.push_back({name});
    else
      found->push_back(name);
  }
  return groups;
}

std::string mlir::gdr::getUnknownChipMessage(StringRef name) {
  auto names =
      llvm::map_range(chips, [](const Chip &chip) { return chip.name; });
  return "expected a chip among " + llvm::join(names, ", ") + ", got '" +
         name.str() + "'";
}
