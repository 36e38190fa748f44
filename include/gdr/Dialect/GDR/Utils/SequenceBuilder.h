//===- SequenceBuilder.h - scalars of the gated delta rule ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_UTILS_SEQUENCEBUILDER_H
#define GDR_DIALECT_GDR_UTILS_SEQUENCEBUILDER_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Where one sequence lies in the operands. All values are of type index
/// except the conditions, which are i1.
struct Sequence {
  Value number;
  /// First index of q, k, v, g, beta and o.
  Value batch;
  /// Tokens [begin, end) along dimension 1 of the same.
  Value begin;
  Value end;
  /// First index of the initial and of the final state.
  Value readRow;
  Value writeRow;
  /// Null if always true.
  Value hasInitialState;
  Value storesFinalState;
  /// Whether the sequence is to be computed at all; null if always true.
  Value isActive;
};

/// A chunk of one sequence.
struct Chunk {
  /// First index of q, k, v, g and beta.
  Value batch;
  /// Tokens [begin, begin + size) along dimension 1 of the same.
  Value begin;
  Value size;
  /// Whether there are tokens in it; null if always true.
  Value isActive;
};

/// Gate parameters of a value head, f32; null if the op has none.
struct GateParameters {
  Value expALog;
  Value dtBias;
};

/// Emits what every lowering of a rule on memrefs needs of its scalars: the
/// extent of a sequence, the decay and beta. The lowerings differ only in how
/// they tile the state.
class SequenceBuilder {
public:
  SequenceBuilder(ImplicitLocOpBuilder &b, RuleOpInterface rule)
      : b(b), rule(rule) {}

  /// Number of sequences N.
  Value createSequenceCount();
  /// Looks up sequence n in cu_seqlens and the state indices.
  Sequence createSequence(Value n);
  /// The slot of the first chunk of sequence n.
  Value createFirstSlot(Value n, const Sequence &sequence, int64_t chunkSize);
  /// The chunk of a slot; there has to be a sequence.
  Chunk createChunk(Value slot, int64_t chunkSize);
  /// The tokens of the chunk that begins at one, at most chunkSize.
  Value createChunkTokens(Value begin, const Sequence &sequence,
                          int64_t chunkSize);
  /// Calls `body` with the row to which the state after the first `tokens` of
  /// a sequence goes as a snapshot, in a branch that is taken if it does; not
  /// at all without snapshots. They exist where `isReached`, or always if that
  /// is null.
  void createSnapshot(const Sequence &sequence, Value tokens, Value isReached,
                      function_ref<void(Value row)> body);
  /// The key head of a value head: hv / (HV / HK).
  Value createKeyHead(Value valueHead);

  GateParameters createGateParameters(Value valueHead);
  /// The gate operand of a token as f32; null without a gate. Split from
  /// createDecay so that a load can be issued ahead of its use.
  Value createGateLoad(Value batch, Value token, Value valueHead);
  /// g of a loaded gate, a scalar or a tile of one head, by gate_form.
  Value createLogDecay(Value gate, const GateParameters &parameters);
  /// exp(g) of a loaded gate; null without a gate.
  Value createDecay(Value gate, const GateParameters &parameters);
  /// The beta operand of a token as f32; null without beta.
  Value createBetaLoad(Value batch, Value token, Value valueHead);
  /// beta of a loaded beta, a scalar or a tile, by beta_form; null without
  /// beta.
  Value createBeta(Value beta);
  /// rsqrt(sumOfSquares + l2norm_eps), f32, a scalar or a tile.
  Value createInverseNorm(Value sumOfSquares);
  /// The scale as f32: the attribute or K^-0.5; null if it is 1.
  Value createScale();

  /// Loads one element as index or, if it is a float, as f32.
  Value createLoad(Value memref, ValueRange indices);
  Value createF32(float value);

private:
  Value createNumChunks(Value tokens, Value size);
  Value createSequenceOfSlot(Value slot, int64_t chunkSize);
  Value createSigmoid(Value x);

  ImplicitLocOpBuilder &b;
  RuleOpInterface rule;
};

/// Reports the features of the op that no lowering has yet, naming the operand:
/// a gate per channel and num_accepted.
LogicalResult verifyIsLowerable(RuleOpInterface rule);

/// Converts a vector or scalar of floats to f32 elements, and back.
Value createExtendToF32(ImplicitLocOpBuilder &b, Value value);
Value createTruncateFromF32(ImplicitLocOpBuilder &b, Value value,
                            Type elementType);

} // namespace mlir::gdr

#endif // GDR_DIALECT_GDR_UTILS_SEQUENCEBUILDER_H
