//===- Tensor.h - tensors in host memory ------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Element types, strided views, and buffers that notice a write outside of
// them. Elements are read and written as doubles, which hold every value of the
// floating point types and every index.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_TENSOR_H
#define GDR_TOOLS_GDR_RUN_TENSOR_H

#include "mlir/IR/Types.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace mlir::gdr::run {

enum class ElementType { BF16, F16, F32, F64, I32, I64 };

/// The element type of an MLIR type, if tensors can have it here.
std::optional<ElementType> getElementType(Type type);
StringRef getName(ElementType type);
int64_t getNumBytes(ElementType type);
bool isFloat(ElementType type);

/// Reads and writes one element; rounds to nearest, ties to even.
double loadElement(ElementType type, const char *data);
void storeElement(ElementType type, char *data, double value);

/// A strided view of host memory that someone else owns. Strides are in
/// elements.
struct TensorView {
  ElementType type;
  char *data;
  SmallVector<int64_t> shape;
  SmallVector<int64_t> strides;

  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  int64_t getNumElements() const;
  int64_t getNumBytes() const;
  /// The address of an element; trailing indices that are left out are zero.
  char *getAddress(ArrayRef<int64_t> indices) const;
  double load(ArrayRef<int64_t> indices) const {
    return loadElement(type, getAddress(indices));
  }
  void store(ArrayRef<int64_t> indices, double value) const {
    storeElement(type, getAddress(indices), value);
  }
  /// What is left when the leading indices are fixed.
  TensorView getRow(ArrayRef<int64_t> indices) const;
  /// Calls `function` with the address of every element, in row-major order.
  void forEachAddress(function_ref<void(char *)> function) const;
  /// Sets every byte of every element to 0xFF: NaN in a floating point type.
  void poison() const;
  bool isContiguous() const;
};

/// Strides of a tensor in row-major order.
SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape);

/// "2x3x4xf32".
std::string getTypeString(ArrayRef<int64_t> shape, ElementType type);

/// Memory for one tensor between two guards, all of it 0xFF at first.
class Buffer {
public:
  static constexpr int64_t guardBytes = 256;

  Buffer() = default;
  explicit Buffer(int64_t numBytes);

  /// The tensor's first byte, at a multiple of 256.
  char *getData() const { return data; }
  int64_t getNumBytes() const { return numBytes; }
  /// Guards included.
  char *getBegin() const { return data - guardBytes; }
  int64_t getTotalBytes() const { return numBytes + 2 * guardBytes; }

private:
  std::unique_ptr<char[]> memory;
  char *data = nullptr;
  int64_t numBytes = 0;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_TENSOR_H
