//===- Checks.cpp - the operands of a call, together ----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Completes the signature, and checks what the compiled function does not: what
// the signature is made of, and values in host memory. That sizes agree is the
// compiled function's to check.
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include <string>
#include <tuple>

using namespace gdr::torch;

// The rest of the signature.
void Call::describe() {
  for (Operand operand : {K, V})
    if (signature.types[operand] != signature.types[Q])
      fail(operand, "expected the dtype of 'q'");
  signature.gate_per_channel = has(Gate) && tensors[Gate].ndim == 4;
  signature.parameters_per_channel = has(ALog) && tensors[ALog].ndim == 2;
  signature.bias_per_channel = has(DtBias) && tensors[DtBias].ndim == 2;
  for (auto [operand, dim, to] : {std::tuple(Q, 2, &signature.num_key_heads),
                                  std::tuple(Q, 3, &signature.key_dim),
                                  std::tuple(V, 2, &signature.num_value_heads),
                                  std::tuple(V, 3, &signature.value_dim)}) {
    int64_t size = getSize(operand, dim);
    if (size < 1 || size > INT32_MAX)
      fail(operand, "expected dimension " + std::to_string(dim) +
                        " to be at least 1, got " + std::to_string(size));
    *to = static_cast<int32_t>(size);
  }
  if (signature.num_value_heads % signature.num_key_heads != 0)
    fail(V, "expected dimension 2, the number of value heads, to be a multiple "
            "of the number of key heads, " +
                std::to_string(signature.num_key_heads) + ", got " +
                std::to_string(signature.num_value_heads));
  checkForms();
  for (int i = 0; i < GDR_NUM_OPERANDS; ++i) {
    auto operand = static_cast<Operand>(i);
    if (operand == MaxSeqlen || !isArgument(operand))
      continue;
    const DLDevice &device = tensors[i].device;
    if (device.device_type != tensors[Q].device.device_type ||
        device.device_id != getDevice())
      fail(operand, "expected a tensor on the device of 'q'");
  }
}

void Call::checkForms() const {
  bool isLog = signature.gate_form == GDR_GATE_LOG;
  for (Operand operand : {Gate, ALog})
    if (!isLog && !has(operand))
      fail(operand, "expected a tensor, because gate_form is not 'log'");
  for (Operand operand : {ALog, DtBias})
    if (isLog && has(operand))
      fail(operand, "expected none with gate_form 'log', which takes the gate "
                    "as given; use gate_form 'softplus'");
  if (signature.beta_form != GDR_BETA_GIVEN && !has(Beta))
    fail(Beta, "expected a tensor, because beta_form is not 'given'");
  if (has(ReadIndices) && !has(InitialState))
    fail(InitialState, "expected a tensor, whose rows 'read_indices' selects");
  if (signature.in_place && has(ReadIndices) != has(WriteIndices))
    fail(has(ReadIndices) ? WriteIndices : ReadIndices,
         "expected a tensor, as for the other indices");
  if (has(CuSeqlens) && getSize(CuSeqlens, 0) == 0)
    fail(CuSeqlens, "expected N + 1 elements, got 0");
  if (has(MaxSeqlen) && !has(CuSeqlens))
    fail(MaxSeqlen, "expected none without 'cu_seqlens'");
}

int64_t Call::readIndex(Operand operand, int64_t i) const {
  const DLTensor &tensor = tensors[operand];
  int64_t at = i * tensor.strides[0];
  if (signature.types[operand] == GDR_I32)
    return static_cast<const int32_t *>(tensor.data)[at];
  return static_cast<const int64_t *>(tensor.data)[at];
}

void Call::checkIndices() const {
  if (!isOnCPU())
    return;
  if (has(CuSeqlens))
    checkCuSeqlens();
  if (has(ReadIndices))
    checkRows(ReadIndices, InitialState);
  if (has(WriteIndices))
    checkRows(WriteIndices, signature.in_place ? InitialState : FinalState);
}

void Call::checkCuSeqlens() const {
  int64_t count = getSize(CuSeqlens, 0), numTokens = getSize(Q, 1);
  int64_t previous = 0;
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = readIndex(CuSeqlens, i);
    if (value < previous || value > numTokens)
      fail(CuSeqlens, "expected element " + std::to_string(i) + " to be from " +
                          std::to_string(previous) + " to " +
                          std::to_string(numTokens) + ", got " +
                          std::to_string(value));
    if (i > 0 && has(MaxSeqlen) && value - previous > maxSeqlen)
      fail(CuSeqlens, "expected sequences of at most max_seqlen = " +
                          std::to_string(maxSeqlen) + " tokens, got " +
                          std::to_string(value - previous) + " in sequence " +
                          std::to_string(i - 1));
    previous = value;
  }
}

void Call::checkRows(Operand indices, Operand state) const {
  int64_t count = getSize(indices, 0), rows = getSize(state, 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = readIndex(indices, i);
    if (value >= rows)
      fail(indices, "expected element " + std::to_string(i) +
                        " to be less than the number of states, " +
                        std::to_string(rows) + ", got " +
                        std::to_string(value));
  }
}
