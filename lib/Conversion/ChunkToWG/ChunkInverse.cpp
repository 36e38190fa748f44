//===- ChunkInverse.cpp - (I - L)^-1 of a chunk ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With B the inverse of the diagonal 16 x 16 blocks of I - L, by forward
// substitution in f32, and L' the blocks below them,
//
//   (I - L)^-1 = (I - N)^-1 B = (I + N) (I + N^2) B,     N = B L'
//
// which is exact because N has four block rows: N^4 = 0. N and its powers are
// f16, whose rounding is eight times finer than that of bf16.
//
//===----------------------------------------------------------------------===//

#include "ChunkInverse.h"

#include "Kernels.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;

// One product for each head, under way together.
static SmallVector<Value>
multiply(TileBuilder &t, size_t count,
         llvm::function_ref<Value(size_t)> createProduct) {
  SmallVector<Value> products;
  for (size_t i = 0; i < count; ++i)
    products.push_back(createProduct(i));
  for (auto [i, product] : llvm::enumerate(products))
    product = t.wait(product, /*newer=*/count - 1 - i);
  return products;
}

void mlir::gdr::createChunkInverses(ImplicitLocOpBuilder &b,
                                    ArrayRef<InverseOperands> heads,
                                    Value scratch) {
  TileBuilder t(b);
  Type f16 = b.getF16Type(), f32 = b.getF32Type();
  // B
  SmallVector<Value> coefficients = llvm::map_to_vector(
      heads, [](const InverseOperands &head) { return head.coefficients; });
  auto inverted = InvertBlocksOp::create(b, coefficients, scratch);
  SmallVector<Value> n, x;
  for (auto [head, inverse] : llvm::zip(heads, inverted.getInverses())) {
    n.push_back(inverse);
    t.store(inverse, head.blocks);
  }
  SyncOp::create(b, IntegerAttr());
  // N = B L'
  n = multiply(t, heads.size(), [&](size_t i) {
    return t.mma(n[i], heads[i].below, /*transposeB=*/false);
  });
  for (auto [head, value] : llvm::zip(heads, n)) {
    value = t.cast(value, f16);
    t.store(value, head.power);
  }
  SyncOp::create(b, IntegerAttr());
  // X = B + N^2 B
  SmallVector<Value> squares = multiply(t, heads.size(), [&](size_t i) {
    return t.mma(n[i], heads[i].power, /*transposeB=*/false);
  });
  x = multiply(t, heads.size(), [&](size_t i) {
    Value inverse = t.load(t.getFragment(C, f16), heads[i].blocks);
    return t.mma(t.cast(squares[i], f16), heads[i].blocks,
                 /*transposeB=*/false, t.cast(inverse, f32));
  });
  for (auto [head, value] : llvm::zip(heads, x))
    t.store(t.cast(value, f16), head.below);
  SyncOp::create(b, IntegerAttr());
  // (I - L)^-1 = X + N X
  x = multiply(t, heads.size(), [&](size_t i) {
    return t.mma(n[i], heads[i].below, /*transposeB=*/false, x[i]);
  });
  for (auto [head, value] : llvm::zip(heads, x)) {
    Value betaOfColumns =
        t.broadcast(t.load(t.getColumns(C, f32), head.betas), value);
    Type element = cast<SharedType>(head.inverse.getType()).getElementType();
    t.store(t.cast(t.mul(value, betaOfColumns), element), head.inverse);
  }
}
