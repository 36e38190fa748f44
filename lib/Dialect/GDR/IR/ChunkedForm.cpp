//===- ChunkedForm.cpp - the gated delta rule in chunks of tokens ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decomposition of `gdr.gated_delta_rule` into `gdr.chunk_prepare` and
// `gdr.chunk_scan`, on tensors and on memrefs.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/IR/GDR.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::gdr;

// Buffers of the matrices are aligned to a cache line.
static constexpr int64_t matrixAlignment = 64;

bool GatedDeltaRuleOp::hasChunkedForm(std::string *reason) {
  auto refuse = [&](const Twine &why) {
    if (reason)
      *reason = why.str();
    return false;
  };
  if (hasPerChannelGate())
    return refuse("operand 'gate' is of rank 4, a gate per channel of K");
  if (getNumAccepted())
    return refuse("operand 'num_accepted' is present");
  if (!hasSnapshotsAfterChunks(leastChunkSize))
    return refuse(llvm::formatv("snapshot_every is {0}, and a chunk, of at "
                                "least {1} tokens, has to end there",
                                *getSnapshotEvery(), leastChunkSize)
                      .str());
  if (ShapedType::isDynamicShape(
          {getNumKeyHeads(), getNumValueHeads(), getKeyDim(), getValueDim()}))
    return refuse("HK, HV, K or V is dynamic");
  return true;
}

// The size of a dimension of a tensor or memref.
static Value createDim(ImplicitLocOpBuilder &b, Value value, int64_t dim) {
  if (isa<MemRefType>(value.getType()))
    return b.createOrFold<memref::DimOp>(value, dim);
  return b.createOrFold<tensor::DimOp>(value, dim);
}

// The number of slots: N * ceil(T / C); packed, floor(T / C) + N.
static Value createNumSlots(ImplicitLocOpBuilder &b, RuleOpInterface rule,
                            int64_t chunkSize) {
  Value size = arith::ConstantIndexOp::create(b, chunkSize);
  Value tokens = createDim(b, rule.getQ(), 1);
  if (Value cuSeqlens = rule.getCuSeqlens()) {
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value offsets = createDim(b, cuSeqlens, 0);
    Value sequences = b.createOrFold<arith::SubIOp>(offsets, one);
    Value chunks = b.createOrFold<arith::DivUIOp>(tokens, size);
    return b.createOrFold<arith::AddIOp>(chunks, sequences);
  }
  Value sequences = createDim(b, rule.getQ(), 0);
  Value most = arith::ConstantIndexOp::create(b, chunkSize - 1);
  Value biased = b.createOrFold<arith::AddIOp>(tokens, most);
  Value chunks = b.createOrFold<arith::DivUIOp>(biased, size);
  return b.createOrFold<arith::MulIOp>(sequences, chunks);
}

namespace {

/// What gdr.chunk_prepare passes to gdr.chunk_scan, as tensors or memrefs.
struct Chunks {
  Value inverse;
  Value attention;
  Value decay;

  SmallVector<Value> getAll() const { return {inverse, attention, decay}; }
};

} // namespace

// Room for the chunks of all sequences.
static Chunks createChunks(ImplicitLocOpBuilder &b, RuleOpInterface rule,
                           const ChunkedFormOptions &options) {
  int64_t size = options.schedule.getChunkSize();
  int64_t slots = rule.getNumSlots(size);
  SmallVector<Value> dynamicSizes;
  if (ShapedType::isDynamic(slots))
    dynamicSizes.push_back(createNumSlots(b, rule, size));
  auto create = [&](int64_t rows, Type elementType) -> Value {
    int64_t shape[] = {slots, rule.getNumValueHeads(), rows, size};
    if (rule.isOnMemRefs())
      return memref::AllocOp::create(b, MemRefType::get(shape, elementType),
                                     dynamicSizes,
                                     b.getI64IntegerAttr(matrixAlignment));
    return tensor::EmptyOp::create(b, shape, elementType, dynamicSizes);
  };
  return {create(size, options.matrixElementType),
          create(size, options.matrixElementType),
          create(numDecayRows, b.getF32Type())};
}

static void freeChunks(ImplicitLocOpBuilder &b, const Chunks &chunks) {
  for (Value value : chunks.getAll())
    if (isa<MemRefType>(value.getType()))
      memref::DeallocOp::create(b, value);
    else
      bufferization::DeallocTensorOp::create(b, value);
}

// inverse, attention, decay = prepare(q, k, g, beta)
static Chunks createPrepare(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule,
                            const ChunkedFormOptions &options) {
  Chunks inits = createChunks(b, rule, options);
  SmallVector<Type> types;
  if (!rule.isOnMemRefs())
    types = llvm::to_vector(ValueRange(inits.getAll()).getTypes());
  FloatAttr scale = rule.getScaleAttr();
  if (!scale)
    scale = b.getF32FloatAttr(*rule.getScaleOrDefault());
  auto prepare = ChunkPrepareOp::create(
      b, types, rule.getQ(), rule.getK(), rule.getG(), rule.getBeta(),
      rule.getALog(), rule.getDtBias(), rule.getCuSeqlens(), inits.inverse,
      inits.attention, inits.decay, scale, rule.getQkL2normAttr(),
      rule.getL2normEpsAttr(), rule.getGateFormAttr(), rule.getLowerBoundAttr(),
      rule.getBetaFormAttr(),
      TileLayoutAttr::get(b.getContext(), options.tileLayout),
      options.schedule);
  if (rule.isOnMemRefs())
    return inits;
  return {prepare.getResult(0), prepare.getResult(1), prepare.getResult(2)};
}

// o, final_state = scan(q, k, v, inverse, attention, decay, initial_state)
static ChunkScanOp createScan(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule,
                              const Chunks &chunks,
                              const ChunkedFormOptions &options) {
  return ChunkScanOp::create(
      b, rule.getResultTypes(), rule.getQ(), rule.getK(), rule.getV(),
      chunks.inverse, chunks.attention, chunks.decay, rule.getInitialState(),
      rule.getCuSeqlens(), rule.getMaxSeqlen(), rule.getReadIndices(),
      rule.getWriteIndices(), rule.getSnapshotIndices(), rule.getOInit(),
      rule.getFinalStateInit(), rule.getSnapshotsInit(),
      rule.getStateLayoutAttr(),
      TileLayoutAttr::get(b.getContext(), options.tileLayout),
      rule.getSnapshotEveryAttr(), options.schedule);
}

SmallVector<Value>
GatedDeltaRuleOp::decomposeIntoChunks(OpBuilder &builder,
                                      const ChunkedFormOptions &options) {
  ImplicitLocOpBuilder b(getLoc(), builder);
  Chunks chunks = createPrepare(b, *this, options);
  ChunkScanOp scan = createScan(b, *this, chunks, options);
  scan->setDiscardableAttrs((*this)->getDiscardableAttrDictionary());
  freeChunks(b, chunks);
  return llvm::to_vector_of<Value>(scan.getResults());
}
