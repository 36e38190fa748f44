//===- Dimensions.h - sizes of named dimensions -----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_DIMENSIONS_H
#define GDR_TOOLS_GDR_RUN_DIMENSIONS_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <set>
#include <string>

namespace mlir::gdr::run {

/// Sizes of the dimensions that `gdr.dims` names: known from a static size, or
/// given with --dim, or a default. A name may end in "+1".
class Dimensions {
public:
  explicit Dimensions(const llvm::StringMap<int64_t> &given) : given(given) {}

  /// Learns from a dimension of a static size.
  void learn(StringRef name, int64_t size);
  /// A packed batch is 1 by default.
  void setPacked() { isPacked = true; }
  /// There are snapshots, so many tokens apart.
  void setSnapshotEvery(int64_t tokens) { snapshotEvery = tokens; }
  /// Returns the size of a dynamic dimension. `owner` is the tensor's name.
  llvm::Expected<int64_t> get(StringRef name, int64_t index, StringRef owner);
  /// Returns the value given for a name, which need not be a dimension's.
  std::optional<int64_t> getGiven(StringRef name);
  /// Fails if a --dim was never asked for.
  llvm::Error verifyAllUsed() const;

private:
  std::optional<int64_t> getDefault(StringRef name);
  /// The size of a name if it is known, given or there is a default.
  int64_t getSize(StringRef name, int64_t otherwise);

  const llvm::StringMap<int64_t> &given;
  llvm::StringMap<int64_t> known;
  /// Names that were asked for, in order.
  std::set<std::string> asked;
  bool isPacked = false;
  int64_t snapshotEvery = 1;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_DIMENSIONS_H
