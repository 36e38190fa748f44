//===- Values.cpp - numbers as the interpreter keeps them -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::gdr::interpreter;

std::optional<Element> mlir::gdr::interpreter::getElement(Type type) {
  if (type.isBF16())
    return Element::BF16;
  if (type.isF16())
    return Element::F16;
  if (type.isF32())
    return Element::F32;
  if (type.isIndex())
    return Element::I64;
  if (!type.isInteger())
    return std::nullopt;
  switch (type.getIntOrFloatBitWidth()) {
  case 1:
    return Element::I1;
  case 8:
    return Element::I8;
  case 16:
    return Element::I16;
  case 32:
    return Element::I32;
  case 64:
    return Element::I64;
  default:
    return std::nullopt;
  }
}

bool mlir::gdr::interpreter::isFloat(Element element) {
  return element == Element::BF16 || element == Element::F16 ||
         element == Element::F32;
}

unsigned mlir::gdr::interpreter::getBitWidth(Element element) {
  switch (element) {
  case Element::I1:
    return 1;
  case Element::I8:
    return 8;
  case Element::BF16:
  case Element::F16:
  case Element::I16:
    return 16;
  case Element::F32:
  case Element::I32:
    return 32;
  case Element::I64:
    return 64;
  }
  llvm_unreachable("unknown element type");
}

int64_t mlir::gdr::interpreter::getNumBytes(Element element) {
  return llvm::divideCeil(getBitWidth(element), 8);
}

int64_t mlir::gdr::interpreter::wrapTo(Element element, int64_t value) {
  if (element == Element::I1)
    return value & 1;
  return llvm::SignExtend64(static_cast<uint64_t>(value), getBitWidth(element));
}

//===----------------------------------------------------------------------===//
// 16-bit floats
//===----------------------------------------------------------------------===//

static uint16_t toBF16(float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  // Half of the last place, less one if that is even.
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static float fromBF16(uint16_t bits) {
  return llvm::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

static uint16_t toF16(float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  uint32_t sign = bits >> 16 & 0x8000;
  bits &= 0x7FFFFFFF;
  if (bits > 0x7F800000)
    return static_cast<uint16_t>(sign | 0x7E00);
  // From 65520 on, the nearest number is infinity.
  if (bits >= 0x477FF000)
    return static_cast<uint16_t>(sign | 0x7C00);
  // Below 2^-14: next to 0.5, the last place of an f32 is that of such numbers,
  // so that the addition rounds.
  if (bits < 0x38800000) {
    float shifted = llvm::bit_cast<float>(bits) + 0.5f;
    return static_cast<uint16_t>(
        sign | (llvm::bit_cast<uint32_t>(shifted) - 0x3F000000));
  }
  bits += 0xFFF + (bits >> 13 & 1);
  return static_cast<uint16_t>(sign | ((bits - 0x38000000) >> 13));
}

static float fromF16(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 0x1F, mantissa = half & 0x3FF;
  if (exponent == 0x1F)
    return llvm::bit_cast<float>(sign | 0x7F800000 | mantissa << 13);
  if (exponent == 0) {
    float value = std::ldexp(static_cast<float>(mantissa), -24);
    return sign ? -value : value;
  }
  return llvm::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

float mlir::gdr::interpreter::roundTo(Element element, float value) {
  if (element == Element::BF16)
    return fromBF16(toBF16(value));
  if (element == Element::F16)
    return fromF16(toF16(value));
  return value;
}

//===----------------------------------------------------------------------===//
// Tile
//===----------------------------------------------------------------------===//

Tile::Tile(Element element, ArrayRef<int64_t> shape)
    : element(element), shape(shape) {
  if (isFloat(element))
    floats.resize(llvm::product_of(shape));
  else
    integers.resize(llvm::product_of(shape));
}

int64_t Tile::size() const {
  return static_cast<int64_t>(isFloat(element) ? floats.size()
                                               : integers.size());
}

template <typename T>
static T readAs(const char *data) {
  T value;
  std::memcpy(&value, data, sizeof(T));
  return value;
}

template <typename T>
static void writeAs(char *data, T value) {
  std::memcpy(data, &value, sizeof(T));
}

void Tile::read(int64_t i, const char *data) {
  switch (element) {
  case Element::BF16:
    floats[i] = fromBF16(readAs<uint16_t>(data));
    return;
  case Element::F16:
    floats[i] = fromF16(readAs<uint16_t>(data));
    return;
  case Element::F32:
    floats[i] = readAs<float>(data);
    return;
  case Element::I1:
    integers[i] = readAs<uint8_t>(data) & 1;
    return;
  case Element::I8:
    integers[i] = readAs<int8_t>(data);
    return;
  case Element::I16:
    integers[i] = readAs<int16_t>(data);
    return;
  case Element::I32:
    integers[i] = readAs<int32_t>(data);
    return;
  case Element::I64:
    integers[i] = readAs<int64_t>(data);
    return;
  }
}

void Tile::write(int64_t i, char *data) const {
  switch (element) {
  case Element::BF16:
    return writeAs(data, toBF16(floats[i]));
  case Element::F16:
    return writeAs(data, toF16(floats[i]));
  case Element::F32:
    return writeAs(data, floats[i]);
  case Element::I1:
  case Element::I8:
    return writeAs(data, static_cast<int8_t>(integers[i]));
  case Element::I16:
    return writeAs(data, static_cast<int16_t>(integers[i]));
  case Element::I32:
    return writeAs(data, static_cast<int32_t>(integers[i]));
  case Element::I64:
    return writeAs(data, integers[i]);
  }
}

TilePtr mlir::gdr::interpreter::createInteger(Element element, int64_t value) {
  auto tile = std::make_shared<Tile>(element, ArrayRef<int64_t>());
  tile->integers[0] = wrapTo(element, value);
  return tile;
}

TilePtr mlir::gdr::interpreter::createIndex(int64_t value) {
  return createInteger(Element::I64, value);
}

TilePtr mlir::gdr::interpreter::createFloat(Element element, float value) {
  auto tile = std::make_shared<Tile>(element, ArrayRef<int64_t>());
  tile->floats[0] = roundTo(element, value);
  return tile;
}

std::shared_ptr<Tile> mlir::gdr::interpreter::createTile(Type type) {
  ArrayRef<int64_t> shape;
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    if (!tensor.hasStaticShape())
      return nullptr;
    shape = tensor.getShape();
    type = tensor.getElementType();
  }
  std::optional<Element> element = getElement(type);
  return element ? std::make_shared<Tile>(*element, shape) : nullptr;
}
