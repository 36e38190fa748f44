//===- Entry.h - attributes of described entry points -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_ENTRY_H
#define GDR_TARGET_ENTRY_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::gdr {

/// Attribute of host code: what its entry point has to check.
inline constexpr StringLiteral entryAttrName = "gdr.entry";
/// Attributes of host code: the kernels that it launches, by number, and the
/// GPU module that they are in.
inline constexpr StringLiteral kernelsAttrName = "gdr.kernels";
inline constexpr StringLiteral kernelModuleAttrName = "gdr.kernel_module";
/// Attribute of host code: the function with its arguments that computes the
/// bytes of workspace it needs.
inline constexpr StringLiteral workspaceSizeAttrName = "gdr.workspace_size";
/// Attribute of a launch: the kernel waits for the previous one itself, and
/// overlaps it if the caller grants that.
inline constexpr StringLiteral waitsAttrName = "gdr.waits_for_dependency";
/// Attribute of a launch: the kernel waits for the previous launch of the same
/// call itself, and overlaps it.
inline constexpr StringLiteral overlapsAttrName =
    "gdr.overlaps_previous_launch";

/// Attribute of a launch: the kernel waits for the previous one before it does
/// anything else.
inline constexpr StringLiteral waitsAtStartAttrName = "gdr.waits_at_start";

/// An argument of an entry point.
struct EntryArgument {
  StringRef name;
  Type type; // MemRefType, IndexType, IntegerType or FloatType
  SmallVector<StringRef>
      dims;          // names of dimensions; may be fewer than the rank
  int64_t alignment; // bytes
};

/// Reads `gdr.entry`.
class Entry {
public:
  /// The entry of host code, if it has one.
  static std::optional<Entry> get(Operation *hostCode);

  StringRef getName() const;
  bool isOnDevice() const;
  SmallVector<EntryArgument> getArguments() const;

private:
  explicit Entry(DictionaryAttr attribute) : attribute(attribute) {}
  DictionaryAttr attribute;
};

/// The host code of each entry of a module, by its name: one for each variant,
/// which have the same entry.
llvm::MapVector<StringRef, SmallVector<Operation *, 1>>
getHostCode(ModuleOp module);

} // namespace mlir::gdr

#endif // GDR_TARGET_ENTRY_H
