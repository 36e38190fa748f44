//===- GDR.h - the gdr dialect ----------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_IR_GDR_H
#define GDR_DIALECT_GDR_IR_GDR_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "gdr/Dialect/GDR/IR/GDRDialect.h.inc"

#include "gdr/Dialect/GDR/IR/GDREnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "gdr/Dialect/GDR/IR/GDRAttributes.h.inc"

namespace mlir::gdr {
class RuleOpInterface;

/// K^-0.5, the scale of an op without the attribute.
float getDefaultScale(int64_t keyDim);

/// Rows of the decay operand of gdr.chunk_scan, by what they scale.
enum class DecayRow : int64_t { KeyBefore, KeyAfter, Query, Chunk };
inline constexpr int64_t numDecayRows = 4;

/// The smallest number of tokens of a chunk, which divides the others.
inline constexpr int64_t leastChunkSize = 16;

/// How the stages of the chunked form pass on their matrices.
struct ChunkedFormOptions {
  ChunkedAttr schedule;
  /// Of inverse and attention: f32, bf16 or f16.
  Type matrixElementType;
  TileLayout tileLayout = TileLayout::RowMajor;
};

/// Shared by the ops that implement RuleOpInterface.
namespace detail {
int64_t getNumTokens(Operation *op);
int64_t getNumSequences(Operation *op);
int64_t getNumValueHeads(Operation *op);
int64_t getNumSlots(Operation *op, int64_t chunkSize);
int64_t getStateElementBytes(Operation *op);
std::optional<float> getScaleOrDefault(Operation *op);
LogicalResult verifyRule(Operation *op);
void getRuleEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects);
LogicalResult reifyRuleShapes(Operation *op, OpBuilder &b,
                              ReifiedRankedShapedTypeDims &shapes);
} // namespace detail
} // namespace mlir::gdr

#include "gdr/Dialect/GDR/IR/GDRInterfaces.h.inc"

#define GET_OP_CLASSES
#include "gdr/Dialect/GDR/IR/GDROps.h.inc"

#endif // GDR_DIALECT_GDR_IR_GDR_H
