//===- Call.h - one call of a compiled function -----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gathers the operands of a call from torch's tensors, as they are: nothing is
// copied. Anything wrong with them is std::invalid_argument with a sentence
// that names the argument, which Python sees as ValueError.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_CALL_H
#define GDR_LIB_TORCH_CALL_H

#include "Signature.h"
#include "Stable.h"
#include "gdr-c/Runtime.h"

#include <array>
#include <optional>

namespace gdr::torch {

/// What the op takes beyond tensors, as in its schema.
struct Attributes {
  std::optional<int64_t> maxSeqlen;
  std::optional<double> scale;
  const std::string &stateLayout;
  bool hasL2Norm;
  double l2normEps;
  const std::string &gateForm;
  std::optional<double> lowerBound;
  const std::string &betaForm;
};

class Call {
public:
  Call(const Attributes &attributes, bool isInPlace);

  void add(Operand operand, const Tensor &tensor);
  void add(Operand operand, const std::optional<Tensor> &tensor) {
    if (tensor)
      add(operand, *tensor);
  }

  /// A contiguous tensor, which the call fills.
  Tensor addResult(Operand operand, const std::array<int64_t, 4> &shape,
                   ElementType type);
  /// The same, of which the compiled function knows nothing.
  Tensor createResult(const std::array<int64_t, 4> &shape,
                      ElementType type) const;
  /// o: [B, T, HV, V], of the type of q.
  Tensor addOutput();
  /// The final state is the initial state's buffer.
  void addFinalStateInPlace() {
    signature.types[FinalState] = signature.types[InitialState];
  }

  /// After all operands: checks them and runs the compiled function.
  void run();

  int64_t getSize(Operand operand, int dim) const {
    return tensors[operand].shape[dim];
  }
  ElementType getType(Operand operand) const {
    return signature.types[operand];
  }
  /// The number of sequences.
  int64_t getNumSequences() const;

private:
  [[noreturn]] void fail(Operand operand, const std::string &problem) const;
  bool isArgument(Operand operand) const {
    return signature.isArgument(operand);
  }
  int32_t getDevice() const { return tensors[Q].device.device_id; }
  bool isOnCPU() const { return tensors[Q].device.device_type == kDLCPU; }
  void describe();
  void checkForms() const;
  /// The values of indices in host memory. (Those on a device are the caller's
  /// business: to look at them would wait for the device.)
  void checkIndices() const;
  void checkCuSeqlens() const;
  void checkRows(Operand indices, Operand state) const;
  int64_t readIndex(Operand operand, int64_t i) const;

  Signature signature;
  DLTensor tensors[NumOperands];
  int64_t maxSeqlen = 0;
};

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_CALL_H
