//===- Tensor.cpp - tensors in host memory --------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensor.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::gdr::run;

std::optional<ElementType> mlir::gdr::run::getElementType(Type type) {
  if (type.isBF16())
    return ElementType::BF16;
  if (type.isF16())
    return ElementType::F16;
  if (type.isF32())
    return ElementType::F32;
  if (type.isF64())
    return ElementType::F64;
  if (type.isSignlessInteger(32))
    return ElementType::I32;
  if (type.isSignlessInteger(64))
    return ElementType::I64;
  return std::nullopt;
}

StringRef mlir::gdr::run::getName(ElementType type) {
  static constexpr StringLiteral names[] = {"bf16", "f16", "f32",
                                            "f64",  "i32", "i64"};
  return names[static_cast<int>(type)];
}

int64_t mlir::gdr::run::getNumBytes(ElementType type) {
  static constexpr int64_t bytes[] = {2, 2, 4, 8, 4, 8};
  return bytes[static_cast<int>(type)];
}

bool mlir::gdr::run::isFloat(ElementType type) {
  return type != ElementType::I32 && type != ElementType::I64;
}

template <typename T>
static T loadAs(const char *data) {
  T value;
  std::memcpy(&value, data, sizeof(T));
  return value;
}

template <typename T>
static void storeAs(char *data, T value) {
  std::memcpy(data, &value, sizeof(T));
}

// The value of a binary floating point number of 16 bits.
static double decode(uint16_t bits, int mantissaBits, int bias) {
  int exponentBits = 15 - mantissaBits;
  int mantissa = bits & ((1 << mantissaBits) - 1);
  int exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
  double value;
  if (exponent == (1 << exponentBits) - 1)
    value = mantissa ? std::nan("") : HUGE_VAL;
  else if (exponent == 0)
    value = std::ldexp(mantissa, 1 - bias - mantissaBits);
  else
    value = std::ldexp(mantissa + (1 << mantissaBits),
                       exponent - bias - mantissaBits);
  return bits >> 15 ? -value : value;
}

// The nearest such number; a tie goes to the even mantissa.
static uint16_t encode(double value, int mantissaBits, int bias) {
  int exponentBits = 15 - mantissaBits;
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  int infinity = ((1 << exponentBits) - 1) << mantissaBits;
  if (std::isnan(value))
    return sign | infinity | (1 << (mantissaBits - 1));
  value = std::fabs(value);
  if (value == 0)
    return sign;
  if (std::isinf(value))
    return sign | infinity;
  // The spacing of the representable numbers around the value.
  int exponent = std::max(std::ilogb(value), 1 - bias);
  double steps =
      std::nearbyint(std::ldexp(value, mantissaBits - exponent)); // ties: even
  // A mantissa that rounds up to the next power of two carries by itself.
  auto bits = (int64_t(exponent + bias - 1) << mantissaBits) + int64_t(steps);
  return sign | static_cast<uint16_t>(std::min<int64_t>(bits, infinity));
}

double mlir::gdr::run::loadElement(ElementType type, const char *data) {
  switch (type) {
  case ElementType::BF16:
    return llvm::bit_cast<float>(uint32_t(loadAs<uint16_t>(data)) << 16);
  case ElementType::F16:
    return decode(loadAs<uint16_t>(data), /*mantissaBits=*/10, /*bias=*/15);
  case ElementType::F32:
    return loadAs<float>(data);
  case ElementType::F64:
    return loadAs<double>(data);
  case ElementType::I32:
    return loadAs<int32_t>(data);
  case ElementType::I64:
    return static_cast<double>(loadAs<int64_t>(data));
  }
  llvm_unreachable("unknown element type");
}

void mlir::gdr::run::storeElement(ElementType type, char *data, double value) {
  switch (type) {
  case ElementType::BF16:
    return storeAs(data, encode(value, /*mantissaBits=*/7, /*bias=*/127));
  case ElementType::F16:
    return storeAs(data, encode(value, /*mantissaBits=*/10, /*bias=*/15));
  case ElementType::F32:
    return storeAs(data, static_cast<float>(value));
  case ElementType::F64:
    return storeAs(data, value);
  case ElementType::I32:
    return storeAs(data, static_cast<int32_t>(value));
  case ElementType::I64:
    return storeAs(data, static_cast<int64_t>(value));
  }
}

int64_t TensorView::getNumElements() const { return llvm::product_of(shape); }

int64_t TensorView::getNumBytes() const {
  return getNumElements() * gdr::run::getNumBytes(type);
}

char *TensorView::getAddress(ArrayRef<int64_t> indices) const {
  int64_t offset = 0;
  for (auto [index, stride] : llvm::zip_first(indices, strides))
    offset += index * stride;
  return data + offset * gdr::run::getNumBytes(type);
}

TensorView TensorView::getRow(ArrayRef<int64_t> indices) const {
  size_t fixed = indices.size();
  return {type, getAddress(indices),
          SmallVector<int64_t>(ArrayRef(shape).drop_front(fixed)),
          SmallVector<int64_t>(ArrayRef(strides).drop_front(fixed))};
}

void TensorView::forEachAddress(function_ref<void(char *)> function) const {
  if (shape.empty())
    return function(data);
  if (getRank() == 1) {
    int64_t stride = strides[0] * gdr::run::getNumBytes(type);
    for (int64_t i = 0; i < shape[0]; ++i)
      function(data + i * stride);
    return;
  }
  for (int64_t i = 0; i < shape[0]; ++i)
    getRow(i).forEachAddress(function);
}

void TensorView::poison() const {
  int64_t bytes = gdr::run::getNumBytes(type);
  forEachAddress([&](char *element) { std::memset(element, 0xFF, bytes); });
}

bool TensorView::isContiguous() const {
  SmallVector<int64_t> rowMajor = getRowMajorStrides(shape);
  for (auto [size, stride, expected] : llvm::zip(shape, strides, rowMajor))
    if (size != 1 && stride != expected)
      return false;
  return true;
}

SmallVector<int64_t>
mlir::gdr::run::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

std::string mlir::gdr::run::getTypeString(ArrayRef<int64_t> shape,
                                          ElementType type) {
  std::string text;
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + getName(type).str();
}

Buffer::Buffer(int64_t numBytes) : numBytes(numBytes) {
  constexpr int64_t alignment = 256;
  size_t total = numBytes + 2 * guardBytes + alignment;
  memory.reset(new char[total]);
  std::memset(memory.get(), 0xFF, total);
  auto address = reinterpret_cast<uintptr_t>(memory.get()) + guardBytes;
  data = reinterpret_cast<char *>(llvm::alignTo(address, alignment));
}
