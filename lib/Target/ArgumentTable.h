//===- ArgumentTable.h - what an entry point checks -------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table of arguments of include/gdr-c/Runtime.h, from a described entry.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TARGET_ARGUMENTTABLE_H
#define GDR_LIB_TARGET_ARGUMENTTABLE_H

#include "gdr-c/Runtime.h"
#include "gdr/Target/Entry.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::gdr {

/// Numbers the dimensions' names. A name that some argument fixes has that size
/// wherever it stands.
class DimSymbols {
public:
  explicit DimSymbols(ArrayRef<EntryArgument> arguments);

  /// "N+1" is one more than "N".
  static std::pair<StringRef, int64_t> split(StringRef dim);

  std::optional<int64_t> getSize(StringRef name) const {
    auto found = sizes.find(name);
    return found == sizes.end() ? std::nullopt : std::optional(found->second);
  }
  int64_t getNumber(StringRef name) const { return numbers.lookup(name); }
  SmallVector<StringRef> getNames() const {
    return llvm::to_vector(llvm::make_first_range(numbers));
  }

private:
  llvm::MapVector<StringRef, int64_t> numbers;
  llvm::DenseMap<StringRef, int64_t> sizes;
};

/// What is required of an argument.
gdr_argument getArgumentSpec(const EntryArgument &argument,
                             const DimSymbols &symbols);

} // namespace mlir::gdr

#endif // GDR_LIB_TARGET_ARGUMENTTABLE_H
