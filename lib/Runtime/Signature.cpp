//===- Signature.cpp - modules for calls of the op ------------------------===//
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

#pragma GCC visibility push(default)
#include "gdr-c/Signature.h"
#pragma GCC visibility pop

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>

static constexpr const char *operandNames[GDR_NUM_OPERANDS] = {"q",
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

// The name of number `index`, or what the compiler refuses.
template <size_t count>
static const char *getName(const char *const (&names)[count], int32_t index) {
  return index >= 0 && static_cast<size_t>(index) < count ? names[index]
                                                          : "unknown";
}

const char *gdr_operand_name(int32_t operand) {
  return getName(operandNames, operand);
}

static std::string getTypeName(uint8_t type) {
  static constexpr const char *names[] = {"none", "f32", "bf16",
                                          "f16",  "i32", "i64"};
  return getName(names, type);
}

/// A float as MLIR reads it back without loss.
static std::string getFloat(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9e : f32", value);
  return text;
}

/// A size that is known only at the call.
static constexpr int32_t open = -1;

// "?x?x16x128x": what ends up before the element type.
static std::string join(std::initializer_list<int32_t> sizes) {
  std::string text;
  for (int32_t size : sizes)
    text += (size == open ? std::string("?") : std::to_string(size)) + "x";
  return text;
}

namespace {

/// Writes the module of one signature.
class Writer {
public:
  explicit Writer(const gdr_signature &signature) : s(signature) {}

  std::string write() const;

private:
  bool has(int operand) const { return s.types[operand] != GDR_ABSENT; }
  bool isArgument(int operand) const {
    return has(operand) && !(s.in_place && operand == GDR_OPERAND_FINAL_STATE);
  }
  /// The operand in whose buffer this one is.
  int getBuffer(int operand) const {
    return s.in_place && operand == GDR_OPERAND_FINAL_STATE
               ? static_cast<int>(GDR_OPERAND_INITIAL_STATE)
               : operand;
  }
  std::string getSizes(int operand) const;
  std::string getType(int operand) const;
  std::string getUse(int operand) const;
  std::string getClause(const char *keyword, int operand) const;
  std::string getAttributes() const;

  const gdr_signature &s;
};

} // namespace

std::string Writer::getSizes(int operand) const {
  int32_t batch = has(GDR_OPERAND_CU_SEQLENS) ? 1 : open;
  int32_t heads = s.num_value_heads;
  switch (operand) {
  case GDR_OPERAND_Q:
  case GDR_OPERAND_K:
    return join({batch, open, s.num_key_heads, s.key_dim});
  case GDR_OPERAND_V:
  case GDR_OPERAND_O:
    return join({batch, open, heads, s.value_dim});
  case GDR_OPERAND_G:
    return s.gate_per_channel ? join({batch, open, heads, s.key_dim})
                              : join({batch, open, heads});
  case GDR_OPERAND_BETA:
    return join({batch, open, heads});
  case GDR_OPERAND_A_LOG:
    return s.parameters_per_channel ? join({heads, s.key_dim}) : join({heads});
  case GDR_OPERAND_DT_BIAS:
    return s.bias_per_channel ? join({heads, s.key_dim}) : join({heads});
  case GDR_OPERAND_INITIAL_STATE:
  case GDR_OPERAND_FINAL_STATE:
    return s.state_v_first ? join({open, heads, s.value_dim, s.key_dim})
                           : join({open, heads, s.key_dim, s.value_dim});
  default:
    return join({open});
  }
}

std::string Writer::getType(int operand) const {
  if (operand == GDR_OPERAND_MAX_SEQLEN)
    return "index";
  std::string text =
      "memref<" + getSizes(operand) + getTypeName(s.types[operand]);
  // What a caller allocates for the call is contiguous; all else may be a view.
  switch (operand) {
  case GDR_OPERAND_Q:
  case GDR_OPERAND_K:
  case GDR_OPERAND_V:
  case GDR_OPERAND_INITIAL_STATE:
    return text + ", strided<[?, ?, ?, 1]>>";
  case GDR_OPERAND_G:
    if (s.gate_per_channel)
      return text + ", strided<[?, ?, ?, 1]>>";
    [[fallthrough]];
  case GDR_OPERAND_BETA:
    return text + ", strided<[?, ?, 1]>>";
  default:
    return text + ">";
  }
}

std::string Writer::getUse(int operand) const {
  return std::string("%") + gdr_operand_name(getBuffer(operand));
}

std::string Writer::getClause(const char *keyword, int operand) const {
  if (!has(operand))
    return "";
  std::string text = std::string("      ") + keyword + "(" + getUse(operand);
  if (operand != GDR_OPERAND_MAX_SEQLEN)
    text += " : " + getType(getBuffer(operand));
  return text + ")\n";
}

std::string Writer::getAttributes() const {
  static constexpr const char *gateForms[] = {"log", "softplus",
                                              "bounded_sigmoid"};
  static constexpr const char *betaForms[] = {"given", "sigmoid",
                                              "twice_sigmoid"};
  std::string text = "      {state_layout = #gdr.state_layout<";
  text += s.state_v_first ? "v_first>" : "k_first>";
  text += std::string(", gate_form = #gdr.gate_form<") +
          getName(gateForms, s.gate_form) + ">";
  text += std::string(", beta_form = #gdr.beta_form<") +
          getName(betaForms, s.beta_form) + ">";
  if (s.qk_l2norm)
    text += ", qk_l2norm, l2norm_eps = " + getFloat(s.l2norm_eps);
  if (s.has_scale)
    text += ", scale = " + getFloat(s.scale);
  if (s.gate_form == GDR_GATE_BOUNDED_SIGMOID)
    text += ", lower_bound = " + getFloat(s.lower_bound);
  return text + "}\n";
}

std::string Writer::write() const {
  std::string text = "func.func @" GDR_SIGNATURE_FUNCTION "(";
  const char *separator = "";
  for (int operand = 0; operand < GDR_NUM_OPERANDS; ++operand) {
    if (!isArgument(operand))
      continue;
    text += separator + getUse(operand) + ": " + getType(operand);
    separator = ",\n    ";
  }
  text += ") {\n  gdr.gated_delta_rule\n      ins(%q, %k, %v : " +
          getType(GDR_OPERAND_Q) + ", " + getType(GDR_OPERAND_K) + ", " +
          getType(GDR_OPERAND_V) + ")\n";
  text += getClause("gate", GDR_OPERAND_G);
  text += getClause("beta", GDR_OPERAND_BETA);
  text += getClause("A_log", GDR_OPERAND_A_LOG);
  text += getClause("dt_bias", GDR_OPERAND_DT_BIAS);
  text += getClause("initial_state", GDR_OPERAND_INITIAL_STATE);
  text += getClause("cu_seqlens", GDR_OPERAND_CU_SEQLENS);
  text += getClause("max_seqlen", GDR_OPERAND_MAX_SEQLEN);
  text += getClause("read_indices", GDR_OPERAND_READ_INDICES);
  text += getClause("write_indices", GDR_OPERAND_WRITE_INDICES);
  text += getClause("outs", GDR_OPERAND_O);
  text += getClause("final_state", GDR_OPERAND_FINAL_STATE);
  return text + getAttributes() + "  return\n}\n";
}

size_t gdr_signature_module(const gdr_signature *given, char *buffer,
                            size_t size) {
  gdr_signature signature = {};
  std::memcpy(&signature, given, std::min(given->size, sizeof(signature)));
  std::string text = Writer(signature).write();
  if (size != 0) {
    size_t length = std::min(size - 1, text.size());
    std::memcpy(buffer, text.data(), length);
    buffer[length] = '\0';
  }
  return text.size();
}
