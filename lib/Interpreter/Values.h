//===- Values.h - what SSA values hold in the interpreter -------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_VALUES_H
#define GDR_LIB_INTERPRETER_VALUES_H

#include "gdr/Dialect/WG/IR/WG.h"
#include "mlir/IR/BuiltinTypes.h"

#include <memory>
#include <variant>
#include <vector>

namespace mlir::gdr::interpreter {

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Element types of tiles and memory. An index is an i64.
enum class Element { BF16, F16, F32, I1, I8, I16, I32, I64 };

/// None for a type that the interpreter does not have, such as f64.
std::optional<Element> getElement(Type type);
bool isFloat(Element element);
int64_t getNumBytes(Element element);
unsigned getBitWidth(Element element);

/// To the nearest number of the element type, ties to even.
float roundTo(Element element, float value);
/// The low bits, sign-extended; an i1 is 0 or 1.
int64_t wrapTo(Element element, int64_t value);

/// A register tile, row-major, or a scalar: a tile without dimensions. Every
/// float is kept as an f32 that the element type has, every integer as an i64.
struct Tile {
  Tile(Element element, ArrayRef<int64_t> shape);

  int64_t size() const;
  /// Converts element `i` from and to what is in memory.
  void read(int64_t i, const char *data);
  void write(int64_t i, char *data) const;

  Element element;
  SmallVector<int64_t, 2> shape;
  std::vector<float> floats;
  std::vector<int64_t> integers;
};
using TilePtr = std::shared_ptr<const Tile>;

TilePtr createInteger(Element element, int64_t value);
TilePtr createIndex(int64_t value);
TilePtr createFloat(Element element, float value);
/// A tile for a scalar type or the type of a register tile; null for element
/// types that the interpreter does not have.
std::shared_ptr<Tile> createTile(Type type);

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// One allocation in global memory.
struct GlobalMemory {
  char *data;
  int64_t numBytes;
  std::unique_ptr<char[]> owned;
  bool isFreed = false;
};

/// A memref: its base buffer begins at byte `begin` of the memory; offset and
/// strides are in elements.
struct MemRef {
  std::shared_ptr<GlobalMemory> memory;
  int64_t begin = 0;
  Type elementType;
  int64_t offset = 0;
  SmallVector<int64_t, 4> sizes, strides;
};

/// A tensor map: boxes of a tensor, and how they lie in shared memory.
struct TensorMap {
  MemRef tensor;
  SmallVector<int64_t, 4> box;
  int64_t swizzle;
};
using TensorMapPtr = std::shared_ptr<const TensorMap>;

struct Ring;
struct MBarrierRow;
struct NamedBarrier;
struct Product;

/// A tile in shared memory. One of a slot also says of which use it is.
struct SharedTile {
  wg::SharedType type;
  int64_t begin;
  Ring *ring = nullptr;
  int64_t use = 0;
};

/// The memory of a ring, once rings are lowered.
struct RingMemory {
  wg::RingType type;
  int64_t begin;
};

/// One or, from `position` on, several barriers. Usable after the barrier of
/// the CTA with this number, which publishes their initialization.
struct MBarrierAt {
  MBarrierRow *row;
  int64_t position;
  int64_t publishedBy;
};

using Datum = std::variant<std::monostate, TilePtr, MemRef, TensorMapPtr,
                           SharedTile, Ring *, RingMemory, MBarrierAt,
                           NamedBarrier *, std::shared_ptr<Product>>;

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_VALUES_H
