//===- ScanOutputs.cpp - what the programs of scan leave in memory --------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Outputs, and states in and out.
//
//===----------------------------------------------------------------------===//

#include "ScanProgram.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::wg;

static constexpr int64_t C = gpuChunkSize;

void ScanProgram::createOutputCopy(Value tile, Value chunk, Value column) {
  t.oneThread([&] {
    OpBuilder::InsertionGuard guard(b);
    if (isPacked()) {
      Value isWhole = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, chunk,
                                            wholeChunks);
      auto branch = scf::IfOp::create(b, isWhole, false);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    CopyOutOp::create(
        b, tile, maps.o,
        ValueRange{sequence.batch, createFirstToken(chunk), valueHead, column});
  });
}

// Not in the loop: a branch of all threads there would keep the chunk's
// instructions apart.
void ScanProgram::createOutputTail(llvm::function_ref<Value(Value)> getTile,
                                   Value column) {
  createIfTail([&](Value chunk) {
    DrainOp::create(
        b, getTile(chunk),
        createTokensOf(op.getOInit(), chunk, valueHead, column, panelColumns));
  });
}

Value ScanProgram::createStateView(Value states, Value row, int64_t key,
                                   int64_t keys, Value column,
                                   int64_t columns) {
  OpFoldResult one = b.getIndexAttr(1), head = valueHead, at = row;
  OpFoldResult firstKey = b.getIndexAttr(key), firstColumn = column;
  OpFoldResult numKeys = b.getIndexAttr(std::min(keys, op.getKeyDim() - key));
  OpFoldResult numColumns = createClipped(column, columns, op.getValueDim());
  if (isKFirst())
    return t.matrixView(states, {at, head, firstKey, firstColumn},
                        {one, one, numKeys, numColumns}, /*rowDim=*/2);
  return t.matrixView(states, {at, head, firstColumn, firstKey},
                      {one, one, numColumns, numKeys}, /*rowDim=*/2);
}

Value ScanProgram::createInitialState(
    RankedTensorType type, bool transposed,
    llvm::function_ref<Value(Value, Value)> createView) {
  if (!op.getInitialState())
    return t.splat(type, 0.0);
  auto load = [&] {
    Type memory =
        cast<MemRefType>(op.getInitialState().getType()).getElementType();
    Value view = createView(op.getInitialState(), sequence.readRow);
    return t.cast(
        t.load(cast<RankedTensorType>(type.clone(memory)), view, transposed),
        f32);
  };
  if (!sequence.hasInitialState)
    return load();
  auto branch = scf::IfOp::create(b, type, sequence.hasInitialState, true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, load());
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, t.splat(type, 0.0));
  return branch.getResult(0);
}

void ScanProgram::createFinalState(
    Value tile, bool transposed,
    llvm::function_ref<Value(Value, Value)> createView) {
  if (!op.getFinalStateInit())
    return;
  OpBuilder::InsertionGuard guard(b);
  if (sequence.storesFinalState) {
    auto branch = scf::IfOp::create(b, sequence.storesFinalState, false);
    b.setInsertionPointToStart(branch.thenBlock());
  }
  createStateStore(tile, op.getFinalStateInit(), sequence.writeRow, transposed,
                   createView);
}

void ScanProgram::createStateStore(
    Value tile, Value states, Value row, bool transposed,
    llvm::function_ref<Value(Value, Value)> createView) {
  Type memory = cast<MemRefType>(states.getType()).getElementType();
  Value view = createView(states, row);
  t.store(t.cast(tile, memory), view, transposed);
}

// After a chunk that is whole.
void ScanProgram::createSnapshot(Value chunk,
                                 llvm::function_ref<void(Value)> store) {
  if (!op.getSnapshotsInit())
    return;
  Value next = arith::AddIOp::create(b, chunk, t.index(1));
  Value tokens = arith::MulIOp::create(b, next, t.index(C));
  Value length = arith::SubIOp::create(b, sequence.end, sequence.begin);
  Value isWhole =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ule, tokens, length);
  sequences.createSnapshot(sequence, tokens, isWhole, store);
}
