//===- Entry.cpp - attributes of described entry points -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Entry.h"

using namespace mlir;
using namespace mlir::gdr;

llvm::MapVector<StringRef, SmallVector<Operation *, 1>>
mlir::gdr::getHostCode(ModuleOp module) {
  llvm::MapVector<StringRef, SmallVector<Operation *, 1>> hostCode;
  for (Operation &op : module.getOps())
    if (std::optional<Entry> entry = Entry::get(&op))
      hostCode[entry->getName()].push_back(&op);
  return hostCode;
}

std::optional<Entry> Entry::get(Operation *hostCode) {
  if (auto attribute = hostCode->getAttrOfType<DictionaryAttr>(entryAttrName))
    return Entry(attribute);
  return std::nullopt;
}

StringRef Entry::getName() const {
  return attribute.getAs<StringAttr>("name").getValue();
}

bool Entry::isOnDevice() const {
  return attribute.getAs<StringAttr>("device").getValue() == "cuda";
}

SmallVector<EntryArgument> Entry::getArguments() const {
  SmallVector<EntryArgument> arguments;
  for (auto argument :
       attribute.getAs<ArrayAttr>("arguments").getAsRange<DictionaryAttr>()) {
    EntryArgument result;
    result.name = argument.getAs<StringAttr>("name").getValue();
    result.type = argument.getAs<TypeAttr>("type").getValue();
    if (auto dims = argument.getAs<ArrayAttr>("dims"))
      for (auto dim : dims.getAsRange<StringAttr>())
        result.dims.push_back(dim.getValue());
    auto alignment = argument.getAs<IntegerAttr>("alignment");
    result.alignment = alignment ? alignment.getInt() : 1;
    if (auto memref = dyn_cast<MemRefType>(result.type))
      result.alignment = std::max<int64_t>(result.alignment,
                                           memref.getElementTypeBitWidth() / 8);
    arguments.push_back(std::move(result));
  }
  return arguments;
}
