//===- GlobalMemory.h - memrefs as the threads of a kernel see them -*- C++
//-*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_WGTONVVM_GLOBALMEMORY_H
#define GDR_CONVERSION_WGTONVVM_GLOBALMEMORY_H

#include "Layout.h"

namespace mlir::wg {

/// A memref in global memory: an address and strides, in bytes.
class GlobalMemory {
public:
  /// `shape` is what a tile takes of it; the memref may be smaller.
  GlobalMemory(ImplicitLocOpBuilder &b, Value memref, ArrayRef<int64_t> shape);

  /// Whether a run of elements from these indices on lies within the memref;
  /// null if every one of the tile does.
  Value createIsWithin(ArrayRef<Index> indices);
  /// Pointer to an element.
  Value createPointer(ArrayRef<Index> indices);

  /// Whether runs along the last dimension have to be cut into elements.
  bool needsSingles() const { return !isContiguous || bounds.back(); }
  Type getElement() const { return element; }
  int64_t getElementBytes() const { return bytes; }

private:
  Value createBytes(OpFoldResult elements);

  ImplicitLocOpBuilder &b;
  Type element;
  int64_t bytes;
  Value address;
  SmallVector<Value> strides;
  /// Sizes, i32, where the memref is smaller than the tile.
  SmallVector<Value> bounds;
  bool isContiguous;
};

} // namespace mlir::wg

#endif // GDR_CONVERSION_WGTONVVM_GLOBALMEMORY_H
