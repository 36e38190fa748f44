//===- Library.cpp - the ops of torch.ops.gdr -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Schemas and kernels. The shapes of results for tracing (fake kernels) and the
// refusal of gradients are Python's business: python/gdr/torch.
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include <stdexcept>
#include <tuple>

using namespace gdr::torch;

using ::torch::headeronly::ScalarType;
using OptionalTensor = std::optional<Tensor>;

static gdr_element_type getStateType(const Call &call,
                                     std::optional<ScalarType> dtype) {
  if (!dtype) {
    gdr_element_type type = call.getType(InitialState);
    return type == GDR_ABSENT ? GDR_F32 : type;
  }
  switch (*dtype) {
  case ScalarType::Float:
    return GDR_F32;
  case ScalarType::BFloat16:
    return GDR_BF16;
  case ScalarType::Half:
    return GDR_F16;
  default:
    throw std::invalid_argument("argument 'final_state_dtype': expected "
                                "float32, bfloat16 or float16");
  }
}

static std::tuple<Tensor, Tensor>
gatedDeltaRule(const Tensor &q, const Tensor &k, const Tensor &v,
               const OptionalTensor &g, const OptionalTensor &beta,
               const OptionalTensor &initialState, const OptionalTensor &aLog,
               const OptionalTensor &dtBias, const OptionalTensor &cuSeqlens,
               std::optional<int64_t> maxSeqlen,
               const OptionalTensor &readIndices, std::optional<double> scale,
               const std::string &stateLayout, bool hasL2Norm, double l2normEps,
               const std::string &gateForm, std::optional<double> lowerBound,
               const std::string &betaForm, bool hasFinalState,
               std::optional<ScalarType> finalStateDtype) {
  Call call({maxSeqlen, scale, stateLayout, hasL2Norm, l2normEps, gateForm,
             lowerBound, betaForm},
            /*isInPlace=*/false);
  call.add(Q, q);
  call.add(K, k);
  call.add(V, v);
  call.add(Gate, g);
  call.add(Beta, beta);
  call.add(ALog, aLog);
  call.add(DtBias, dtBias);
  call.add(InitialState, initialState);
  call.add(CuSeqlens, cuSeqlens);
  call.add(ReadIndices, readIndices);
  Tensor o = call.addOutput();
  int64_t keyDim = call.getSize(Q, 3), valueDim = call.getSize(V, 3);
  std::array<int64_t, 4> shape = {hasFinalState ? call.getNumSequences() : 0,
                                  call.getSize(V, 2), keyDim, valueDim};
  if (stateLayout == "v_first")
    std::swap(shape[2], shape[3]);
  gdr_element_type type = getStateType(call, finalStateDtype);
  Tensor finalState = hasFinalState ? call.addResult(FinalState, shape, type)
                                    : call.createResult(shape, type);
  call.run();
  return {o, finalState};
}

static Tensor gatedDeltaRuleInPlace(
    const Tensor &q, const Tensor &k, const Tensor &v, const OptionalTensor &g,
    const OptionalTensor &beta, const Tensor &state, const OptionalTensor &aLog,
    const OptionalTensor &dtBias, const OptionalTensor &cuSeqlens,
    std::optional<int64_t> maxSeqlen, const OptionalTensor &readIndices,
    const OptionalTensor &writeIndices, std::optional<double> scale,
    const std::string &stateLayout, bool hasL2Norm, double l2normEps,
    const std::string &gateForm, std::optional<double> lowerBound,
    const std::string &betaForm) {
  Call call({maxSeqlen, scale, stateLayout, hasL2Norm, l2normEps, gateForm,
             lowerBound, betaForm},
            /*isInPlace=*/true);
  call.add(Q, q);
  call.add(K, k);
  call.add(V, v);
  call.add(Gate, g);
  call.add(Beta, beta);
  call.add(ALog, aLog);
  call.add(DtBias, dtBias);
  call.add(InitialState, state);
  call.add(CuSeqlens, cuSeqlens);
  call.add(ReadIndices, readIndices);
  call.add(WriteIndices, writeIndices);
  call.addFinalStateInPlace();
  Tensor o = call.addOutput();
  call.run();
  return o;
}

// CPU code shares torch's threads.
static void runInTorchThreads(gdr_parallel_body body, void *context,
                              int64_t n) {
  struct Loop {
    gdr_parallel_body body;
    void *context;
  } loop = {body, context};
  auto runRange = [](int64_t begin, int64_t end, void *context) {
    auto *loop = static_cast<Loop *>(context);
    for (int64_t i = begin; i < end; ++i)
      loop->body(loop->context, i);
  };
  check(torch_parallel_for(0, n, /*grain_size=*/1, runRange, &loop),
        "run a parallel loop");
}

// What both ops take after their tensors.
#define GDR_ATTRIBUTES                                                         \
  "float? scale=None, str state_layout='k_first', bool qk_l2norm=False, "      \
  "float l2norm_eps=1e-6, str gate_form='log', float? lower_bound=None, "      \
  "str beta_form='given'"

STABLE_TORCH_LIBRARY(gdr, library) {
  gdr_set_parallel_for(runInTorchThreads);
  library.def(
      "gated_delta_rule(Tensor q, Tensor k, Tensor v, Tensor? g=None, "
      "Tensor? beta=None, Tensor? initial_state=None, *, "
      "Tensor? A_log=None, Tensor? dt_bias=None, "
      "Tensor? cu_seqlens=None, SymInt? max_seqlen=None, "
      "Tensor? read_indices=None, " GDR_ATTRIBUTES ", "
      "bool output_final_state=True, "
      "ScalarType? final_state_dtype=None) -> (Tensor o, Tensor final_state)");
  library.def(
      "gated_delta_rule_(Tensor q, Tensor k, Tensor v, Tensor? g, "
      "Tensor? beta, Tensor(a!) state, *, "
      "Tensor? A_log=None, Tensor? dt_bias=None, "
      "Tensor? cu_seqlens=None, SymInt? max_seqlen=None, "
      "Tensor? read_indices=None, Tensor? write_indices=None, " GDR_ATTRIBUTES
      ") -> Tensor");
}

STABLE_TORCH_LIBRARY_IMPL(gdr, CPU, library) {
  library.impl("gated_delta_rule", TORCH_BOX(&gatedDeltaRule));
  library.impl("gated_delta_rule_", TORCH_BOX(&gatedDeltaRuleInPlace));
}

STABLE_TORCH_LIBRARY_IMPL(gdr, CUDA, library) {
  library.impl("gated_delta_rule", TORCH_BOX(&gatedDeltaRule));
  library.impl("gated_delta_rule_", TORCH_BOX(&gatedDeltaRuleInPlace));
}
