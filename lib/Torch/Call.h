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

#include "Stable.h"
#include "gdr-c/Runtime.h"
#include "gdr-c/Signature.h"

#include <array>
#include <optional>
#include <string>

namespace gdr::torch {

/// The arguments of the compiled function, in its order.
enum Operand : uint8_t {
  Q = GDR_OPERAND_Q,
  K = GDR_OPERAND_K,
  V = GDR_OPERAND_V,
  Gate = GDR_OPERAND_G,
  Beta = GDR_OPERAND_BETA,
  ALog = GDR_OPERAND_A_LOG,
  DtBias = GDR_OPERAND_DT_BIAS,
  InitialState = GDR_OPERAND_INITIAL_STATE,
  CuSeqlens = GDR_OPERAND_CU_SEQLENS,
  MaxSeqlen = GDR_OPERAND_MAX_SEQLEN,
  ReadIndices = GDR_OPERAND_READ_INDICES,
  WriteIndices = GDR_OPERAND_WRITE_INDICES,
  O = GDR_OPERAND_O,
  FinalState = GDR_OPERAND_FINAL_STATE
};

/// What the op takes beyond tensors, as in its schema. A form that is absent is
/// the first of its cases.
struct Attributes {
  std::optional<double> scale;
  std::optional<std::string> stateLayout;
  bool hasL2Norm = false;
  double l2normEps = 1e-6;
  std::optional<std::string> gateForm;
  std::optional<double> lowerBound;
  std::optional<std::string> betaForm;
};

class Call {
public:
  Call(const Attributes &attributes, bool isInPlace);

  /// Nothing, if the tensor is none.
  void add(Operand operand, const Tensor &tensor);
  void addMaxSeqlen(std::optional<int64_t> length);

  /// o [B, T, HV, V], of the type of q, which the call fills.
  Tensor addOutput();
  /// One state a sequence, which the call fills.
  Tensor addFinalState(gdr_element_type type);
  /// The same for no sequence, and of which the compiled function knows
  /// nothing.
  Tensor createNoFinalState(gdr_element_type type) const;
  /// The final state is the initial state's buffer.
  void addFinalStateInPlace() {
    signature.types[FinalState] = signature.types[InitialState];
  }

  /// After all operands: checks them and runs the compiled function.
  void run();

  gdr_element_type getType(Operand operand) const {
    return static_cast<gdr_element_type>(signature.types[operand]);
  }

private:
  int64_t getSize(Operand operand, int dim) const {
    return tensors[operand].shape[dim];
  }
  int64_t getNumSequences() const;
  std::array<int64_t, 4> getStateShape(int64_t count) const;
  Tensor createResult(const std::array<int64_t, 4> &shape,
                      gdr_element_type type) const;
  [[noreturn]] void fail(Operand operand, const std::string &problem) const;
  bool has(Operand operand) const {
    return signature.types[operand] != GDR_ABSENT;
  }
  /// Whether the compiled function has an argument of its own for it.
  bool isArgument(Operand operand) const {
    return has(operand) && !(signature.in_place && operand == FinalState);
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

  gdr_signature signature = {};
  DLTensor tensors[GDR_NUM_OPERANDS];
  int64_t maxSeqlen = 0;
};

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_CALL_H
