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

static constexpr Chip chips[] = {{"sm_80", 80, false, "+ptx78", 108},
                                 {"sm_86", 86, false, "+ptx78", 84},
                                 {"sm_89", 89, false, "+ptx78", 142},
                                 {"sm_90", 90, false, "+ptx80", 132},
                                 {"sm_90a", 90, true, "+ptx80", 132},
                                 {"sm_100", 100, false, "+ptx86", 148},
                                 {"sm_100a", 100, true, "+ptx86", 148},
                                 {"sm_103a", 103, true, "+ptx88", 148},
                                 {"sm_120", 120, false, "+ptx87", 188},
                                 {"sm_120a", 120, true, "+ptx87", 188},
                                 {"sm_121a", 121, true, "+ptx88", 48}};

ArrayRef<Chip> mlir::gdr::getChips() { return chips; }

std::optional<Chip> mlir::gdr::getChip(StringRef name) {
  const Chip *found =
      llvm::find_if(chips, [&](const Chip &chip) { return chip.name == name; });
  if (found == std::end(chips))
    return std::nullopt;
  return *found;
}

std::string mlir::gdr::getUnknownChipMessage(StringRef name) {
  auto names =
      llvm::map_range(chips, [](const Chip &chip) { return chip.name; });
  return "expected a chip among " + llvm::join(names, ", ") + ", got '" +
         name.str() + "'";
}
