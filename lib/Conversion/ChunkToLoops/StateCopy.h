//===- StateCopy.h - states between memory and a buffer ---------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_CHUNKTOLOOPS_STATECOPY_H
#define GDR_LIB_CONVERSION_CHUNKTOLOOPS_STATECOPY_H

#include "MatrixTile.h"

#include "gdr/Dialect/GDR/IR/GDR.h"

namespace mlir::gdr {

/// Copies columns of V of a head's state between its memory, in either layout,
/// and a K-first buffer of f32 with padded rows.
class StateCopier {
public:
  StateCopier(ImplicitLocOpBuilder &b, RuleOpInterface rule, Value valueHead,
              Value firstColumn, Value columns)
      : b(b), rule(rule), valueHead(valueHead), firstColumn(firstColumn),
        columns(columns) {}

  void createZeros(const Matrix &to);
  void createLoad(Value state, Value row, const Matrix &to);
  void createStore(const Matrix &from, Value state, Value row);

private:
  void createCopyKFirst(Value state, Value row, const Matrix &buffer,
                        bool isLoad);
  void createCopyVFirst(Value state, Value row, const Matrix &buffer,
                        bool isLoad);
  void createCopyBlock(Value state, Value row, const Matrix &buffer, Value key,
                       Value column, bool isLoad);
  void createCopyElements(Value state, Value row, const Matrix &buffer,
                          Value key, Value keys, Value column, bool isLoad);
  SmallVector<Value> getIndices(Value row, Value key, Value column);
  void createKeyLoop(function_ref<void(Value key)> body);

  ImplicitLocOpBuilder &b;
  RuleOpInterface rule;
  Value valueHead, firstColumn, columns;
};

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_CHUNKTOLOOPS_STATECOPY_H
