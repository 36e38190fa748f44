//===- PrepareKernel.cpp - what depends on no state -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One warpgroup a chunk and key head: K K^T and Q K^T once, then for each value
// head of the key head, or some of them, with D_ij = exp(G_i - G_j):
//
//   L         = -beta_i D_ij k_i.k_j, i > j      attention = scale D .* (q k^T)
//   inverse   = (I - L)^-1 diag(beta)
//
// ChunkInverse.cpp has the inverse, which two value heads take at once where
// their number is even.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "ChunkInverse.h"
#include "TileBuilder.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;
static constexpr int64_t swizzle = 128;
static constexpr int64_t headsAtOnce = 2;
/// Log2 of the smallest decay: below f32, so it acts as -inf does, but sums of
/// it still have differences.
static constexpr double minLogDecay = -256;

// Value heads of a CTA, all of one key head.
static int64_t getHeads(ChunkPrepareOp op) {
  int64_t ratio = op.getNumValueHeads() / op.getNumKeyHeads();
  int64_t heads = op.getScheduleAttr() ? op.getScheduleAttr().getHeads() : 0;
  if (heads != 0 && ratio % heads == 0)
    return heads;
  return ChunkedAttr::getDefaultHeads(ratio);
}

int64_t mlir::gdr::getPrepareBlocksPerSlot(ChunkPrepareOp op) {
  return op.getNumValueHeads() / getHeads(op);
}

int64_t mlir::gdr::getPrepareThreads() { return warpgroupThreads; }

namespace {

/// A value head under way.
struct Head : InverseOperands {
  // More tiles in shared memory.
  Value attention, decay, sums;
  Value number;
};

class PrepareKernel {
public:
  PrepareKernel(ImplicitLocOpBuilder &b, ChunkPrepareOp op,
                const TensorMaps &maps)
      : b(b), op(op), maps(maps), t(b), sequences(b, op) {
    element = cast<ShapedType>(op.getQ().getType()).getElementType();
    f32 = b.getF32Type();
    f16 = b.getF16Type();
    numHeads = getHeads(op);
  }

  void create(bool overlap) {
    if (overlap)
      NVVM::GriddepcontrolOp::create(
          b, NVVM::GridDepActionKind::launch_dependents);
    Value block = gpu::BlockIdOp::create(b, gpu::Dimension::x);
    Value blocks = t.index(getPrepareBlocksPerSlot(op));
    firstHead = arith::MulIOp::create(
        b, arith::RemUIOp::create(b, block, blocks), t.index(numHeads));
    keyHead = sequences.createKeyHead(firstHead);
    slot = arith::DivUIOp::create(b, block, blocks);
    chunk = sequences.createChunk(slot, C);
    createTiles();
    rows = IotaOp::create(b, t.getRows(b.getI32Type()));
    columns = IotaOp::create(b, t.getColumns(C, b.getI32Type()));
    lanes = IotaOp::create(b, t.getLanes(C, b.getI32Type()));
    OpBuilder::InsertionGuard guard(b);
    if (chunk.isActive) {
      auto branch = scf::IfOp::create(b, chunk.isActive, false);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    createLoads();
    createGates();
    auto tiles = TakeOp::create(b, getTileTypes(), ring, t.index(0)).getTiles();
    if (op.getQkL2norm())
      createNorms(tiles[0], tiles[1]);
    createProducts(tiles[0], tiles[1]);
    auto loop = scf::ForOp::create(b, t.index(0), t.index(numHeads),
                                   t.index(heads.size()));
    {
      OpBuilder::InsertionGuard inLoop(b);
      b.setInsertionPointToStart(loop.getBody());
      createValueHeads(loop.getInductionVar());
    }
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/true); });
  }

private:
  // K and Q are dead when the products are known; what is computed from them
  // takes their place. Not so the gates, betas and norms, which are computed
  // before.
  void createTiles() {
    int64_t keyDim = llvm::alignTo(op.getKeyDim(), fragmentRows);
    SharedType keys = t.getShared({C, keyDim}, element, swizzle);
    RingType ringType = RingType::get(b.getContext(), 1, {keys, keys});
    ring = RingOp::create(b, ringType, /*consumers=*/1);
    SharedType square = t.getShared({C, C}, f16, swizzle);
    SharedType result = t.getShared({C, C}, element, swizzle);
    int64_t reusable = ringType.getSlotBytes(), used = 0;
    auto alloc = [&](SharedType type) -> Value {
      return AllocOp::create(b, type, Value(), IntegerAttr(), IntegerAttr());
    };
    auto allocOver = [&](SharedType type) -> Value {
      if (used + type.getBytes() > reusable)
        return alloc(type);
      IntegerAttr at = b.getI64IntegerAttr(used);
      used += type.getBytes();
      return AllocOp::create(b, type, ring, at, IntegerAttr());
    };
    heads.resize(numHeads % headsAtOnce == 0 ? headsAtOnce : 1);
    // The scratch is not used after the powers are, nor these after the inverse
    // is.
    int64_t count = heads.size(), bytes = square.getBytes();
    Value room = allocOver(t.getShared({count * bytes / 4}, f32));
    auto allocIn = [&](int64_t at, SharedType type) -> Value {
      return AllocOp::create(b, type, room, b.getI64IntegerAttr(at),
                             IntegerAttr());
    };
    scratch = allocIn(0, InvertBlocksOp::getScratchType(b.getContext(), count));
    for (auto [number, head] : llvm::enumerate(heads)) {
      head.power = allocIn(number * bytes, square);
      head.inverse = allocIn(number * bytes, result);
    }
    for (Head &head : heads) {
      head.below = allocOver(square);
      head.blocks = allocOver(square);
      head.attention = allocOver(result);
      head.decay = allocOver(t.getShared({numDecayRows, C}, f32));
    }
    sumsOfHeads = alloc(t.getShared({numHeads, C}, f32));
    betasOfHeads = alloc(t.getShared({numHeads, C}, f32));
    if (op.getQkL2norm())
      norms = alloc(t.getShared({2, C}, f32));
  }

  SmallVector<Type> getTileTypes() {
    ArrayRef<SharedType> tiles = cast<RingType>(ring.getType()).getTiles();
    return {tiles.begin(), tiles.end()};
  }

  void createLoads() {
    Value zero = t.index(0);
    t.oneThread([&] {
      auto fill = AcquireOp::create(b, MBarrierType::get(b.getContext()),
                                    getTileTypes(), ring, zero);
      for (auto [map, tile] :
           llvm::zip(std::array{maps.k, maps.q}, fill.getTiles()))
        CopyOp::create(b, map,
                       ValueRange{chunk.batch, chunk.begin, keyHead, zero},
                       tile, fill.getBarrier());
    });
  }

  // The running sums of the gates and the betas of the value heads, while K and
  // Q are on their way.
  void createGates() {
    SmallVector<std::pair<Value, Value>> loaded;
    for (int64_t head = 0; head < numHeads; ++head) {
      Value number = arith::AddIOp::create(b, firstHead, t.index(head));
      loaded.emplace_back(createLogDecays(number), createBetas(number));
    }
    SharedType vector = t.getShared({C}, f32);
    for (auto [head, values] : llvm::enumerate(loaded)) {
      Value number = t.index(head);
      t.store(CumsumOp::create(b, values.first),
              SliceOp::create(b, vector, sumsOfHeads, number));
      t.store(values.second, SliceOp::create(b, vector, betasOfHeads, number));
    }
  }

  // rk and rq: 1 / |k_i| and 1 / |q_i|.
  void createNorms(Value k, Value q) {
    for (auto [number, tile] : llvm::enumerate(std::array{k, q})) {
      int64_t keyDim = cast<SharedType>(tile.getType()).getShape()[1];
      Value x = t.cast(t.load(t.getFragment(keyDim, element), tile), f32);
      Value norm = sequences.createInverseNorm(t.sumColumns(t.mul(x, x)));
      t.store(keepTokens(norm, rows), createNormsOf(number));
    }
    SyncOp::create(b, IntegerAttr());
  }

  Value createNormsOf(int64_t number) {
    return SliceOp::create(b, t.getShared({C}, f32), norms, t.index(number));
  }

  // x_ij / (|x_i| |k_j|)
  Value createNormalized(Value x, int64_t number) {
    if (!op.getQkL2norm())
      return x;
    Value ofRows = t.load(t.getRows(f32), createNormsOf(number));
    Value ofColumns = t.load(t.getColumns(C, f32), createNormsOf(0));
    return t.mul(t.mul(x, t.broadcast(ofRows, x)), t.broadcast(ofColumns, x));
  }

  // K K^T, of which only what is below the diagonal will be used, and
  // scale Q K^T below the diagonal and on it.
  void createProducts(Value k, Value q) {
    Value ofKeys = t.mma(k, k, /*transposeB=*/true);
    Value ofQueries = t.mma(q, k, /*transposeB=*/true);
    keyProducts = createNormalized(t.wait(ofKeys, /*newer=*/1), 0);
    queryProducts = createNormalized(t.wait(ofQueries), 1);
    auto type = cast<RankedTensorType>(queryProducts.getType());
    queryProducts = keepWhere(arith::CmpIPredicate::uge,
                              t.mul(queryProducts, t.splat(type, getScale())));
    if (op.getCuSeqlens())
      keepTokensOfProducts();
  }

  // What lies behind the last token may be NaN, also below the diagonal.
  void keepTokensOfProducts() {
    Value isTail = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                         chunk.size, t.index(C));
    SmallVector<Value> products = {keyProducts, queryProducts};
    auto branch =
        scf::IfOp::create(b, ValueRange(products).getTypes(), isTail, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, products);
    b.setInsertionPointToStart(branch.thenBlock());
    Value ofRows = t.broadcast(rows, keyProducts);
    for (Value &product : products)
      product = keepTokens(product, ofRows);
    scf::YieldOp::create(b, products);
    keyProducts = branch.getResult(0);
    queryProducts = branch.getResult(1);
  }

  // `x` where the number of the token is that of one, else 0.
  Value keepTokens(Value x, Value numbers) {
    Value size = arith::IndexCastUIOp::create(b, b.getI32Type(), chunk.size);
    return t.keepWhere(arith::CmpIPredicate::ult, numbers,
                       t.splat(cast<RankedTensorType>(numbers.getType()), size),
                       x);
  }

  // A value of each token of the chunk for a head, zero behind its end.
  Value createTokens(Value memref, Value valueHead) {
    auto type = cast<MemRefType>(memref.getType());
    OpFoldResult one = b.getIndexAttr(1);
    SmallVector<OpFoldResult> offsets = {chunk.batch, chunk.begin, valueHead};
    SmallVector<OpFoldResult> sizes = {one, chunk.size, one};
    SmallVector<OpFoldResult> strides(3, one);
    auto reduced = memref::SubViewOp::inferRankReducedResultType(
        {ShapedType::kDynamic}, type, offsets, sizes, strides);
    Value view = memref::SubViewOp::create(b, cast<MemRefType>(reduced), memref,
                                           offsets, sizes, strides);
    return t.cast(t.load(t.getLanes(C, type.getElementType()), view), f32);
  }

  // Log2 of the decays.
  Value createLogDecays(Value valueHead) {
    RankedTensorType type = t.getLanes(C, f32);
    if (!op.getG())
      return t.splat(type, 0.0);
    Value gates =
        sequences.createLogDecay(createTokens(op.getG(), valueHead),
                                 sequences.createGateParameters(valueHead));
    if (op.getGateForm() != GateForm::Log)
      gates = keepTokens(gates, lanes);
    Value log2e = t.splat(type, llvm::numbers::log2e);
    return t.max(t.mul(gates, log2e), t.splat(type, minLogDecay));
  }

  Value createBetas(Value valueHead) {
    RankedTensorType type = t.getLanes(C, f32);
    if (!op.getBeta())
      return t.splat(type, 1.0);
    Value betas = sequences.createBeta(createTokens(op.getBeta(), valueHead));
    return op.getBetaForm() == BetaForm::Given ? betas
                                               : keepTokens(betas, lanes);
  }

  // `x` where the row's number and the column's compare, else 0.
  Value keepWhere(arith::CmpIPredicate predicate, Value x) {
    return t.keepWhere(predicate, t.broadcast(rows, x), t.broadcast(columns, x),
                       x);
  }

  // The same of blocks of 16 rows or columns.
  Value keepBelowBlocks(Value x) {
    auto number = [&](Value tokens) -> Value {
      auto type = cast<RankedTensorType>(tokens.getType());
      Value shift = t.splat(type, llvm::Log2_64(inverseBlockSize));
      return arith::ShRUIOp::create(b, tokens, shift);
    };
    return t.keepWhere(arith::CmpIPredicate::ugt, t.broadcast(number(rows), x),
                       t.broadcast(number(columns), x), x);
  }

  // The value heads from `first` on.
  void createValueHeads(Value first) {
    // The results of the last heads have left shared memory, and all warps are
    // done with K and Q.
    t.oneThread([&] { WaitCopiesOutOp::create(b, /*done=*/false); });
    SyncOp::create(b, IntegerAttr());
    SharedType vector = t.getShared({C}, f32);
    for (auto [number, head] : llvm::enumerate(heads)) {
      Value position = arith::AddIOp::create(b, first, t.index(number));
      head.number = arith::AddIOp::create(b, firstHead, position);
      head.sums = SliceOp::create(b, vector, sumsOfHeads, position);
      head.betas = SliceOp::create(b, vector, betasOfHeads, position);
      Value decays = createDecays(head);
      createAttention(head, decays);
      createDecayRows(head);
      createCoefficients(head, decays);
    }
    createChunkInverses(
        b, SmallVector<InverseOperands>(heads.begin(), heads.end()), scratch);
    SyncOp::create(b, IntegerAttr());
    t.oneThread([&] {
      for (Head &head : heads) {
        createCopyOut(head, head.attention, op.getAttention());
        createCopyOut(head, head.inverse, op.getInverse());
        createCopyOut(head, head.decay, op.getDecay());
      }
    });
  }

  // D_ij = 2^(G_i - G_j), at most 1: above the diagonal it meets zeros
  Value createDecays(const Head &head) {
    Value ofRows = t.broadcast(t.load(t.getRows(f32), head.sums), keyProducts);
    Value ofColumns =
        t.broadcast(t.load(t.getColumns(C, f32), head.sums), keyProducts);
    Value zero = t.splat(cast<RankedTensorType>(keyProducts.getType()), 0.0);
    return t.exp2(t.min(t.sub(ofRows, ofColumns), zero));
  }

  // scale D .* (q k^T), i >= j
  void createAttention(const Head &head, Value decays) {
    t.store(t.cast(t.mul(decays, queryProducts), element), head.attention);
  }

  double getScale() { return *op.getScaleOrDefault(); }

  void createDecayRows(const Head &head) {
    RankedTensorType type = t.getLanes(C, f32);
    Value logDecays = t.load(type, head.sums);
    Value last = t.splat(
        type, ExtractOp::create(b, f32, head.sums, t.index(C - 1)).getResult());
    Value in = t.exp2(logDecays);
    Value out = t.exp2(t.sub(last, logDecays));
    Value query = t.mul(in, t.splat(type, getScale()));
    if (op.getQkL2norm()) {
      Value ofKeys = t.load(type, createNormsOf(0));
      in = t.mul(in, ofKeys);
      out = t.mul(out, ofKeys);
      query = t.mul(query, t.load(type, createNormsOf(1)));
    }
    for (auto [row, vector] :
         llvm::enumerate(std::array{in, out, query, t.exp2(last)}))
      t.store(vector, SliceOp::create(b, t.getShared({C}, f32), head.decay,
                                      t.index(row)));
  }

  // L; L' to shared memory
  void createCoefficients(Head &head, Value decays) {
    Value factors = t.neg(t.load(t.getRows(f32), head.betas));
    head.coefficients =
        t.mul(t.mul(decays, keyProducts), t.broadcast(factors, decays));
    t.store(t.cast(keepBelowBlocks(head.coefficients), f16), head.below);
  }

  void createCopyOut(const Head &head, Value tile, Value memref) {
    int64_t tileRows = cast<MemRefType>(memref.getType()).getShape()[2];
    OpFoldResult one = b.getIndexAttr(1), zero = b.getIndexAttr(0);
    Value view = t.matrixView(
        memref, {slot, head.number, zero, zero},
        {one, one, b.getIndexAttr(tileRows), b.getIndexAttr(C)}, /*rowDim=*/2);
    CopyOutOp::create(b, tile, view, ValueRange{});
  }

  ImplicitLocOpBuilder &b;
  ChunkPrepareOp op;
  TensorMaps maps;
  TileBuilder t;
  SequenceBuilder sequences;
  Type element, f32, f16;
  int64_t numHeads;
  // Of the CTA.
  Value firstHead, keyHead, slot;
  Chunk chunk;
  Value ring, scratch, sumsOfHeads, betasOfHeads;
  Value norms; // null without l2norm
  Value keyProducts, queryProducts;
  Value rows, columns, lanes; // numbers of tokens
  SmallVector<Head> heads;    // at once
};

} // namespace

void mlir::gdr::createPrepareBody(ImplicitLocOpBuilder &b, ChunkPrepareOp op,
                                  const TensorMaps &maps, bool overlap) {
  OpBuilder::InsertionGuard guard(b);
  PrepareKernel(b, op, maps).create(overlap);
}
