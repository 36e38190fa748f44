//===- Products.cpp - products of tiles -----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

// result += a * b with [m, k] and [k, n], summed in f32 in the order of k.
static void addProduct(const Tile &a, const Tile &b, Tile &result) {
  int64_t m = a.shape[0], k = a.shape[1], n = b.shape[1];
  for (int64_t i = 0; i < m; ++i) {
    float *row = result.floats.data() + i * n;
    for (int64_t l = 0; l < k; ++l) {
      float x = a.floats[i * k + l];
      const float *y = b.floats.data() + l * n;
      for (int64_t j = 0; j < n; ++j)
        row[j] += x * y[j];
    }
  }
}

Step Warpgroup::startProduct(wg::MmaOp op) {
  auto product = std::make_shared<Product>();
  product->op = op;
  auto readOperand = [&](Value value, bool transposed) -> TilePtr {
    auto *shared = std::get_if<SharedTile>(&get(value));
    if (!shared)
      return getAs<TilePtr>(value);
    // PTX ISA, "Matrix Descriptor Format": of this swizzle
    if (shared->begin % wg::tileAlignment != 0) {
      emitError(op) << "expected operands at multiples of " << wg::tileAlignment
                    << " bytes, got one at " << shared->begin;
      return nullptr;
    }
    FailureOr<Access *> access =
        readTile(op, *shared, /*layout=*/{}, /*isAsync=*/true);
    if (failed(access))
      return nullptr;
    product->accesses.push_back(*access);
    return getElements(*shared, transposed);
  };
  TilePtr a = readOperand(op.getA(), op.getTransposeA());
  TilePtr b = a ? readOperand(op.getB(), op.getTransposeB()) : nullptr;
  if (!b)
    return Step::Failed;
  auto result = op.getAccumulator()
                    ? std::make_shared<Tile>(getTile(op.getAccumulator()))
                    : createTile(op.getResult().getType().getTile());
  addProduct(*a, *b, *result);
  product->result = std::move(result);
  products.push_back(product);
  set(op.getResult(), std::move(product));
  return Step::Done;
}

Step Warpgroup::waitForProducts(wg::WaitOp op) {
  while (products.size() > op.getNewer()) {
    std::shared_ptr<Product> product = products.front();
    products.pop_front();
    product->isFinished = true;
    for (Access *access : product->accesses)
      cta.shared.finish(access, ++observer.time);
  }
  for (auto [value, tile] : llvm::zip(op.getProducts(), op.getTiles())) {
    const auto &product = getAs<std::shared_ptr<Product>>(value);
    if (!product->isFinished) {
      InFlightDiagnostic diagnostic = emitError(op);
      diagnostic << "expected products that have ended, got one of the last "
                 << op.getNewer() << ", which may be under way";
      diagnostic.attachNote(product->op->getLoc())
          << "the product is '" << cta.getText(product->op) << "'";
      return Step::Failed;
    }
    set(tile, product->result);
  }
  return Step::Done;
}
