//===- Tiles.cpp - register tiles -----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

// The element of a tile that row and column of memory belong to.
static int64_t getPosition(ArrayRef<int64_t> tileShape, bool transposed,
                           int64_t row, int64_t column) {
  if (tileShape.size() == 1)
    return row;
  return transposed ? column * tileShape[1] + row : row * tileShape[1] + column;
}

// Which thread moves which element depends on the encoding alone only if every
// element belongs to one thread.
static Attribute getLayout(Type tile, bool transposed) {
  Attribute encoding = cast<RankedTensorType>(tile).getEncoding();
  return isa<wg::FragmentAttr>(encoding) && !transposed ? encoding
                                                        : Attribute();
}

// Visits the elements of a memref of one or two dimensions that are within the
// tile, row by row.
template <typename Visit>
static LogicalResult forEachElement(const MemRef &memref,
                                    ArrayRef<int64_t> tileShape,
                                    bool transposed, Visit visit) {
  SmallVector<int64_t, 2> counts(tileShape);
  if (transposed)
    std::swap(counts[0], counts[1]);
  for (auto [count, size] : llvm::zip(counts, memref.sizes))
    count = std::min(count, size);
  int64_t columns = counts.size() == 2 ? counts[1] : 1;
  for (int64_t row = 0; row < counts[0]; ++row)
    for (int64_t column = 0; column < columns; ++column)
      if (failed(visit(row, column)))
        return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

Step Warpgroup::load(wg::LoadOp op) {
  std::shared_ptr<Tile> result = createTile(op.getTile().getType());
  if (!result)
    return fail(op, "has an element type that is not known to the interpreter");
  if (isa<MemRefType>(op.getSource().getType()))
    return loadGlobal(op, std::move(result));
  const auto &source = getAs<SharedTile>(op.getSource());
  if (failed(readTile(op, source,
                      getLayout(op.getTile().getType(), op.getTranspose()),
                      /*isAsync=*/false)))
    return Step::Failed;
  set(op.getTile(), TilePtr(getElements(source, op.getTranspose())));
  return Step::Done;
}

Step Warpgroup::loadGlobal(wg::LoadOp op, std::shared_ptr<Tile> result) {
  const auto &source = getAs<MemRef>(op.getSource());
  auto read = [&](int64_t row, int64_t column) -> LogicalResult {
    SmallVector<int64_t, 2> indices = {row, column};
    indices.resize(source.sizes.size());
    char *address = getAddress(op, source, indices);
    if (!address)
      return failure();
    result->read(getPosition(result->shape, op.getTranspose(), row, column),
                 address);
    return success();
  };
  // Zero outside of the memref.
  if (failed(forEachElement(source, result->shape, op.getTranspose(), read)))
    return Step::Failed;
  set(op.getTile(), TilePtr(std::move(result)));
  return Step::Done;
}

Step Warpgroup::store(wg::StoreOp op) {
  const Tile &tile = getTile(op.getTile());
  if (isa<MemRefType>(op.getDestination().getType()))
    return storeGlobal(op, tile);
  const auto &destination = getAs<SharedTile>(op.getDestination());
  Access access =
      createAccess(op, destination, /*isWrite=*/true,
                   getLayout(op.getTile().getType(), op.getTranspose()));
  if (failed(verifyIsCurrent(op, destination)) ||
      failed(verifyAccess(op, access)))
    return Step::Failed;
  access.time = ++observer.time;
  cta.shared.add(access);
  int64_t bytes = destination.type.getElementBytes();
  int64_t columns = destination.type.getShape().back();
  bool isVector = tile.shape.size() == 1;
  for (auto [i, offset] :
       llvm::enumerate(cta.shared.getOffsets(destination.type))) {
    int64_t at = destination.begin + offset, index = static_cast<int64_t>(i);
    int64_t row = isVector ? index : index / columns;
    tile.write(getPosition(tile.shape, op.getTranspose(), row, index % columns),
               cta.shared.getData(at));
    cta.shared.markWritten(at, bytes);
  }
  return Step::Done;
}

Step Warpgroup::storeGlobal(wg::StoreOp op, const Tile &tile) {
  const auto &destination = getAs<MemRef>(op.getDestination());
  auto write = [&](int64_t row, int64_t column) -> LogicalResult {
    SmallVector<int64_t, 2> indices = {row, column};
    indices.resize(destination.sizes.size());
    char *address = getAddress(op, destination, indices);
    if (!address)
      return failure();
    tile.write(getPosition(tile.shape, op.getTranspose(), row, column),
               address);
    return success();
  };
  return getStep(
      forEachElement(destination, tile.shape, op.getTranspose(), write));
}

Step Warpgroup::extract(wg::ExtractOp op) {
  const auto &source = getAs<SharedTile>(op.getSource());
  int64_t position = getInteger(op.getPosition());
  if (position < 0 || position >= source.type.getNumElements())
    return fail(op, "expected a position from 0 to " +
                        Twine(source.type.getNumElements() - 1) + ", got " +
                        Twine(position));
  if (source.type.getElementType() != op.getElement().getType())
    return fail(op, "expected an element of the type of the source");
  if (failed(readTile(op, source, /*layout=*/{}, /*isAsync=*/false)))
    return Step::Failed;
  std::shared_ptr<Tile> result = createTile(op.getElement().getType());
  result->read(
      0, cta.shared.getData(source.begin +
                            cta.shared.getOffsets(source.type)[position]));
  set(op.getElement(), TilePtr(std::move(result)));
  return Step::Done;
}

//===----------------------------------------------------------------------===//
// In registers
//===----------------------------------------------------------------------===//

static TilePtr createIota(Type type) {
  std::shared_ptr<Tile> result = createTile(type);
  for (auto [i, value] : llvm::enumerate(result->integers))
    value = static_cast<int64_t>(i);
  return result;
}

// Of a thread's columns, and then of a quad's: in the order of a GPU.
static TilePtr createSums(const Tile &source) {
  constexpr int64_t quad = 4;
  int64_t rows = source.shape[0], columns = source.shape[1];
  auto result = std::make_shared<Tile>(source.element, ArrayRef(rows));
  for (int64_t row = 0; row < rows; ++row) {
    std::array<float, quad> sums = {};
    for (int64_t column = 0; column < columns; ++column)
      sums[column / 2 % quad] += source.floats[row * columns + column];
    result->floats[row] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
  return result;
}

static TilePtr createCumsum(const Tile &source) {
  auto result = std::make_shared<Tile>(source);
  for (size_t i = 1; i < result->floats.size(); ++i)
    result->floats[i] += result->floats[i - 1];
  return result;
}

Step Warpgroup::broadcast(wg::BroadcastOp op) {
  const Tile &source = getTile(op.getSource());
  bool isRows = isa<wg::RowsAttr>(
      cast<RankedTensorType>(op.getSource().getType()).getEncoding());
  std::shared_ptr<Tile> result = createTile(op.getTile().getType());
  int64_t columns = result->shape[1];
  for (int64_t i = 0, e = result->size(); i < e; ++i) {
    int64_t from = isRows ? i / columns : i % columns;
    if (isFloat(result->element))
      result->floats[i] = source.floats[from];
    else
      result->integers[i] = source.integers[from];
  }
  set(op.getTile(), TilePtr(std::move(result)));
  return Step::Done;
}

// (I - L)^-1 of each 16 x 16 block on the diagonal, in f32, by
// x_i = e_i + sum_{j<i} L_ij x_j.
static TilePtr createInverseOfBlocks(const Tile &source) {
  constexpr int64_t blockSize = 16;
  auto result = std::make_shared<Tile>(source.element, source.shape);
  int64_t columns = source.shape[1];
  for (int64_t first = 0; first < columns; first += blockSize)
    for (int64_t column = 0; column < blockSize; ++column)
      for (int64_t row = 0; row < blockSize; ++row) {
        float x = row == column;
        for (int64_t j = 0; j < row; ++j)
          x += source.floats[(first + row) * columns + first + j] *
               result->floats[(first + j) * columns + first + column];
        result->floats[(first + row) * columns + first + column] = x;
      }
  result->element = Element::F16;
  for (float &x : result->floats)
    x = roundTo(Element::F16, x);
  return result;
}

Step Warpgroup::invertBlocks(wg::InvertBlocksOp op) {
  // What is in scratch is the op's own; its threads wait for each other.
  const auto &scratch = getAs<SharedTile>(op.getScratch());
  Access access = createAccess(op, scratch, /*isWrite=*/true,
                               getLayout(op.getSources().front().getType(),
                                         /*transposed=*/false));
  if (failed(verifyAccess(op, access)))
    return Step::Failed;
  access.time = ++observer.time;
  cta.shared.add(access);
  cta.shared.forget(access.begin, access.end);

  for (auto [source, inverse] : llvm::zip(op.getSources(), op.getInverses()))
    set(inverse, createInverseOfBlocks(getTile(source)));
  return Step::Done;
}

bool Warpgroup::executeOnTiles(Operation *op, Step &step) {
  step = Step::Done;
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::IotaOp iota) {
        set(iota.getTile(), createIota(iota.getTile().getType()));
        return true;
      })
      .Case([&](wg::CumsumOp cumsum) {
        set(cumsum.getSums(), createCumsum(getTile(cumsum.getSource())));
        return true;
      })
      .Case([&](wg::SumColumnsOp sum) {
        set(sum.getSums(), createSums(getTile(sum.getSource())));
        return true;
      })
      .Case([&](wg::BroadcastOp broadcastOp) {
        step = broadcast(broadcastOp);
        return true;
      })
      .Case([&](wg::LoadOp loadOp) {
        step = load(loadOp);
        return true;
      })
      .Case([&](wg::StoreOp storeOp) {
        step = store(storeOp);
        return true;
      })
      .Case([&](wg::ExtractOp extractOp) {
        step = extract(extractOp);
        return true;
      })
      .Case([&](wg::InvertBlocksOp invert) {
        step = invertBlocks(invert);
        return true;
      })
      .Default(false);
}
