//===- SequenceBuilder.cpp - scalars of the gated delta rule --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::gdr;

// Above this argument softplus(x) is x, as in the gate's definition.
static constexpr float softplusThreshold = 20.0f;

Value SequenceBuilder::createF32(float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

Value SequenceBuilder::createLoad(Value memref, ValueRange indices) {
  Value element = memref::LoadOp::create(b, memref, indices);
  if (isa<FloatType>(element.getType()))
    return createExtendToF32(b, element);
  return arith::IndexCastOp::create(b, b.getIndexType(), element);
}

Value SequenceBuilder::createSequenceCount() {
  for (Value perSequence :
       {rule.getReadIndices(), rule.getWriteIndices(), rule.getNumAccepted()})
    if (perSequence)
      return memref::DimOp::create(b, perSequence, 0);
  if (Value cuSeqlens = rule.getCuSeqlens()) {
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value size = memref::DimOp::create(b, cuSeqlens, 0);
    return arith::SubIOp::create(b, size, one);
  }
  return memref::DimOp::create(b, rule.getQ(), 0);
}

Sequence SequenceBuilder::createSequence(Value n) {
  Sequence sequence;
  sequence.number = n;
  Value zero = arith::ConstantIndexOp::create(b, 0);
  if (Value cuSeqlens = rule.getCuSeqlens()) {
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value next = arith::AddIOp::create(b, n, one);
    sequence.batch = zero;
    sequence.begin = createLoad(cuSeqlens, n);
    sequence.end = createLoad(cuSeqlens, next);
  } else {
    sequence.batch = n;
    sequence.begin = zero;
    sequence.end = memref::DimOp::create(b, rule.getQ(), 1);
  }

  auto isValid = [&](Value row) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::sge, row, zero);
  };
  sequence.readRow = sequence.writeRow = n;
  if (Value indices = rule.getReadIndices()) {
    sequence.readRow = createLoad(indices, n);
    sequence.hasInitialState = isValid(sequence.readRow);
  }
  if (Value indices = rule.getWriteIndices()) {
    sequence.writeRow = createLoad(indices, n);
    sequence.storesFinalState = isValid(sequence.writeRow);
  }
  if (sequence.hasInitialState && sequence.storesFinalState)
    sequence.isActive = arith::OrIOp::create(b, sequence.hasInitialState,
                                             sequence.storesFinalState);
  return sequence;
}

// ceil(tokens / size)
Value SequenceBuilder::createNumChunks(Value tokens, Value size) {
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value most = b.createOrFold<arith::SubIOp>(size, one);
  Value biased = b.createOrFold<arith::AddIOp>(tokens, most);
  return b.createOrFold<arith::DivUIOp>(biased, size);
}

Value SequenceBuilder::createFirstSlot(Value n, const Sequence &sequence,
                                       int64_t chunkSize) {
  Value size = arith::ConstantIndexOp::create(b, chunkSize);
  if (rule.getCuSeqlens()) {
    // floor(cu_seqlens[n] / C) + n
    Value chunks = b.createOrFold<arith::DivUIOp>(sequence.begin, size);
    return b.createOrFold<arith::AddIOp>(chunks, n);
  }
  // n * ceil(T / C)
  return b.createOrFold<arith::MulIOp>(n, createNumChunks(sequence.end, size));
}

// The last sequence whose first slot is not behind this one.
Value SequenceBuilder::createSequenceOfSlot(Value slot, int64_t chunkSize) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  if (!rule.getCuSeqlens()) {
    Value size = arith::ConstantIndexOp::create(b, chunkSize);
    Value tokens = memref::DimOp::create(b, rule.getQ(), 1);
    return b.createOrFold<arith::DivUIOp>(slot, createNumChunks(tokens, size));
  }
  auto loop = scf::ForOp::create(b, one, createSequenceCount(), one, zero);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value n = loop.getInductionVar();
  Sequence sequence;
  sequence.begin = createLoad(rule.getCuSeqlens(), n);
  Value first = createFirstSlot(n, sequence, chunkSize);
  Value isBefore =
      arith::CmpIOp::create(b, arith::CmpIPredicate::sle, first, slot);
  Value found =
      arith::SelectOp::create(b, isBefore, n, loop.getRegionIterArg(0));
  scf::YieldOp::create(b, found);
  return loop.getResult(0);
}

Chunk SequenceBuilder::createChunk(Value slot, int64_t chunkSize) {
  Value n = createSequenceOfSlot(slot, chunkSize);
  Sequence sequence = createSequence(n);
  Value first = createFirstSlot(n, sequence, chunkSize);
  Value number = b.createOrFold<arith::SubIOp>(slot, first);
  Value size = arith::ConstantIndexOp::create(b, chunkSize);
  Value offset = b.createOrFold<arith::MulIOp>(number, size);
  Chunk chunk;
  chunk.batch = sequence.batch;
  chunk.begin = b.createOrFold<arith::AddIOp>(sequence.begin, offset);
  chunk.size = createChunkTokens(chunk.begin, sequence, chunkSize);
  if (rule.getCuSeqlens()) {
    // A slot may lie behind the chunks of its sequence, or before the first.
    Value isBehindFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::sge,
                                                chunk.begin, sequence.begin);
    Value isBeforeEnd = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                              chunk.begin, sequence.end);
    chunk.isActive = arith::AndIOp::create(b, isBehindFirst, isBeforeEnd);
  }
  return chunk;
}

Value SequenceBuilder::createChunkTokens(Value begin, const Sequence &sequence,
                                         int64_t chunkSize) {
  Value size = arith::ConstantIndexOp::create(b, chunkSize);
  Value rest = b.createOrFold<arith::SubIOp>(sequence.end, begin);
  return b.createOrFold<arith::MinSIOp>(rest, size);
}

// Snapshot s of sequence n has number floor(cu_seqlens[n] / E) + s, or
// n * floor(T / E) + s.
void SequenceBuilder::createSnapshot(const Sequence &sequence, Value tokens,
                                     Value isReached,
                                     function_ref<void(Value)> body) {
  if (!rule.getSnapshotsInit())
    return;
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value every =
      arith::ConstantIndexOp::create(b, rule.getSnapshotEveryAttr().getInt());
  Value rest = b.createOrFold<arith::RemUIOp>(tokens, every);
  Value isTaken =
      b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, rest, zero);
  if (matchPattern(isTaken, m_Zero()))
    return;
  if (isReached)
    isTaken = b.createOrFold<arith::AndIOp>(isTaken, isReached);

  Value first = rule.getCuSeqlens()
                    ? b.createOrFold<arith::DivUIOp>(sequence.begin, every)
                    : b.createOrFold<arith::MulIOp>(
                          sequence.number,
                          b.createOrFold<arith::DivUIOp>(sequence.end, every));
  Value count = b.createOrFold<arith::DivUIOp>(tokens, every);
  Value after = b.createOrFold<arith::AddIOp>(first, count);
  Value number = b.createOrFold<arith::SubIOp>(after, one);
  Value numbers = memref::DimOp::create(b, rule.getSnapshotIndices(), 0);
  Value hasRow =
      b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult, number, numbers);
  OpBuilder::InsertionGuard guard(b);
  auto ifTaken =
      scf::IfOp::create(b, b.createOrFold<arith::AndIOp>(isTaken, hasRow));
  b.setInsertionPointToStart(ifTaken.thenBlock());
  Value row = createLoad(rule.getSnapshotIndices(), number);
  auto ifStored = scf::IfOp::create(
      b, arith::CmpIOp::create(b, arith::CmpIPredicate::sge, row, zero)
             .getResult());
  b.setInsertionPointToStart(ifStored.thenBlock());
  body(row);
}

Value SequenceBuilder::createKeyHead(Value valueHead) {
  int64_t hk = rule.getNumKeyHeads(), hv = rule.getNumValueHeads();
  if (!ShapedType::isDynamic(hk) && !ShapedType::isDynamic(hv)) {
    if (hk == hv)
      return valueHead;
    Value ratio = arith::ConstantIndexOp::create(b, hv / hk);
    return arith::DivUIOp::create(b, valueHead, ratio);
  }
  Value keyHeads = memref::DimOp::create(b, rule.getQ(), 2);
  Value valueHeads = memref::DimOp::create(b, rule.getV(), 2);
  Value ratio = arith::DivUIOp::create(b, valueHeads, keyHeads);
  return arith::DivUIOp::create(b, valueHead, ratio);
}

GateParameters SequenceBuilder::createGateParameters(Value valueHead) {
  GateParameters parameters;
  if (rule.getALog()) {
    Value aLog = createLoad(rule.getALog(), valueHead);
    parameters.expALog = math::ExpOp::create(b, aLog);
  }
  if (rule.getDtBias())
    parameters.dtBias = createLoad(rule.getDtBias(), valueHead);
  return parameters;
}

Value SequenceBuilder::createGateLoad(Value batch, Value token,
                                      Value valueHead) {
  if (!rule.getG())
    return nullptr;
  return createLoad(rule.getG(), {batch, token, valueHead});
}

// A constant of the type of a scalar or a tile.
static Value createConstantLike(ImplicitLocOpBuilder &b, Value like,
                                float value) {
  TypedAttr attribute = b.getF32FloatAttr(value);
  if (auto type = dyn_cast<ShapedType>(like.getType()))
    attribute = DenseElementsAttr::get(type, value);
  return arith::ConstantOp::create(b, attribute);
}

// A scalar as it is, or repeated over a tile.
static Value createLike(ImplicitLocOpBuilder &b, Value like, Value scalar) {
  if (isa<RankedTensorType>(like.getType()))
    return tensor::SplatOp::create(b, like.getType(), scalar);
  return scalar;
}

Value SequenceBuilder::createDecay(Value gate,
                                   const GateParameters &parameters) {
  if (!gate)
    return nullptr;
  return math::ExpOp::create(b, createLogDecay(gate, parameters));
}

Value SequenceBuilder::createLogDecay(Value gate,
                                      const GateParameters &parameters) {
  if (parameters.dtBias)
    gate =
        arith::AddFOp::create(b, gate, createLike(b, gate, parameters.dtBias));
  switch (rule.getGateForm()) {
  case GateForm::Log:
    return gate;
  case GateForm::Softplus: {
    // softplus(x) = log(1 + exp(x)); linear above the threshold, where exp
    // would overflow.
    Value threshold = createConstantLike(b, gate, softplusThreshold);
    Value isLinear =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, gate, threshold);
    Value bounded = arith::MinimumFOp::create(b, gate, threshold);
    Value exp = math::ExpOp::create(b, bounded);
    Value curved = math::Log1pOp::create(b, exp);
    Value softplus = arith::SelectOp::create(b, isLinear, gate, curved);
    Value product = arith::MulFOp::create(
        b, createLike(b, gate, parameters.expALog), softplus);
    return arith::NegFOp::create(b, product);
  }
  case GateForm::BoundedSigmoid: {
    Value lowerBound = createConstantLike(
        b, gate, rule.getLowerBoundAttr().getValue().convertToFloat());
    Value x =
        arith::MulFOp::create(b, createLike(b, gate, parameters.expALog), gate);
    return arith::MulFOp::create(b, lowerBound, createSigmoid(x));
  }
  }
  llvm_unreachable("all gate forms are handled");
}

Value SequenceBuilder::createBetaLoad(Value batch, Value token,
                                      Value valueHead) {
  if (!rule.getBeta())
    return nullptr;
  return createLoad(rule.getBeta(), {batch, token, valueHead});
}

Value SequenceBuilder::createBeta(Value beta) {
  if (!beta || rule.getBetaForm() == BetaForm::Given)
    return beta;
  Value sigmoid = createSigmoid(beta);
  if (rule.getBetaForm() == BetaForm::Sigmoid)
    return sigmoid;
  return arith::AddFOp::create(b, sigmoid, sigmoid);
}

Value SequenceBuilder::createSigmoid(Value x) {
  Value one = createConstantLike(b, x, 1.0f);
  Value negated = arith::NegFOp::create(b, x);
  Value exp = math::ExpOp::create(b, negated);
  Value denominator = arith::AddFOp::create(b, one, exp);
  return arith::DivFOp::create(b, one, denominator);
}

Value SequenceBuilder::createInverseNorm(Value sumOfSquares) {
  Value eps =
      createConstantLike(b, sumOfSquares, rule.getL2normEps().convertToFloat());
  Value sum = arith::AddFOp::create(b, sumOfSquares, eps);
  return math::RsqrtOp::create(b, sum);
}

Value SequenceBuilder::createScale() {
  if (std::optional<float> scale = rule.getScaleOrDefault())
    return *scale == 1.0f ? Value() : createF32(*scale);
  Value keyDim = memref::DimOp::create(b, rule.getQ(), 3);
  Value asInteger = arith::IndexCastOp::create(b, b.getI32Type(), keyDim);
  Value asFloat = arith::UIToFPOp::create(b, b.getF32Type(), asInteger);
  return math::RsqrtOp::create(b, asFloat);
}

LogicalResult mlir::gdr::verifyIsLowerable(RuleOpInterface rule) {
  auto refuse = [&](StringRef what) {
    return rule.emitOpError() << what << " is not supported yet";
  };
  if (rule.hasPerChannelGate())
    return refuse("operand 'gate' of rank 4, a gate per channel of K,");
  if (rule.getNumAccepted())
    return refuse("operand 'num_accepted'");
  return success();
}

// The type with its elements replaced.
static Type getWithElementType(Type type, Type elementType) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(elementType);
  return elementType;
}

Value mlir::gdr::createExtendToF32(ImplicitLocOpBuilder &b, Value value) {
  if (getElementTypeOrSelf(value).isF32())
    return value;
  return arith::ExtFOp::create(
      b, getWithElementType(value.getType(), b.getF32Type()), value);
}

Value mlir::gdr::createTruncateFromF32(ImplicitLocOpBuilder &b, Value value,
                                       Type elementType) {
  if (elementType.isF32())
    return value;
  return arith::TruncFOp::create(
      b, getWithElementType(value.getType(), elementType), value);
}
