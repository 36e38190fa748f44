//===- Arguments.cpp - checked arguments of one call ----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks every DLPack tensor against its gdr_argument, binds the symbols of the
// dynamic sizes, and fills the memref descriptors. This runs before every
// launch: no allocation, no lock, and names are looked up only for a sentence.
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"
#include "Error.h"

#include <cstdio>

using namespace gdr::runtime;

static const char *getDeviceTypeName(int64_t type) {
  switch (type) {
  case kDLCPU:
    return "CPU";
  case kDLCUDA:
    return "CUDA";
  case kDLCUDAHost:
    return "pinned host memory";
  case kDLCUDAManaged:
    return "CUDA managed memory";
  case kDLROCM:
    return "ROCm";
  default:
    return "unknown";
  }
}

namespace {
/// The name of an element type, as MLIR writes it: bf16, f32, i64.
struct TypeName {
  char text[48];

  TypeName(int64_t code, int64_t bits, int64_t lanes) {
    const char *prefix = code == kDLFloat    ? "f"
                         : code == kDLBfloat ? "bf"
                         : code == kDLInt    ? "i"
                         : code == kDLUInt   ? "ui"
                                             : nullptr;
    int length;
    if (prefix)
      length = std::snprintf(text, sizeof(text), "%s%" PRId64, prefix, bits);
    else
      length = std::snprintf(text, sizeof(text),
                             "DLPack type code %" PRId64 " of %" PRId64 " bits",
                             code, bits);
    if (lanes != 1)
      std::snprintf(text + length, sizeof(text) - length, "x%" PRId64, lanes);
  }
};

/// Binds the arguments of one call.
class Binder {
public:
  Binder(const gdr_function &function, BoundArguments &bound)
      : function(function), bound(bound) {
    for (int64_t s = 0; s < function.num_symbols; ++s)
      definers[s] = -1;
  }

  int32_t bindTensor(int64_t index, const DLTensor *tensor);

private:
  int32_t checkDevice(int64_t index, const DLTensor &tensor);
  int32_t checkSizes(int64_t index, const DLTensor &tensor);
  int32_t bindSymbol(int64_t index, int dimension, int64_t size);
  int32_t bindStrides(int64_t index, const DLTensor &tensor);
  int32_t checkData(int64_t index, const DLTensor &tensor);

  const char *getArgumentName(int64_t index) const {
    return getName(function.argument_names, index);
  }

  const gdr_function &function;
  BoundArguments &bound;
  /// The first argument with a tensor on the device, or -1.
  int64_t deviceDefiner = -1;
  int64_t symbolValues[maxSymbols];
  /// The first argument that names the symbol, or -1.
  int64_t definers[maxSymbols];
  /// Whether the tensor in hand has no elements, so that no address in it is
  /// ever formed.
  bool isEmpty = false;
};

/// " (N + 1)" for a dimension with a symbol, otherwise "".
struct SymbolName {
  char text[64] = "";

  SymbolName(const gdr_function &function, const gdr_argument &spec,
             int dimension) {
    if (spec.sizes[dimension] != GDR_DYNAMIC || spec.symbols[dimension] < 0)
      return;
    const char *name = getName(function.symbol_names, spec.symbols[dimension]);
    int64_t offset = spec.symbol_offsets[dimension];
    if (offset == 0)
      std::snprintf(text, sizeof(text), " (%.30s)", name);
    else
      std::snprintf(text, sizeof(text), " (%.30s %c %" PRIu64 ")", name,
                    offset < 0 ? '-' : '+',
                    offset < 0 ? -static_cast<uint64_t>(offset) : offset);
  }
};
} // namespace

int32_t Binder::bindTensor(int64_t index, const DLTensor *tensor) {
  const gdr_argument &spec = function.arguments[index];
  if (!tensor)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s' is missing: expected a DLPack tensor",
                getArgumentName(index));
  if (int32_t status = checkDevice(index, *tensor))
    return status;
  const DLDataType &type = tensor->dtype;
  if (type.code != spec.type_code || type.bits != spec.type_bits ||
      type.lanes != 1)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s': expected elements of type %s, got %s",
                getArgumentName(index),
                TypeName(spec.type_code, spec.type_bits, 1).text,
                TypeName(type.code, type.bits, type.lanes).text);
  if (tensor->ndim != spec.rank)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s': expected rank %" PRId64 ", got %d",
                getArgumentName(index), spec.rank,
                static_cast<int>(tensor->ndim));
  if (int32_t status = checkSizes(index, *tensor))
    return status;
  if (int32_t status = bindStrides(index, *tensor))
    return status;
  return checkData(index, *tensor);
}

int32_t Binder::checkDevice(int64_t index, const DLTensor &tensor) {
  int64_t type = tensor.device.device_type;
  bool isManaged = function.device_type == kDLCUDA && type == kDLCUDAManaged;
  if (type != function.device_type && !isManaged)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s': expected a tensor on device type %" PRId64
                " (%s), got %" PRId64 " (%s)",
                getArgumentName(index), function.device_type,
                getDeviceTypeName(function.device_type), type,
                getDeviceTypeName(type));
  if (deviceDefiner < 0) {
    deviceDefiner = index;
    bound.device = tensor.device.device_id;
  } else if (tensor.device.device_id != bound.device) {
    return fail(
        GDR_INVALID_ARGUMENT,
        "argument '%s': expected device %" PRId64 " as for '%s', got %d",
        getArgumentName(index), bound.device, getArgumentName(deviceDefiner),
        static_cast<int>(tensor.device.device_id));
  }
  return GDR_OK;
}

int32_t Binder::checkSizes(int64_t index, const DLTensor &tensor) {
  const gdr_argument &spec = function.arguments[index];
  int64_t *sizes = bound.storage[index].tensor.sizesAndStrides;
  isEmpty = false;
  if (spec.rank > 0 && !tensor.shape)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s': expected a shape, got NULL",
                getArgumentName(index));
  for (int i = 0; i < spec.rank; ++i) {
    int64_t size = tensor.shape[i];
    if (size < 0)
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected dimension %d%s to be at least 0, "
                  "got %" PRId64,
                  getArgumentName(index), i, SymbolName(function, spec, i).text,
                  size);
    if (spec.sizes[i] != GDR_DYNAMIC) {
      if (size != spec.sizes[i])
        return fail(GDR_INVALID_ARGUMENT,
                    "argument '%s': expected dimension %d to be %" PRId64
                    ", got %" PRId64,
                    getArgumentName(index), i, spec.sizes[i], size);
    } else if (spec.symbols[i] >= 0) {
      if (int32_t status = bindSymbol(index, i, size))
        return status;
    }
    isEmpty |= size == 0;
    sizes[i] = size;
  }
  return GDR_OK;
}

int32_t Binder::bindSymbol(int64_t index, int dimension, int64_t size) {
  const gdr_argument &spec = function.arguments[index];
  int64_t symbol = spec.symbols[dimension];
  int64_t offset = spec.symbol_offsets[dimension];
  if (definers[symbol] < 0) {
    if (size < offset)
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected dimension %d%s to be at least "
                  "%" PRId64 ", got %" PRId64,
                  getArgumentName(index), dimension,
                  SymbolName(function, spec, dimension).text, offset, size);
    definers[symbol] = index;
    symbolValues[symbol] = size - offset;
  }
  int64_t value = symbolValues[symbol];
  if (size - offset == value)
    return GDR_OK;
  const char *definer = getArgumentName(definers[symbol]);
  if (offset == 0)
    return fail(GDR_INVALID_ARGUMENT,
                "argument '%s': expected dimension %d%s to be %" PRId64
                " as in '%s', got %" PRId64,
                getArgumentName(index), dimension,
                SymbolName(function, spec, dimension).text, value, definer,
                size);
  return fail(GDR_INVALID_ARGUMENT,
              "argument '%s': expected dimension %d%s to be %" PRId64
              " with %s = %" PRId64 " as in '%s', got %" PRId64,
              getArgumentName(index), dimension,
              SymbolName(function, spec, dimension).text, value + offset,
              getName(function.symbol_names, symbol), value, definer, size);
}

int32_t Binder::bindStrides(int64_t index, const DLTensor &tensor) {
  const gdr_argument &spec = function.arguments[index];
  const int64_t *sizes = bound.storage[index].tensor.sizesAndStrides;
  int64_t *strides = bound.storage[index].tensor.sizesAndStrides + spec.rank;
  // Unsigned, so that absurd sizes and strides wrap.
  uint64_t rowMajor = 1;
  for (int i = static_cast<int>(spec.rank) - 1; i >= 0; --i) {
    const auto contiguous = static_cast<int64_t>(rowMajor);
    int64_t stride = tensor.strides ? tensor.strides[i] : contiguous;
    rowMajor *= sizes[i];
    if (isEmpty || sizes[i] == 1) {
      // Nothing is ever reached through this stride, and projects disagree on
      // its value (PyTorch exports 1, which would look misaligned). The host
      // code gets the one that belongs to the dimensions within.
      uint64_t inner =
          i + 1 == spec.rank ? 1 : strides[i + 1] * uint64_t(sizes[i + 1]);
      bool isOpen =
          spec.strides[i] == GDR_DYNAMIC || spec.strides[i] == GDR_CONTIGUOUS;
      strides[i] = isOpen ? inner : spec.strides[i];
      continue;
    }
    if (spec.strides[i] == GDR_CONTIGUOUS) {
      if (stride != contiguous)
        return fail(GDR_INVALID_ARGUMENT,
                    "argument '%s': expected a contiguous tensor, in which the "
                    "stride of dimension %d is %" PRId64 ", got %" PRId64
                    "; compile for strided<[?, ...]> memrefs to take views",
                    getArgumentName(index), i, contiguous, stride);
    } else if (spec.strides[i] != GDR_DYNAMIC && stride != spec.strides[i]) {
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected the stride of dimension %d to be "
                  "%" PRId64 ", got %" PRId64,
                  getArgumentName(index), i, spec.strides[i], stride);
    }
    auto bytes =
        static_cast<int64_t>(static_cast<uint64_t>(stride) *
                             static_cast<uint64_t>(spec.type_bits / 8));
    // The last dimension is contiguous: its stride is one element.
    if (i + 1 < spec.rank && (bytes & (spec.alignment - 1)) != 0)
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected the stride of dimension %d to be a "
                  "multiple of %" PRId64 " bytes, got %" PRId64 " bytes",
                  getArgumentName(index), i, spec.alignment, bytes);
    strides[i] = stride;
  }
  return GDR_OK;
}

int32_t Binder::checkData(int64_t index, const DLTensor &tensor) {
  const gdr_argument &spec = function.arguments[index];
  auto address = reinterpret_cast<uintptr_t>(tensor.data);
  if (!isEmpty) {
    if (!address)
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected a pointer to the data, got NULL",
                  getArgumentName(index));
    address += tensor.byte_offset;
    if ((address & (spec.alignment - 1)) != 0)
      return fail(GDR_INVALID_ARGUMENT,
                  "argument '%s': expected the first element at a multiple of "
                  "%" PRId64 " bytes, got address 0x%" PRIxPTR,
                  getArgumentName(index), spec.alignment, address);
  }
  MemRefDescriptor &descriptor = bound.storage[index].tensor;
  descriptor.allocated = descriptor.aligned = reinterpret_cast<void *>(address);
  descriptor.offset = 0;
  bound.pointers[index] = &descriptor;
  return GDR_OK;
}

static int32_t checkHeader(const gdr_function &function,
                           const gdr_args_header *args) {
  if (!args)
    return fail(GDR_INVALID_ARGUMENT,
                "expected the arguments of '%s', got NULL", function.name);
  if (args->size < sizeof(gdr_args_header))
    return fail(GDR_INVALID_ARGUMENT,
                "arguments of '%s': expected the field 'size' to be at least "
                "%zu, got %zu",
                function.name, sizeof(gdr_args_header), args->size);
  if (function.num_arguments > maxArguments)
    return fail(GDR_INVALID_ARGUMENT,
                "function '%s': expected at most %" PRId64
                " arguments, got %" PRId64,
                function.name, maxArguments, function.num_arguments);
  if (function.num_symbols > maxSymbols)
    return fail(GDR_INVALID_ARGUMENT,
                "function '%s': expected at most %" PRId64
                " symbols, got %" PRId64,
                function.name, maxSymbols, function.num_symbols);
  return GDR_OK;
}

int32_t gdr::runtime::bindArguments(const gdr_function &function,
                                    const gdr_args_header *args,
                                    BoundArguments &bound) {
  if (int32_t status = checkHeader(function, args))
    return status;
  const char *slots = reinterpret_cast<const char *>(args + 1);
  auto numSlots = static_cast<int64_t>((args->size - sizeof(gdr_args_header)) /
                                       sizeof(uint64_t));
  bound.device = 0;
  Binder binder(function, bound);
  for (int64_t i = 0; i < function.num_arguments; ++i) {
    uint64_t slot = 0;
    if (i < numSlots)
      std::memcpy(&slot, slots + i * sizeof(slot), sizeof(slot));
    if (function.arguments[i].kind == GDR_ARGUMENT_TENSOR) {
      const auto *tensor = reinterpret_cast<const DLTensor *>(slot);
      if (int32_t status = binder.bindTensor(i, tensor))
        return status;
    } else {
      bound.storage[i].scalar = slot;
      bound.pointers[i] = &bound.storage[i].scalar;
    }
  }
  return GDR_OK;
}
