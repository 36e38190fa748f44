//===- StateBlock.h - a token's step on a block of the state ----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arithmetic of one token on columns of the state S: [K, V], in the two
// memory layouts of a state. Both dot products of a token are taken from the
// old state, in one pass over it, and a second pass writes the new one.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_RECURRENTTOLOOPS_STATEBLOCK_H
#define GDR_LIB_CONVERSION_RECURRENTTOLOOPS_STATEBLOCK_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Columns of V that carry their part of the state through the tokens: with
/// K = 128 they take 16 KiB, half of a first-level cache.
inline constexpr int64_t blockColumns = 32;

/// A matrix [K, columns] or, with v_first, [columns, K] in a memref.
struct StateWindow {
  Value memref;
  /// Indices of the dimensions before the last two.
  SmallVector<Value> prefix;
  /// The column that is number 0 of the window.
  Value firstColumn;
  /// Whether rows are padded with zeros to whole vectors, so that all lanes of
  /// any access are valid.
  bool isPadded = false;
};

/// One token of one value head.
struct Token {
  Value batch;
  Value index;
  Value valueHead;
  /// memref<?xf32> padded with zeros to whole vectors; q with its scale, both
  /// normalized if the op asks for it.
  Value k;
  Value q;
  /// k . q
  Value kq;
  /// exp(g) and beta as f32; null if absent.
  Value decay;
  Value beta;
};

class StateBlockBuilder {
public:
  StateBlockBuilder(ImplicitLocOpBuilder &b, RuleOpInterface rule, Value keyDim)
      : b(b), rule(rule), keyDim(keyDim) {}

  /// Copies the first `columns` columns of a state, or zeros if `from` is null.
  void createCopy(const StateWindow *from, const StateWindow &to,
                  Value columns);
  /// Reads the state before the token from one window, writes the state after
  /// it to the other, and writes the columns [begin, begin + columns) of o.
  /// The windows are the same or disjoint.
  void createStep(const Token &token, const StateWindow &from,
                  const StateWindow &to, Value begin, Value columns);

private:
  bool isVFirst() { return rule.getStateLayout() == StateLayout::VFirst; }
  SmallVector<Value> getIndices(const StateWindow &window, Value key,
                                Value column);
  Value createLoadState(const StateWindow &window, Value key, Value column,
                        Value valid);
  void createStoreState(Value lanes, const StateWindow &window, Value key,
                        Value column, Value valid);
  Value createOffset(Value index, int64_t offset);

  Value createDelta(const Token &token, Value stateK, Value stateQ,
                    Value column, Value valid, int64_t lanes);
  Value createUpdate(const Token &token, Value state, Value k, Value delta);
  void createStepVFirst(const Token &token, const StateWindow &from,
                        const StateWindow &to, Value begin, Value columns);
  void createStepKFirst(const Token &token, const StateWindow &from,
                        const StateWindow &to, Value begin, Value columns);
  void createRowsVFirst(const Token &token, const StateWindow &from,
                        const StateWindow &to, Value begin, Value column,
                        int64_t rows);
  void createColumnsKFirst(const Token &token, const StateWindow &from,
                           const StateWindow &to, Value begin, Value column,
                           int64_t vectors, Value valid);

  ImplicitLocOpBuilder &b;
  RuleOpInterface rule;
  Value keyDim;
};

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_RECURRENTTOLOOPS_STATEBLOCK_H
