/*===- Signature.h - modules for calls of the op ------------------*- C -*-===*\
 *
 * Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * All that the compiled form of a call of gdr.gated_delta_rule depends on, and
 * the MLIR module that is compiled for it. Numbers of sequences, tokens and
rows
 * of a state pool are free: one module serves all of them. Whoever compiles
 * ahead of time and whoever calls write the same module, so that the one finds
 * what the other has compiled. In the shared libgdr_runtime.
 *
\*===----------------------------------------------------------------------===*/

#ifndef GDR_C_SIGNATURE_H
#define GDR_C_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The arguments of the compiled function, in its order. */
enum gdr_operand {
  GDR_OPERAND_Q = 0,              /* [B, T, HK, K] */
  GDR_OPERAND_K = 1,              /* [B, T, HK, K] */
  GDR_OPERAND_V = 2,              /* [B, T, HV, V] */
  GDR_OPERAND_G = 3,              /* [B, T, HV], or [B, T, HV, K] */
  GDR_OPERAND_BETA = 4,           /* [B, T, HV] */
  GDR_OPERAND_A_LOG = 5,          /* [HV], or [HV, K] */
  GDR_OPERAND_DT_BIAS = 6,        /* [HV], or [HV, K] */
  GDR_OPERAND_INITIAL_STATE = 7,  /* [N, HV, K, V], or [N, HV, V, K] */
  GDR_OPERAND_CU_SEQLENS = 8,     /* [N + 1]; B is then 1 */
  GDR_OPERAND_MAX_SEQLEN = 9,     /* a number, of type i64 */
  GDR_OPERAND_READ_INDICES = 10,  /* [N] */
  GDR_OPERAND_WRITE_INDICES = 11, /* [N] */
  GDR_OPERAND_O = 12,             /* [B, T, HV, V] */
  GDR_OPERAND_FINAL_STATE = 13    /* as the initial state */
};
#define GDR_NUM_OPERANDS 14

/* The name of an operand in the module: that of the op's argument. */
const char *gdr_operand_name(int32_t operand);

enum gdr_element_type {
  GDR_ABSENT = 0,
  GDR_F32 = 1,
  GDR_BF16 = 2,
  GDR_F16 = 3,
  GDR_I32 = 4,
  GDR_I64 = 5
};

enum gdr_gate_form {
  GDR_GATE_LOG = 0,
  GDR_GATE_SOFTPLUS = 1,
  GDR_GATE_BOUNDED_SIGMOID = 2
};

enum gdr_beta_form {
  GDR_BETA_GIVEN = 0,
  GDR_BETA_SIGMOID = 1,
  GDR_BETA_TWICE_SIGMOID = 2
};

/* The struct may grow at its end; fields beyond `size` count as zero. */
typedef struct gdr_signature {
  size_t size;                    /* sizeof(gdr_signature) */
  uint8_t types[16];              /* gdr_element_type, by gdr_operand */
  int32_t num_key_heads;          /* HK */
  int32_t num_value_heads;        /* HV, a multiple of HK */
  int32_t key_dim;                /* K */
  int32_t value_dim;              /* V */
  int32_t gate_form;              /* gdr_gate_form */
  int32_t beta_form;              /* gdr_beta_form */
  int32_t state_v_first;          /* 1: the state is [N, HV, V, K] */
  int32_t qk_l2norm;              /* 1: q and k are normalized */
  int32_t in_place;               /* 1: the final state is the initial state's
                                     buffer, and no argument of its own */
  int32_t gate_per_channel;       /* 1: g is [B, T, HV, K] */
  int32_t parameters_per_channel; /* 1: A_log is [HV, K] */
  int32_t bias_per_channel;       /* 1: dt_bias is [HV, K] */
  int32_t has_scale;              /* 0: scale is K^-0.5 */
  float scale;
  float l2norm_eps;  /* with qk_l2norm */
  float lower_bound; /* with GDR_GATE_BOUNDED_SIGMOID */
} gdr_signature;

/* The name of the function in every such module. */
#define GDR_SIGNATURE_FUNCTION "gated_delta_rule"

/* Writes the module's text, cut to `size` bytes with the final NUL, and returns
 * its length. Whether the signature makes sense is for the compiler to say. */
size_t gdr_signature_module(const gdr_signature *signature, char *buffer,
                            size_t size);

#ifdef __cplusplus
}
#endif

#endif /* GDR_C_SIGNATURE_H */
