//===- BufferizableOpInterfaceImpl.cpp - bufferization of gdr -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ops are in destination style: a result lives in the buffer of its init.
// An initial state and the init of the final state may share a buffer, because
// each tile of a state is read before it is written, by the same thread.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/BufferizableOpInterfaceImpl.h"

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/IR/Operation.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace mlir::gdr;

namespace {

template <typename RuleOp>
struct RuleOpModel
    : DstBufferizableOpInterfaceExternalModel<RuleOpModel<RuleOp>, RuleOp> {
  // Rows of an init that the op does not write keep what they held.
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &state) const {
    return isa<TensorType>(operand.get().getType());
  }

  // A state that is read and written through the same indices, or through
  // none, is updated row by row in place. Through different indices a row may
  // be read after another sequence has written it.
  bool isNotConflicting(Operation *op, OpOperand *read, OpOperand *write,
                        const AnalysisState &state) const {
    auto rule = cast<RuleOpInterface>(op);
    if (!rule.getInitialState() || !rule.getFinalStateInit() || read == write ||
        read->getOwner() != op || write->getOwner() != op)
      return false;
    return read->get() == rule.getInitialState() &&
           write->get() == rule.getFinalStateInit() &&
           rule.getReadIndices() == rule.getWriteIndices();
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto rule = cast<RuleOp>(op);
    if (rule.isOnMemRefs())
      return success();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isa<TensorType>(operand.getType())) {
        operands.push_back(operand);
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      operands.push_back(*buffer);
    }
    SmallVector<Value> results;
    for (OpOperand &init : rule.getDpsInitsMutable())
      results.push_back(operands[init.getOperandNumber()]);
    rewriter.setInsertionPoint(op);
    clone(rewriter, op, /*newResultTypes=*/TypeRange(), operands);
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

// Looks at where tensors are, not at what is in them.
struct FitsBoxesModel
    : BufferizableOpInterface::ExternalModel<FitsBoxesModel, FitsBoxesOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return false;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    SmallVector<Value> memrefs;
    for (Value tensor : op->getOperands()) {
      if (!isa<TensorType>(tensor.getType())) {
        memrefs.push_back(tensor);
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, tensor, options, state);
      if (failed(buffer))
        return failure();
      memrefs.push_back(*buffer);
    }
    rewriter.modifyOpInPlace(op, [&] { op->setOperands(memrefs); });
    return success();
  }
};

} // namespace

void mlir::gdr::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, GDRDialect *) {
    FitsBoxesOp::attachInterface<FitsBoxesModel>(*context);
    GatedDeltaRuleOp::attachInterface<RuleOpModel<GatedDeltaRuleOp>>(*context);
    ChunkPrepareOp::attachInterface<RuleOpModel<ChunkPrepareOp>>(*context);
    ChunkScanOp::attachInterface<RuleOpModel<ChunkScanOp>>(*context);
    RecurrentOp::attachInterface<RuleOpModel<RecurrentOp>>(*context);
  });
}
