//===- Signature.cpp - what a kernel is compiled for ----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes a signature as a module with one function, whose arguments are views
// with free sizes and strides wherever the op allows it.
//
//===----------------------------------------------------------------------===//

#include "Signature.h"

#include <cstdio>
#include <initializer_list>
#include <iterator>

using namespace gdr::torch;

const char *const gdr::torch::functionName = "gated_delta_rule";
const char *const gdr::torch::cpuChip = "cpu";

const char *gdr::torch::getName(Operand operand, bool isInPlace) {
  static constexpr const char *names[] = {"q",
                                          "k",
                                          "v",
                                          "g",
                                          "beta",
                                          "A_log",
                                          "dt_bias",
                                          "initial_state",
                                          "cu_seqlens",
                                          "max_seqlen",
                                          "read_indices",
                                          "write_indices",
                                          "o",
                                          "final_state"};
  static_assert(std::size(names) == NumOperands);
  if (isInPlace && operand == InitialState)
    return "state";
  return names[operand];
}

size_t SignatureHash::operator()(const Signature &signature) const {
  static_assert(sizeof(Signature) % sizeof(uint64_t) == 0);
  uint64_t words[sizeof(Signature) / sizeof(uint64_t)];
  std::memcpy(words, &signature, sizeof(signature));
  uint64_t hash = 0;
  for (uint64_t word : words) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 32;
  }
  return hash;
}

static const char *getTypeName(ElementType type) {
  static constexpr const char *names[] = {"none", "f32", "bf16",
                                          "f16",  "i32", "i64"};
  return names[static_cast<int>(type)];
}

namespace {

/// Writes the module of one signature.
class Writer {
public:
  explicit Writer(const Signature &signature) : signature(signature) {}

  std::string write();

private:
  std::string getType(Operand operand) const;
  std::string getSizes(Operand operand) const;
  std::string getUse(Operand operand) const;
  std::string getClause(const char *keyword, Operand operand) const;
  std::string getAttributes() const;

  const Signature &signature;
};

} // namespace

/// A float as MLIR reads it back without loss.
static std::string getFloat(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9e : f32", value);
  return text;
}

static std::string join(std::initializer_list<int32_t> sizes) {
  std::string text;
  for (int32_t size : sizes)
    text += (size < 0 ? std::string("?") : std::to_string(size)) + "x";
  return text;
}

// "?x?x16x128x": what ends up before the element type.
std::string Writer::getSizes(Operand operand) const {
  const Signature &s = signature;
  constexpr int32_t open = -1;
  int32_t batch = s.has(CuSeqlens) ? 1 : open;
  switch (operand) {
  case Q:
  case K:
    return join({batch, open, s.numKeyHeads, s.keyDim});
  case V:
  case O:
    return join({batch, open, s.numValueHeads, s.valueDim});
  case Gate:
    if (s.gateRank == 4)
      return join({batch, open, s.numValueHeads, s.keyDim});
    [[fallthrough]];
  case Beta:
    return join({batch, open, s.numValueHeads});
  case ALog:
  case DtBias:
    if ((operand == ALog ? s.aLogRank : s.dtBiasRank) == 2)
      return join({s.numValueHeads, s.keyDim});
    return join({s.numValueHeads});
  case InitialState:
  case FinalState:
    if (s.isVFirst)
      return join({open, s.numValueHeads, s.valueDim, s.keyDim});
    return join({open, s.numValueHeads, s.keyDim, s.valueDim});
  default:
    return join({open});
  }
}

std::string Writer::getType(Operand operand) const {
  if (operand == MaxSeqlen)
    return "index";
  std::string text =
      "memref<" + getSizes(operand) + getTypeName(signature.types[operand]);
  // What the op allocates itself is contiguous; all else may be a view.
  switch (operand) {
  case Q:
  case K:
  case V:
  case InitialState:
    return text + ", strided<[?, ?, ?, 1]>>";
  case Gate:
    if (signature.gateRank == 4)
      return text + ", strided<[?, ?, ?, 1]>>";
    [[fallthrough]];
  case Beta:
    return text + ", strided<[?, ?, 1]>>";
  default:
    return text + ">";
  }
}

// The value of an operand: of the state, one buffer serves as both.
std::string Writer::getUse(Operand operand) const {
  if (signature.isInPlace && operand == FinalState)
    operand = InitialState;
  return std::string("%") + getName(operand, signature.isInPlace);
}

std::string Writer::getClause(const char *keyword, Operand operand) const {
  if (!signature.has(operand))
    return "";
  Operand typed =
      signature.isInPlace && operand == FinalState ? InitialState : operand;
  std::string text = std::string("      ") + keyword + "(" + getUse(operand);
  if (operand != MaxSeqlen)
    text += " : " + getType(typed);
  return text + ")\n";
}

std::string Writer::getAttributes() const {
  static constexpr const char *gateForms[] = {"log", "softplus",
                                              "bounded_sigmoid"};
  static constexpr const char *betaForms[] = {"given", "sigmoid",
                                              "twice_sigmoid"};
  const Signature &s = signature;
  std::string text = "      {state_layout = #gdr.state_layout<";
  text += s.isVFirst ? "v_first>" : "k_first>";
  text += std::string(", gate_form = #gdr.gate_form<") +
          gateForms[static_cast<int>(s.gateForm)] + ">";
  text += std::string(", beta_form = #gdr.beta_form<") +
          betaForms[static_cast<int>(s.betaForm)] + ">";
  if (s.hasL2Norm)
    text += ", qk_l2norm, l2norm_eps = " + getFloat(s.l2normEps);
  if (s.hasScale)
    text += ", scale = " + getFloat(s.scale);
  if (s.gateForm == GateForm::BoundedSigmoid)
    text += ", lower_bound = " + getFloat(s.lowerBound);
  return text + "}\n";
}

std::string Writer::write() {
  std::string text = std::string("func.func @") + functionName + "(";
  const char *separator = "";
  for (int i = 0; i < NumOperands; ++i) {
    auto operand = static_cast<Operand>(i);
    if (!signature.isArgument(operand))
      continue;
    text += separator + getUse(operand) + ": " + getType(operand);
    separator = ",\n    ";
  }
  text += ") {\n  gdr.gated_delta_rule\n      ins(%q, %k, %v : " + getType(Q) +
          ", " + getType(K) + ", " + getType(V) + ")\n";
  text += getClause("gate", Gate);
  text += getClause("beta", Beta);
  text += getClause("A_log", ALog);
  text += getClause("dt_bias", DtBias);
  text += getClause("initial_state", InitialState);
  text += getClause("cu_seqlens", CuSeqlens);
  text += getClause("max_seqlen", MaxSeqlen);
  text += getClause("read_indices", ReadIndices);
  text += getClause("write_indices", WriteIndices);
  text += getClause("outs", O);
  text += getClause("final_state", FinalState);
  return text + getAttributes() + "  return\n}\n";
}

std::string gdr::torch::getModule(const Signature &signature) {
  return Writer(signature).write();
}
