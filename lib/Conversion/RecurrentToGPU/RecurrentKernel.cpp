//===- RecurrentKernel.cpp - the body of the recurrent kernel -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One thread's program: load a tile of the state, carry it through the tokens,
// store it. All loads of the state are issued before anything else, and the
// operands of token t + 1 before token t is computed, so that their latencies
// overlap.
//
//===----------------------------------------------------------------------===//

#include "RecurrentKernel.h"

#include "KeyReduction.h"
#include "StateTile.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::gdr;

static int64_t getTilesPerHead(RecurrentOp op) {
  return llvm::divideCeil(op.getValueDim(), op.getScheduleAttr().getTileV());
}

int64_t mlir::gdr::getBlocksPerSequence(RecurrentOp op) {
  return op.getNumValueHeads() * getTilesPerHead(op);
}

bool mlir::gdr::overlapsPreviousKernel(RecurrentOp op) {
  return op.getProgrammaticDependentLaunch() &&
         op.getScheduleAttr().getOverlap();
}

static TileGeometry getGeometry(RecurrentOp op, int64_t accessBytes) {
  ScheduleAttr schedule = op.getScheduleAttr();
  return {op.getKeyDim(),
          op.getValueDim(),
          schedule.getKeyThreads(),
          schedule.getColumns(),
          /*hasColumnTail=*/op.getValueDim() % schedule.getTileV() != 0,
          op.getStateElementBytes(),
          accessBytes,
          /*lane=*/nullptr,
          /*firstColumn=*/nullptr};
}

int64_t mlir::gdr::getRequiredAlignment(RecurrentOp op, OpOperand &operand) {
  ImplicitLocOpBuilder b(op.getLoc(), op.getContext());
  std::unique_ptr<StateTile> tile =
      StateTile::get(op.getStateLayout(), getGeometry(op, maxAccessBytes), b);
  Value value = operand.get();
  int64_t elements = 1;
  if (value == op.getQ() || value == op.getK())
    elements = tile->getFragmentVectorSize();
  else if (value == op.getV() || value == op.getOInit())
    elements = tile->getColumnVectorSize();
  else if (value == op.getInitialState() || value == op.getFinalStateInit() ||
           value == op.getSnapshotsInit())
    elements = tile->getStateVectorSize();
  Type type = getElementTypeOrSelf(value.getType());
  return std::min(elements * (type.getIntOrFloatBitWidth() / 8),
                  maxAccessBytes);
}

int64_t mlir::gdr::getTileElements(RecurrentOp op) {
  ScheduleAttr schedule = op.getScheduleAttr();
  return schedule.getColumns() *
         llvm::divideCeil(op.getKeyDim(), schedule.getKeyThreads());
}

int64_t mlir::gdr::getSharedBytes(RecurrentOp op) {
  // S^T k, S^T q and k.q; with l2norm k.k and q.q.
  int64_t sums =
      2 * op.getScheduleAttr().getColumns() + (op.getQkL2norm() ? 3 : 1);
  return getKeyExchangeBytes(op.getScheduleAttr(), sums);
}

namespace {

/// The operands of one token as they were loaded.
struct Token {
  SmallVector<Value> k, q, v;
  Value gate, beta; // f32; null if absent

  SmallVector<Value> getValues() const {
    SmallVector<Value> values;
    llvm::append_range(values, k);
    llvm::append_range(values, q);
    llvm::append_range(values, v);
    for (Value scalar : {gate, beta})
      if (scalar)
        values.push_back(scalar);
    return values;
  }

  /// The same token with other values, in the order of getValues.
  Token getWithValues(ValueRange values) const {
    Token token = *this;
    auto next = values.begin();
    for (SmallVector<Value> *part : {&token.k, &token.q, &token.v})
      for (Value &value : *part)
        value = *next++;
    for (Value *scalar : {&token.gate, &token.beta})
      if (*scalar)
        *scalar = *next++;
    return token;
  }
};

class KernelBuilder {
public:
  KernelBuilder(ImplicitLocOpBuilder &b, gpu::GPUFuncOp kernel, RecurrentOp op,
                int64_t accessBytes)
      : b(b), kernel(kernel), op(op), accessBytes(accessBytes), scalars(b, op) {
  }

  void createBody();

private:
  void createCoordinates();
  void createSequenceBody(const Sequence &sequence);
  SmallVector<Value> createInitialTile(const Sequence &sequence);
  void createFinalStore(const Sequence &sequence, ArrayRef<Value> slices);
  void createSnapshot(const Sequence &sequence, Value t,
                      ArrayRef<Value> slices);
  SmallVector<Value> createTokens(const Sequence &sequence,
                                  SmallVector<Value> slices);
  SmallVector<Value> createTokenLoop(const Sequence &sequence,
                                     ArrayRef<Value> slices);
  Token createTokenLoad(const Sequence &sequence, Value t);
  SmallVector<Value> createStep(const Sequence &sequence, Value t,
                                const Token &token, ArrayRef<Value> slices);
  Value createSplat(Value scalar, Value like) {
    return vector::BroadcastOp::create(b, like.getType(), scalar);
  }
  Value createIndex(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }

  ImplicitLocOpBuilder &b;
  gpu::GPUFuncOp kernel;
  RecurrentOp op;
  int64_t accessBytes;
  SequenceBuilder scalars;
  std::unique_ptr<StateTile> tile;
  Value n, valueHead, keyHead;
  KeyThread keyThread;
  GateParameters gateParameters;
  Value scale;
};

} // namespace

void KernelBuilder::createBody() {
  if (overlapsPreviousKernel(op))
    NVVM::GriddepcontrolOp::create(b,
                                   NVVM::GridDepActionKind::launch_dependents);
  createCoordinates();

  // The state may be read before the previous kernel ends, but what says where
  // it lies is an ordinary operand.
  bool looksUpSequence =
      op.getCuSeqlens() || op.getReadIndices() || op.getWriteIndices();
  if (overlapsPreviousKernel(op) && looksUpSequence)
    NVVM::GriddepcontrolOp::create(b, NVVM::GridDepActionKind::wait);

  Sequence sequence = scalars.createSequence(n);
  if (!sequence.isActive) {
    createSequenceBody(sequence);
    return;
  }
  OpBuilder::InsertionGuard guard(b);
  auto ifActive = scf::IfOp::create(b, sequence.isActive);
  b.setInsertionPointToStart(ifActive.thenBlock());
  createSequenceBody(sequence);
}

// block -> (sequence, value head, tile of V); thread -> (columns, lane).
void KernelBuilder::createCoordinates() {
  ScheduleAttr schedule = op.getScheduleAttr();
  Value block = gpu::BlockIdOp::create(b, gpu::Dimension::x);
  Value tilesPerHead = createIndex(getTilesPerHead(op));
  Value valueHeads = createIndex(op.getNumValueHeads());

  Value tileOfHead = arith::RemUIOp::create(b, block, tilesPerHead);
  Value head = arith::DivUIOp::create(b, block, tilesPerHead);
  valueHead = arith::RemUIOp::create(b, head, valueHeads);
  n = arith::DivUIOp::create(b, head, valueHeads);
  keyHead = scalars.createKeyHead(valueHead);

  keyThread = createKeyThread(b, schedule);
  Value tileStart =
      arith::MulIOp::create(b, tileOfHead, createIndex(schedule.getTileV()));
  Value groupStart = arith::MulIOp::create(b, keyThread.columnGroup,
                                           createIndex(schedule.getColumns()));

  TileGeometry geometry = getGeometry(op, accessBytes);
  geometry.lane = keyThread.number;
  geometry.firstColumn = arith::AddIOp::create(b, tileStart, groupStart);
  tile = StateTile::get(op.getStateLayout(), geometry, b);
}

void KernelBuilder::createSequenceBody(const Sequence &sequence) {
  SmallVector<Value> slices = createInitialTile(sequence);
  bool waited =
      op.getCuSeqlens() || op.getReadIndices() || op.getWriteIndices();
  if (overlapsPreviousKernel(op) && !waited)
    NVVM::GriddepcontrolOp::create(b, NVVM::GridDepActionKind::wait);
  gateParameters = scalars.createGateParameters(valueHead);
  scale = scalars.createScale();
  slices = createTokens(sequence, std::move(slices));
  createFinalStore(sequence, slices);
}

SmallVector<Value> KernelBuilder::createInitialTile(const Sequence &sequence) {
  if (!op.getInitialState())
    return tile->createZeros();
  auto load = [&] {
    return tile->createStateLoad(op.getInitialState(), sequence.readRow,
                                 valueHead);
  };
  if (!sequence.hasInitialState)
    return load();
  SmallVector<Value> zeros = tile->createZeros();
  OpBuilder::InsertionGuard guard(b);
  auto ifRead = scf::IfOp::create(b, ValueRange(zeros).getTypes(),
                                  sequence.hasInitialState,
                                  /*withElseRegion=*/true);
  b.setInsertionPointToStart(ifRead.thenBlock());
  scf::YieldOp::create(b, load());
  b.setInsertionPointToStart(ifRead.elseBlock());
  scf::YieldOp::create(b, zeros);
  return llvm::to_vector_of<Value>(ifRead.getResults());
}

void KernelBuilder::createFinalStore(const Sequence &sequence,
                                     ArrayRef<Value> slices) {
  if (!op.getFinalStateInit())
    return;
  OpBuilder::InsertionGuard guard(b);
  if (sequence.storesFinalState) {
    auto ifStores = scf::IfOp::create(b, sequence.storesFinalState);
    b.setInsertionPointToStart(ifStores.thenBlock());
  }
  tile->createStateStore(slices, op.getFinalStateInit(), sequence.writeRow,
                         valueHead);
}

// The tile after token t, if that is where a snapshot is taken.
void KernelBuilder::createSnapshot(const Sequence &sequence, Value t,
                                   ArrayRef<Value> slices) {
  if (!op.getSnapshotsInit())
    return;
  Value ordinal = arith::SubIOp::create(b, t, sequence.begin);
  Value tokens = arith::AddIOp::create(b, ordinal, createIndex(1));
  scalars.createSnapshot(
      sequence, tokens, /*isReached=*/nullptr, [&](Value row) {
        tile->createStateStore(slices, op.getSnapshotsInit(), row, valueHead);
      });
}

// The tile after all tokens. With none, nothing may be loaded for them.
SmallVector<Value> KernelBuilder::createTokens(const Sequence &sequence,
                                               SmallVector<Value> slices) {
  int64_t numTokens =
      op.getCuSeqlens() ? ShapedType::kDynamic : op.getNumTokens();
  if (numTokens == 0)
    return slices;
  if (numTokens == 1) {
    Token token = createTokenLoad(sequence, sequence.begin);
    return createStep(sequence, sequence.begin, token, slices);
  }
  if (!ShapedType::isDynamic(numTokens))
    return createTokenLoop(sequence, slices);
  Value hasTokens = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                          sequence.begin, sequence.end);
  OpBuilder::InsertionGuard guard(b);
  auto ifTokens = scf::IfOp::create(b, ValueRange(slices).getTypes(), hasTokens,
                                    /*withElseRegion=*/true);
  b.setInsertionPointToStart(ifTokens.thenBlock());
  scf::YieldOp::create(b, createTokenLoop(sequence, slices));
  b.setInsertionPointToStart(ifTokens.elseBlock());
  scf::YieldOp::create(b, slices);
  return llvm::to_vector_of<Value>(ifTokens.getResults());
}

// for t: load token t + 1, compute token t.
SmallVector<Value> KernelBuilder::createTokenLoop(const Sequence &sequence,
                                                  ArrayRef<Value> slices) {
  Value one = createIndex(1);
  Value last = arith::SubIOp::create(b, sequence.end, one);
  Token first = createTokenLoad(sequence, sequence.begin);
  SmallVector<Value> carried(slices);
  llvm::append_range(carried, first.getValues());

  auto loop = scf::ForOp::create(b, sequence.begin, sequence.end, one, carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value t = loop.getInductionVar();
  // After the last token it is loaded again, and not used.
  Value next = arith::MinSIOp::create(
      b, arith::AddIOp::create(b, t, one).getResult(), last);
  Token nextToken = createTokenLoad(sequence, next);
  ValueRange arguments = loop.getRegionIterArgs();
  Token token = first.getWithValues(arguments.drop_front(slices.size()));
  SmallVector<Value> yielded = createStep(
      sequence, t, token, llvm::to_vector(arguments.take_front(slices.size())));
  llvm::append_range(yielded, nextToken.getValues());
  scf::YieldOp::create(b, yielded);
  return llvm::to_vector_of<Value>(loop.getResults().take_front(slices.size()));
}

Token KernelBuilder::createTokenLoad(const Sequence &sequence, Value t) {
  Token token;
  token.k = tile->createFragmentLoad(op.getK(), sequence.batch, t, keyHead);
  token.q = tile->createFragmentLoad(op.getQ(), sequence.batch, t, keyHead);
  token.v = tile->createColumnLoad(op.getV(), sequence.batch, t, valueHead);
  token.gate = scalars.createGateLoad(sequence.batch, t, valueHead);
  token.beta = scalars.createBetaLoad(sequence.batch, t, valueHead);
  return token;
}

// One token, with both products from the old state:
//
//   d = beta * (v - exp(g) * S^T k)
//   o = scale * (exp(g) * S^T q + (k . q) * d)
//   S <- exp(g) * S + k d^T
SmallVector<Value> KernelBuilder::createStep(const Sequence &sequence, Value t,
                                             const Token &token,
                                             ArrayRef<Value> slices) {
  SmallVector<Value> k = tile->createFragment(token.k);
  SmallVector<Value> q = tile->createFragment(token.q);
  Value v = tile->createColumns(token.v);

  SmallVector<Value> parts = {tile->createPartialProduct(slices, k),
                              tile->createPartialProduct(slices, q),
                              tile->createFragmentDot(k, q)};
  if (op.getQkL2norm()) {
    parts.push_back(tile->createFragmentDot(k, k));
    parts.push_back(tile->createFragmentDot(q, q));
  }
  Value ordinal = arith::SubIOp::create(b, t, sequence.begin);
  SmallVector<Value> sums =
      createKeySums(b, kernel, op.getScheduleAttr(), keyThread, ordinal, parts);
  Value stateTimesK = sums[0], stateTimesQ = sums[1], kDotQ = sums[2];

  // Normalizing k and q scales the products with them.
  Value inverseNormK;
  if (op.getQkL2norm()) {
    inverseNormK = scalars.createInverseNorm(sums[3]);
    Value inverseNormQ = scalars.createInverseNorm(sums[4]);
    stateTimesK = arith::MulFOp::create(b, stateTimesK,
                                        createSplat(inverseNormK, stateTimesK));
    stateTimesQ = arith::MulFOp::create(b, stateTimesQ,
                                        createSplat(inverseNormQ, stateTimesQ));
    kDotQ = arith::MulFOp::create(b, kDotQ, inverseNormK);
    kDotQ = arith::MulFOp::create(b, kDotQ, inverseNormQ);
  }

  Value decay = scalars.createDecay(token.gate, gateParameters);
  if (decay) {
    Value decays = createSplat(decay, stateTimesK);
    stateTimesK = arith::MulFOp::create(b, stateTimesK, decays);
    stateTimesQ = arith::MulFOp::create(b, stateTimesQ, decays);
  }
  Value d = arith::SubFOp::create(b, v, stateTimesK);
  if (Value beta = scalars.createBeta(token.beta))
    d = arith::MulFOp::create(b, d, createSplat(beta, d));

  Value o = vector::FMAOp::create(b, createSplat(kDotQ, d), d, stateTimesQ);
  if (scale)
    o = arith::MulFOp::create(b, o, createSplat(scale, o));
  {
    OpBuilder::InsertionGuard guard(b);
    Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                          keyThread.number, createIndex(0));
    auto ifFirst = scf::IfOp::create(b, isFirst);
    b.setInsertionPointToStart(ifFirst.thenBlock());
    tile->createColumnStore(o, op.getOInit(), sequence.batch, t, valueHead);
  }

  if (inverseNormK)
    d = arith::MulFOp::create(b, d, createSplat(inverseNormK, d));
  SmallVector<Value> next = tile->createRankOneUpdate(slices, decay, k, d);
  createSnapshot(sequence, t, next);
  return next;
}

void mlir::gdr::createRecurrentKernelBody(ImplicitLocOpBuilder &b,
                                          gpu::GPUFuncOp kernel, RecurrentOp op,
                                          int64_t accessBytes) {
  KernelBuilder(b, kernel, op, accessBytes).createBody();
}
