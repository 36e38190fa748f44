//===- ArgumentTable.cpp - what an entry point checks ---------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArgumentTable.h"

using namespace mlir;
using namespace mlir::gdr;

DimSymbols::DimSymbols(ArrayRef<EntryArgument> arguments) {
  for (const EntryArgument &argument : arguments) {
    auto memref = dyn_cast<MemRefType>(argument.type);
    if (!memref)
      continue;
    for (auto [dim, size] : llvm::zip(argument.dims, memref.getShape())) {
      auto [name, offset] = split(dim);
      if (name.empty())
        continue;
      if (ShapedType::isDynamic(size))
        numbers.insert({name, static_cast<int64_t>(numbers.size())});
      else
        sizes.insert({name, size - offset});
    }
  }
}

std::pair<StringRef, int64_t> DimSymbols::split(StringRef dim) {
  auto [name, offset] = dim.split('+');
  int64_t value = 0;
  offset.getAsInteger(10, value);
  return {name, value};
}

static DLDataTypeCode getTypeCode(Type type) {
  if (type.isBF16())
    return kDLBfloat;
  return isa<FloatType>(type) ? kDLFloat : kDLInt;
}

gdr_argument mlir::gdr::getArgumentSpec(const EntryArgument &argument,
                                        const DimSymbols &symbols) {
  gdr_argument spec = {};
  auto memref = dyn_cast<MemRefType>(argument.type);
  if (!memref) {
    spec.kind = isa<FloatType>(argument.type) ? GDR_ARGUMENT_FLOAT
                                              : GDR_ARGUMENT_INTEGER;
    return spec;
  }
  spec.kind = GDR_ARGUMENT_TENSOR;
  spec.type_code = getTypeCode(memref.getElementType());
  spec.type_bits = memref.getElementTypeBitWidth();
  spec.rank = memref.getRank();
  spec.alignment = argument.alignment;
  auto [strides, offset] = memref.getStridesAndOffset();
  for (int64_t i = 0; i < spec.rank; ++i) {
    spec.symbols[i] = -1;
    spec.sizes[i] = memref.isDynamicDim(i) ? GDR_DYNAMIC : memref.getDimSize(i);
    spec.strides[i] = strides[i];
    if (ShapedType::isDynamic(strides[i]))
      spec.strides[i] =
          memref.getLayout().isIdentity() ? GDR_CONTIGUOUS : GDR_DYNAMIC;
    if (!memref.isDynamicDim(i) ||
        i >= static_cast<int64_t>(argument.dims.size()))
      continue;
    auto [name, symbolOffset] = DimSymbols::split(argument.dims[i]);
    if (name.empty())
      continue;
    if (std::optional<int64_t> size = symbols.getSize(name)) {
      spec.sizes[i] = *size + symbolOffset;
    } else {
      spec.symbols[i] = symbols.getNumber(name);
      spec.symbol_offsets[i] = symbolOffset;
    }
  }
  return spec;
}
