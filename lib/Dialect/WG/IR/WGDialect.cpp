//===- WGDialect.cpp - types and encodings of the wg dialect --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::wg;

#include "gdr/Dialect/WG/IR/WGDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "gdr/Dialect/WG/IR/WGAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "gdr/Dialect/WG/IR/WGTypes.cpp.inc"

void WGDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "gdr/Dialect/WG/IR/WGAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "gdr/Dialect/WG/IR/WGTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "gdr/Dialect/WG/IR/WGOps.cpp.inc"
      >();
}

bool mlir::wg::isRegisterTile(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor &&
         isa_and_present<FragmentAttr, RowsAttr, ColumnsAttr, LanesAttr>(
             tensor.getEncoding());
}

int64_t mlir::wg::getElementsPerThread(RankedTensorType tile) {
  return TypeSwitch<Attribute, int64_t>(tile.getEncoding())
      .Case([&](FragmentAttr) {
        return tile.getNumElements() / warpgroupThreads;
      })
      .Case([&](RowsAttr) { return 2; })
      .Case([&](ColumnsAttr) { return tile.getNumElements() / 4; })
      .Case([&](LanesAttr) { return tile.getNumElements() / warpThreads; });
}

//===----------------------------------------------------------------------===//
// Encodings
//===----------------------------------------------------------------------===//

// What a register holds.
static LogicalResult
verifyElement(Type elementType, function_ref<InFlightDiagnostic()> emitError) {
  // encoding_element
  if (!elementType.isIntOrFloat())
    return emitError() << "expected a register tile of integers or floats, got "
                       << elementType;
  return success();
}

LogicalResult FragmentAttr::verifyEncoding(
    ArrayRef<int64_t> shape, Type elementType,
    function_ref<InFlightDiagnostic()> emitError) const {
  // fragment_shape
  if (shape.size() != 2 || shape[0] != fragmentRows || shape[1] < 8 ||
      shape[1] % 8 != 0)
    return emitError() << "expected a #wg.fragment of shape [64, N] with N a "
                          "multiple of 8, got shape ["
                       << shape << "]";
  return verifyElement(elementType, emitError);
}

LogicalResult
RowsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                         function_ref<InFlightDiagnostic()> emitError) const {
  // rows_shape
  if (shape.size() != 1 || shape[0] != fragmentRows)
    return emitError() << "expected #wg.rows of shape [64], got shape ["
                       << shape << "]";
  return verifyElement(elementType, emitError);
}

LogicalResult ColumnsAttr::verifyEncoding(
    ArrayRef<int64_t> shape, Type elementType,
    function_ref<InFlightDiagnostic()> emitError) const {
  // columns_shape
  if (shape.size() != 1 || shape[0] < 8 || shape[0] % 8 != 0)
    return emitError() << "expected #wg.columns of shape [N] with N a multiple "
                          "of 8, got shape ["
                       << shape << "]";
  return verifyElement(elementType, emitError);
}

LogicalResult
LanesAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                          function_ref<InFlightDiagnostic()> emitError) const {
  // lanes_shape
  if (shape.size() != 1 || shape[0] < warpThreads ||
      shape[0] % warpThreads != 0)
    return emitError() << "expected #wg.lanes of shape [N] with N a multiple "
                          "of 32, got shape ["
                       << shape << "]";
  return verifyElement(elementType, emitError);
}

//===----------------------------------------------------------------------===//
// SharedType
//===----------------------------------------------------------------------===//

int64_t SharedType::getPanelWidth() const {
  return getSwizzle() ? getSwizzle() : getShape().back() * getElementBytes();
}

int64_t SharedType::getBytes() const {
  if (!getSwizzle())
    return getNumElements() * getElementBytes();
  int64_t panelBytes = getShape()[0] * getSwizzle();
  int64_t panels =
      llvm::divideCeil(getShape()[1] * getElementBytes(), getSwizzle());
  return panels * panelBytes;
}

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type elementType,
                                 int64_t swizzle) {
  // shared_shape
  if (shape.empty() || shape.size() > 2 ||
      llvm::any_of(shape, [](int64_t size) { return size < 1; }))
    return emitError() << "expected a shared tile of one or two static "
                          "dimensions, got ["
                       << shape << "]";
  // shared_element
  if (!elementType.isIntOrFloat() ||
      elementType.getIntOrFloatBitWidth() % 8 != 0)
    return emitError() << "expected a shared tile of elements of whole bytes, "
                          "got "
                       << elementType;
  // shared_swizzle
  if (swizzle != 0 && swizzle != 64 && swizzle != 128)
    return emitError() << "expected a swizzle of 0, 64 or 128 bytes, got "
                       << swizzle;
  // shared_swizzled_rows
  if (swizzle != 0 &&
      (shape.size() != 2 || shape[0] % 8 != 0 ||
       shape[1] * elementType.getIntOrFloatBitWidth() / 8 % swizzle != 0))
    return emitError() << "expected a swizzled tile of a multiple of 8 rows, "
                          "each of a multiple of "
                       << swizzle << " bytes, got [" << shape << "] of "
                       << elementType;
  return success();
}

Type SharedType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type elementType;
  int64_t swizzle = 0;
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("swizzle") || parser.parseEqual() ||
       parser.parseInteger(swizzle)))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<SharedType>(parser.getContext(), shape, elementType,
                                       swizzle);
}

void SharedType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  printer << 'x' << getElementType();
  if (getSwizzle())
    printer << ", swizzle = " << getSwizzle();
  printer << '>';
}

//===----------------------------------------------------------------------===//
// RingType
//===----------------------------------------------------------------------===//

int64_t RingType::getSlotBytes() const {
  int64_t bytes = 0;
  for (SharedType tile : getTiles())
    bytes += llvm::alignTo(tile.getBytes(), tileAlignment);
  return bytes;
}

int64_t RingType::getCopiedBytes() const {
  int64_t bytes = 0;
  for (SharedType tile : getTiles())
    bytes += tile.getBytes();
  return bytes;
}

LogicalResult RingType::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t slots, ArrayRef<SharedType> tiles) {
  // ring_slots
  if (slots < 1)
    return emitError() << "expected a ring of at least one slot, got " << slots;
  // ring_tiles
  if (tiles.empty())
    return emitError() << "expected a ring whose slots have tiles, got none";
  // ring_tile_bytes
  for (SharedType tile : tiles)
    if (tile.getBytes() % 16 != 0)
      return emitError() << "expected tiles of a multiple of 16 bytes, got "
                         << tile;
  return success();
}

//===----------------------------------------------------------------------===//
// PendingType
//===----------------------------------------------------------------------===//

LogicalResult PendingType::verify(function_ref<InFlightDiagnostic()> emitError,
                                  RankedTensorType tile) {
  // pending_tile
  if (!isa_and_present<FragmentAttr>(tile.getEncoding()) ||
      !tile.getElementType().isF32())
    return emitError() << "expected a pending tile of f32 with encoding "
                          "#wg.fragment, got "
                       << tile;
  return success();
}
