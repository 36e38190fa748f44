//===- Signature.h - what a kernel is compiled for --------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything about a call of the op that its compiled form depends on. Numbers
// of sequences, tokens and rows of a pool are not part of it: one compiled
// module serves all of them, and picks its kernel at each call.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_TORCH_SIGNATURE_H
#define GDR_LIB_TORCH_SIGNATURE_H

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace gdr::torch {

/// The arguments of the compiled function, in its order.
enum Operand : uint8_t {
  Q,
  K,
  V,
  Gate,
  Beta,
  ALog,
  DtBias,
  InitialState,
  CuSeqlens,
  MaxSeqlen,
  ReadIndices,
  WriteIndices,
  O,
  FinalState,
  NumOperands
};

/// The name of an operand in the op's schema. The state of the op that updates
/// it in place is its initial state.
const char *getName(Operand operand, bool isInPlace);

enum class ElementType : uint8_t { None, F32, BF16, F16, I32, I64 };

enum class GateForm : uint8_t { Log, Softplus, BoundedSigmoid };
enum class BetaForm : uint8_t { Given, Sigmoid, TwiceSigmoid };

/// Without padding, and zero where it does not apply: equal as bytes.
struct Signature {
  /// None for an operand that is absent.
  ElementType types[NumOperands] = {};
  GateForm gateForm = GateForm::Log;
  BetaForm betaForm = BetaForm::Given;
  bool isVFirst = false;
  bool hasL2Norm = false;
  /// The final state is the initial state's buffer.
  bool isInPlace = false;
  bool hasScale = false;
  /// 3, or 4 for a gate per channel.
  uint8_t gateRank = 0;
  /// 1, or 2 for parameters per channel.
  uint8_t aLogRank = 0;
  uint8_t dtBiasRank = 0;
  uint8_t unused = 0;
  /// As gdr_device_chip says it, or cpuChip; compared by address.
  const char *chip = nullptr;
  int32_t numKeyHeads = 0;
  int32_t numValueHeads = 0;
  int32_t keyDim = 0;
  int32_t valueDim = 0;
  float scale = 0;
  float l2normEps = 0;
  float lowerBound = 0;
  int32_t alsoUnused = 0;

  bool has(Operand operand) const {
    return types[operand] != ElementType::None;
  }
  /// Whether the compiled function has an argument of its own for it.
  bool isArgument(Operand operand) const {
    return has(operand) && !(isInPlace && operand == FinalState);
  }
  bool operator==(const Signature &other) const {
    return std::memcmp(this, &other, sizeof(*this)) == 0;
  }
};
static_assert(sizeof(Signature) == NumOperands + 10 + sizeof(char *) + 8 * 4);

struct SignatureHash {
  size_t operator()(const Signature &signature) const;
};

/// The function's name in the module.
extern const char *const functionName;

/// The chip of tensors in host memory.
extern const char *const cpuChip;

/// The module to compile, as text.
std::string getModule(const Signature &signature);

} // namespace gdr::torch

#endif // GDR_LIB_TORCH_SIGNATURE_H
