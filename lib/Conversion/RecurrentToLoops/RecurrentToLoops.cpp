//===- RecurrentToLoops.cpp - gdr.recurrent to vectorized loops -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Replaces each `gdr.recurrent` on memrefs by a parallel loop over sequences
// and value heads. A sequence of one token with a state to read and to write,
// a decode step, updates the state from buffer to buffer; any other sequence,
// and any with snapshots, carries blocks of columns through its tokens in a
// local buffer of f32.
// Leaves arith, math, memref, scf and vector.
//
//===----------------------------------------------------------------------===//

#include "../LoopUtils/Lanes.h"
#include "StateBlock.h"

#include "gdr/Conversion/Passes.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "gdr/Dialect/GDR/Utils/SequenceBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_RECURRENTTOLOOPS
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

class RecurrentLowering {
public:
  RecurrentLowering(ImplicitLocOpBuilder &b, RecurrentOp op)
      : b(b), op(op), scalars(b, op) {}

  void createLoops();

private:
  void createHead(const Sequence &sequence);
  void createDecodeStep(const Sequence &sequence);
  void createBlocks(const Sequence &sequence);
  void createSnapshot(const Sequence &sequence, Value index,
                      const StateWindow &block, Value begin, Value columns);
  Token createToken(const Sequence &sequence, Value index);
  Value createKeyAndQuery(Token &token);

  Value createColumnsOfBlock(Value begin);
  StateWindow getStateWindow(Value state, Value row, Value firstColumn);

  ImplicitLocOpBuilder &b;
  RecurrentOp op;
  SequenceBuilder scalars;

  /// Set by createLoops.
  Value keyDim, valueDim, scale;
  Value valueHead, keyHead;
  Value k, q, state;
  GateParameters gateParameters;
};

} // namespace

StateWindow RecurrentLowering::getStateWindow(Value state, Value row,
                                              Value firstColumn) {
  StateWindow window;
  window.memref = state;
  window.prefix = {row, valueHead};
  window.firstColumn = firstColumn;
  return window;
}

void RecurrentLowering::createLoops() {
  b.setInsertionPoint(op);
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  Value sequences = scalars.createSequenceCount();
  Value heads = b.createOrFold<memref::DimOp>(op.getV(), 2);
  keyDim = b.createOrFold<memref::DimOp>(op.getQ(), 3);
  valueDim = b.createOrFold<memref::DimOp>(op.getV(), 3);
  scale = scalars.createScale();

  auto loop = scf::ParallelOp::create(b, ValueRange{zero, zero},
                                      ValueRange{sequences, heads},
                                      ValueRange{one, one});
  b.setInsertionPointToStart(loop.getBody());
  valueHead = loop.getInductionVars()[1];

  Value paddedKeyDim = createRoundUpToLanes(b, keyDim);
  Value columns = createIndex(b, blockColumns);
  bool vFirst = op.getStateLayout() == StateLayout::VFirst;
  LocalBuffer buffers[] = {
      createLocalBuffer(b, paddedKeyDim), createLocalBuffer(b, paddedKeyDim),
      vFirst ? createLocalBuffer(b, {columns, paddedKeyDim})
             : createLocalBuffer(b, {keyDim, columns})};
  k = buffers[0].memref;
  q = buffers[1].memref;
  state = buffers[2].memref;

  Sequence sequence = scalars.createSequence(loop.getInductionVars()[0]);
  createIf(b, sequence.isActive, [&] { createHead(sequence); });
  createFree(b, buffers);
}

void RecurrentLowering::createHead(const Sequence &sequence) {
  keyHead = scalars.createKeyHead(valueHead);
  gateParameters = scalars.createGateParameters(valueHead);
  if (!op.getInitialState() || !op.getFinalStateInit() || op.getSnapshotsInit())
    return createBlocks(sequence);

  Value length = b.createOrFold<arith::SubIOp>(sequence.end, sequence.begin);
  Value isDecode = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, length,
                                         createIndex(b, 1));
  for (Value condition : {sequence.hasInitialState, sequence.storesFinalState})
    if (condition)
      isDecode = arith::AndIOp::create(b, isDecode, condition);
  createIf(
      b, isDecode, [&] { createDecodeStep(sequence); },
      [&] { createBlocks(sequence); });
}

void RecurrentLowering::createDecodeStep(const Sequence &sequence) {
  StateWindow initial =
      getStateWindow(op.getInitialState(), sequence.readRow, Value());
  StateWindow final =
      getStateWindow(op.getFinalStateInit(), sequence.writeRow, Value());
  Token token = createToken(sequence, sequence.begin);
  StateBlockBuilder(b, op, keyDim)
      .createStep(token, initial, final, createIndex(b, 0), valueDim);
}

// min(blockColumns, V - begin)
Value RecurrentLowering::createColumnsOfBlock(Value begin) {
  Value columns = createIndex(b, blockColumns);
  std::optional<int64_t> constant = getConstantIntValue(valueDim);
  if (constant && *constant % blockColumns == 0)
    return columns;
  Value rest = b.createOrFold<arith::SubIOp>(valueDim, begin);
  return b.createOrFold<arith::MinUIOp>(columns, rest);
}

void RecurrentLowering::createBlocks(const Sequence &sequence) {
  StateBlockBuilder builder(b, op, keyDim);
  StateWindow block;
  block.memref = state;
  block.isPadded = true;
  auto createBlock = [&](Value begin, ValueRange) {
    Value columns = createColumnsOfBlock(begin);
    // read the block of the state
    auto createZeros = [&] { builder.createCopy(nullptr, block, columns); };
    if (Value initialState = op.getInitialState()) {
      StateWindow initial =
          getStateWindow(initialState, sequence.readRow, begin);
      createIf(
          b, sequence.hasInitialState,
          [&] { builder.createCopy(&initial, block, columns); }, createZeros);
    } else {
      createZeros();
    }
    // carry it through the tokens
    createLoop(b, sequence.begin, sequence.end, /*step=*/1, ValueRange(),
               [&](Value index, ValueRange) {
                 Token token = createToken(sequence, index);
                 builder.createStep(token, block, block, begin, columns);
                 createSnapshot(sequence, index, block, begin, columns);
                 return SmallVector<Value>();
               });
    // write it
    if (Value finalState = op.getFinalStateInit()) {
      StateWindow final = getStateWindow(finalState, sequence.writeRow, begin);
      createIf(b, sequence.storesFinalState,
               [&] { builder.createCopy(&block, final, columns); });
    }
    return SmallVector<Value>();
  };
  createLoop(b, createIndex(b, 0), valueDim, blockColumns, ValueRange(),
             createBlock);
}

// Stores the block after token `index`, if that is where a snapshot is taken.
void RecurrentLowering::createSnapshot(const Sequence &sequence, Value index,
                                       const StateWindow &block, Value begin,
                                       Value columns) {
  if (!op.getSnapshotsInit())
    return;
  Value next = b.createOrFold<arith::AddIOp>(index, createIndex(b, 1));
  Value tokens = b.createOrFold<arith::SubIOp>(next, sequence.begin);
  scalars.createSnapshot(
      sequence, tokens, /*isReached=*/nullptr, [&](Value row) {
        StateBlockBuilder(b, op, keyDim)
            .createCopy(&block,
                        getStateWindow(op.getSnapshotsInit(), row, begin),
                        columns);
      });
}

Token RecurrentLowering::createToken(const Sequence &sequence, Value index) {
  Token token;
  token.batch = sequence.batch;
  token.index = index;
  token.valueHead = valueHead;
  token.k = k;
  token.q = q;
  Value gate = scalars.createGateLoad(token.batch, index, valueHead);
  token.decay = scalars.createDecay(gate, gateParameters);
  Value beta = scalars.createBetaLoad(token.batch, index, valueHead);
  token.beta = scalars.createBeta(beta);
  token.kq = createKeyAndQuery(token);
  return token;
}

// Puts a token's k and scale * q, both normalized with qk_l2norm, into their
// buffers, and returns their dot product.
Value RecurrentLowering::createKeyAndQuery(Token &token) {
  SmallVector<Value> indices = {token.batch, token.index, keyHead, Value()};
  auto createLoadAt = [&](Value memref, Value index, Value valid) {
    indices.back() = index;
    return createLoadLanes(b, memref, indices, valid);
  };

  Value keyFactor, queryFactor = scale;
  if (op.getQkL2norm()) {
    SmallVector<Value> zeros(2, createZeroLanes(b));
    SmallVector<Value> squares = createLaneLoop(
        b, keyDim, zeros, [&](Value index, Value valid, ValueRange sums) {
          Value k = createLoadAt(op.getK(), index, valid);
          Value q = createLoadAt(op.getQ(), index, valid);
          return SmallVector<Value>{vector::FMAOp::create(b, k, k, sums[0]),
                                    vector::FMAOp::create(b, q, q, sums[1])};
        });
    keyFactor = scalars.createInverseNorm(createSumLanes(b, squares[0]));
    queryFactor = scalars.createInverseNorm(createSumLanes(b, squares[1]));
    if (scale)
      queryFactor = arith::MulFOp::create(b, queryFactor, scale);
  }

  auto createScaled = [&](Value lanes, Value factor) -> Value {
    if (!factor)
      return lanes;
    return arith::MulFOp::create(b, createBroadcast(b, factor), lanes);
  };
  SmallVector<Value> products = createLaneLoop(
      b, keyDim, createZeroLanes(b),
      [&](Value index, Value valid, ValueRange sums) {
        Value k =
            createScaled(createLoadAt(op.getK(), index, valid), keyFactor);
        Value q =
            createScaled(createLoadAt(op.getQ(), index, valid), queryFactor);
        // lanes beyond K become zeros
        createStoreLanes(b, k, token.k, index);
        createStoreLanes(b, q, token.q, index);
        return SmallVector<Value>{vector::FMAOp::create(b, k, q, sums[0])};
      });
  return createSumLanes(b, products[0]);
}

namespace {
struct RecurrentToLoops : gdr::impl::RecurrentToLoopsBase<RecurrentToLoops> {
  void runOnOperation() override;
};
} // namespace

// What must hold of an op beyond its verifier.
static LogicalResult verifyIsOnMemRefs(RecurrentOp op) {
  if (RuleOpInterface(op).isOnMemRefs())
    return success();
  return op.emitOpError()
         << "expected memrefs, got tensors; run one-shot-bufferize first";
}

void RecurrentToLoops::runOnOperation() {
  SmallVector<RecurrentOp> ops;
  getOperation().walk([&](RecurrentOp op) { ops.push_back(op); });
  for (RecurrentOp op : ops) {
    if (failed(verifyIsOnMemRefs(op)) || failed(verifyIsLowerable(op)))
      return signalPassFailure();
    ImplicitLocOpBuilder b(op.getLoc(), op);
    RecurrentLowering(b, op).createLoops();
    op.erase();
  }
}
