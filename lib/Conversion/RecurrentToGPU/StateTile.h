//===- StateTile.h - the part of a state that a thread holds ----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_RECURRENTTOGPU_STATETILE_H
#define GDR_LIB_CONVERSION_RECURRENTTOGPU_STATETILE_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include <memory>

namespace mlir::gdr {

/// Sizes of a tile, and where the thread's tile lies.
struct TileGeometry {
  int64_t keyDim;      // K
  int64_t valueDim;    // V
  int64_t lanes;       // lanes of a warp that share K
  int64_t columns;     // columns of V a thread holds
  bool hasColumnTail;  // some thread's columns exceed V
  int64_t stateBytes;  // of the widest element of a state in memory
  int64_t accessBytes; // of the widest access; 0 for one element at a time
  Value lane;          // 0 .. lanes-1, index
  Value firstColumn;   // index
};

/// A contiguous run of elements of the innermost dimension.
struct Access {
  Value memref;
  SmallVector<Value> indices;
  VectorType type;
  /// Whether the run is inside the memref; null if it always is.
  Value isInside;
  /// The elements are used once: they should not displace others in a cache.
  bool isStreaming = false;
};

/// The widest access of a thread, in bytes.
inline constexpr int64_t maxAccessBytes = 16;

/// The largest power of two that divides both, at most `limit` and at least 1.
int64_t getCommonVectorSize(int64_t a, int64_t b, int64_t limit);

/// Loads zeros where the access is not inside.
Value createLoad(ImplicitLocOpBuilder &b, const Access &access);
/// Stores nothing where the access is not inside.
void createStore(ImplicitLocOpBuilder &b, const Access &access, Value value);

/// The tile of a thread as a list of slices along K, each a vector value in
/// registers. The implementations, one a state layout, differ in which
/// dimension of a tile is contiguous in memory, and so in the shape of a slice.
/// A key (or query) fragment is the thread's share of K, one value a slice. All
/// arithmetic is f32.
class StateTile {
public:
  static std::unique_ptr<StateTile> get(StateLayout layout,
                                        const TileGeometry &geometry,
                                        ImplicitLocOpBuilder &b);
  virtual ~StateTile() = default;

  /// Loads the tile of a state's row (sequence) and value head as f32.
  virtual SmallVector<Value> createStateLoad(Value state, Value row,
                                             Value head) = 0;
  virtual void createStateStore(ArrayRef<Value> slices, Value state, Value row,
                                Value head) = 0;
  SmallVector<Value> createZeros();

  /// Loads a fragment of q or k in its element type, in as few accesses as
  /// possible, and spreads loaded values over slices as f32. Separate, so that
  /// the next token's operands wait in few registers.
  virtual SmallVector<Value> createFragmentLoad(Value memref, Value batch,
                                                Value token, Value head) = 0;
  virtual SmallVector<Value> createFragment(ArrayRef<Value> loaded) = 0;

  /// This thread's part of the dot product of two fragments: f32.
  Value createFragmentDot(ArrayRef<Value> x, ArrayRef<Value> y);
  /// This thread's part of S^T x: vector<columns x f32>.
  virtual Value createPartialProduct(ArrayRef<Value> slices,
                                     ArrayRef<Value> x) = 0;
  /// decay * S + x d^T; `decay` may be null for 1.
  SmallVector<Value> createRankOneUpdate(ArrayRef<Value> slices, Value decay,
                                         ArrayRef<Value> x, Value d);

  /// Loads and stores this thread's columns of v and o, in their element type.
  SmallVector<Value> createColumnLoad(Value memref, Value batch, Value token,
                                      Value head);
  Value createColumns(ArrayRef<Value> loaded);
  void createColumnStore(Value columns, Value memref, Value batch, Value token,
                         Value head);

  /// Elements that accesses of q and k, of v and o, and of a state move at
  /// once.
  virtual int64_t getFragmentVectorSize() const = 0;
  int64_t getColumnVectorSize() const;
  virtual int64_t getStateVectorSize() const = 0;

protected:
  StateTile(const TileGeometry &geometry, ImplicitLocOpBuilder &b)
      : geometry(geometry), b(b) {}

  virtual VectorType getSliceType() const = 0;
  virtual int64_t getNumSlices() const = 0;
  /// The sum over slices of slice * x, of a slice's shape.
  Value createSliceSums(ArrayRef<Value> slices, ArrayRef<Value> x);
  /// A fragment's value, or d, as a vector of a slice's shape.
  virtual Value createBroadcastOfKey(Value x) = 0;
  virtual Value createBroadcastOfColumns(Value d) = 0;

  Value createColumnIndex(int64_t offset);
  Value createIsColumnInside(Value column);
  Access getColumnAccess(Value memref, Value batch, Value token, Value head,
                         int64_t offset);
  Value createIndex(int64_t value);

  TileGeometry geometry;
  ImplicitLocOpBuilder &b;
};

/// The tiles of the two state layouts.
std::unique_ptr<StateTile> createVFirstTile(const TileGeometry &geometry,
                                            ImplicitLocOpBuilder &b);
std::unique_ptr<StateTile> createKFirstTile(const TileGeometry &geometry,
                                            ImplicitLocOpBuilder &b);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_RECURRENTTOGPU_STATETILE_H
