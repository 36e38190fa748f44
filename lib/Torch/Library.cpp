//===- Library.cpp - the ops of torch.ops.gdr -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Schemas and kernels, registered when the library is loaded. The shapes of
// results for tracing (fake kernels) and the refusal of gradients are Python's
// business: python/gdr/torch.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "PythonCall.h"

#include <cstdio>
#include <cstring>
#include <string>

using namespace gdr::torch;

//===----------------------------------------------------------------------===//
// Schemas
//===----------------------------------------------------------------------===//

// What both ops take after their tensors. The defaults are none where they
// could be strings, since torch makes a new string for each call.
#define GDR_ATTRIBUTES                                                         \
  "float? scale=None, str? state_layout=None, bool qk_l2norm=False, "          \
  "float l2norm_eps=1e-6, str? gate_form=None, float? lower_bound=None, "      \
  "str? beta_form=None"

#define GDR_FUNCTIONAL_OPERANDS                                                \
  "Tensor q, Tensor k, Tensor v, Tensor? g=None, Tensor? beta=None, "          \
  "Tensor? initial_state=None"
#define GDR_FUNCTIONAL_RESULTS "(Tensor o, Tensor final_state)"

#define GDR_IN_PLACE_OPERANDS                                                  \
  "Tensor q, Tensor k, Tensor v, Tensor? g, Tensor? beta, Tensor(a!) state"

namespace {
/// The arguments of a schema beyond the operands that every call has.
///
/// Torch makes and hashes a string for each argument that a call from Python
/// leaves out, which is a quarter of the call's instructions with all of them.
/// So calls without options, and with qk_l2norm alone, have overloads of their
/// own.
enum class Options : uint8_t { All, None, L2Norm };
} // namespace

static Attributes takeAttributes(Stack &stack, Options options) {
  Attributes attributes;
  attributes.hasL2Norm = options == Options::L2Norm;
  if (options != Options::All)
    return attributes;
  attributes.scale = stack.takeOptional<double>();
  attributes.stateLayout = stack.takeOptionalString();
  attributes.hasL2Norm = stack.take<bool>();
  attributes.l2normEps = stack.take<double>();
  attributes.gateForm = stack.takeOptionalString();
  attributes.lowerBound = stack.takeOptional<double>();
  attributes.betaForm = stack.takeOptionalString();
  return attributes;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// What both ops take before their attributes.
struct Operands {
  Operands(Stack &stack, bool isInPlace, Options options)
      : q(stack.takeTensor()), k(stack.takeTensor()), v(stack.takeTensor()),
        g(stack.takeOptionalTensor()), beta(stack.takeOptionalTensor()),
        state(isInPlace ? stack.takeTensor() : stack.takeOptionalTensor()) {
    if (options != Options::All)
      return;
    aLog = stack.takeOptionalTensor();
    dtBias = stack.takeOptionalTensor();
    cuSeqlens = stack.takeOptionalTensor();
    maxSeqlen = stack.takeOptional<int64_t>();
    readIndices = stack.takeOptionalTensor();
    if (isInPlace)
      writeIndices = stack.takeOptionalTensor();
  }
  ~Operands() {
    for (Tensor *tensor : {&q, &k, &v, &g, &beta, &state, &aLog, &dtBias,
                           &cuSeqlens, &readIndices, &writeIndices})
      if (*tensor)
        deleteArgument(std::move(*tensor));
  }

  void addTo(Call &call) const {
    call.add(Q, q);
    call.add(K, k);
    call.add(V, v);
    call.add(Gate, g);
    call.add(Beta, beta);
    call.add(ALog, aLog);
    call.add(DtBias, dtBias);
    call.add(InitialState, state);
    call.add(CuSeqlens, cuSeqlens);
    call.addMaxSeqlen(maxSeqlen);
    call.add(ReadIndices, readIndices);
    call.add(WriteIndices, writeIndices);
  }

  Tensor q, k, v, g, beta, state, aLog, dtBias, cuSeqlens;
  std::optional<int64_t> maxSeqlen;
  Tensor readIndices, writeIndices;
};

static gdr_element_type getStateType(const Call &call,
                                     std::optional<int32_t> dtype) {
  if (!dtype) {
    gdr_element_type type = call.getType(InitialState);
    return type == GDR_ABSENT ? GDR_F32 : type;
  }
  if (*dtype == aoti_torch_dtype_float32())
    return GDR_F32;
  if (*dtype == aoti_torch_dtype_bfloat16())
    return GDR_BF16;
  if (*dtype == aoti_torch_dtype_float16())
    return GDR_F16;
  throw std::invalid_argument("argument 'final_state_dtype': expected float32, "
                              "bfloat16 or float16");
}

template <Options options>
static void gatedDeltaRule(StableIValue *values, uint64_t, uint64_t) {
  Stack stack(values);
  Operands operands(stack, /*isInPlace=*/false, options);
  Attributes attributes = takeAttributes(stack, options);
  bool hasAll = options == Options::All;
  bool hasFinalState = !hasAll || stack.take<bool>();
  auto stateDtype = hasAll ? stack.takeOptional<int32_t>() : std::nullopt;

  Call call(attributes, /*isInPlace=*/false);
  operands.addTo(call);
  Tensor o = call.addOutput();
  gdr_element_type type = getStateType(call, stateDtype);
  Tensor finalState =
      hasFinalState ? call.addFinalState(type) : call.createNoFinalState(type);
  call.run();
  values[0] = o.release();
  values[1] = finalState.release();
}

template <Options options>
static void gatedDeltaRuleInPlace(StableIValue *values, uint64_t, uint64_t) {
  Stack stack(values);
  Operands operands(stack, /*isInPlace=*/true, options);
  Attributes attributes = takeAttributes(stack, options);

  Call call(attributes, /*isInPlace=*/true);
  operands.addTo(call);
  call.addFinalStateInPlace();
  Tensor o = call.addOutput();
  call.run();
  values[0] = o.release();
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
  check(torch_parallel_for(0, n, /*grainSize=*/1, runRange, &loop),
        "run a parallel loop");
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
struct Overload {
  const char *schema;
  void (*kernel)(StableIValue *, uint64_t, uint64_t);
};
} // namespace

static const Overload overloads[] = {
    {"gated_delta_rule(" GDR_FUNCTIONAL_OPERANDS ", *, Tensor? A_log=None, "
     "Tensor? dt_bias=None, Tensor? cu_seqlens=None, SymInt? max_seqlen=None, "
     "Tensor? read_indices=None, " GDR_ATTRIBUTES ", "
     "bool output_final_state=True, ScalarType? final_state_dtype=None) "
     "-> " GDR_FUNCTIONAL_RESULTS,
     gatedDeltaRule<Options::All>},
    {"gated_delta_rule.plain(" GDR_FUNCTIONAL_OPERANDS
     ") -> " GDR_FUNCTIONAL_RESULTS,
     gatedDeltaRule<Options::None>},
    {"gated_delta_rule.l2norm(" GDR_FUNCTIONAL_OPERANDS
     ") -> " GDR_FUNCTIONAL_RESULTS,
     gatedDeltaRule<Options::L2Norm>},
    {"gated_delta_rule_(" GDR_IN_PLACE_OPERANDS ", *, Tensor? A_log=None, "
     "Tensor? dt_bias=None, Tensor? cu_seqlens=None, SymInt? max_seqlen=None, "
     "Tensor? read_indices=None, Tensor? write_indices=None, " GDR_ATTRIBUTES
     ") -> Tensor",
     gatedDeltaRuleInPlace<Options::All>},
    {"gated_delta_rule_.plain(" GDR_IN_PLACE_OPERANDS ") -> Tensor",
     gatedDeltaRuleInPlace<Options::None>},
    {"gated_delta_rule_.l2norm(" GDR_IN_PLACE_OPERANDS ") -> Tensor",
     gatedDeltaRuleInPlace<Options::L2Norm>},
};

// The handles are kept for the process's life, as the library itself is.
static void registerOps() {
  TorchLibraryHandle library;
  check(aoti_torch_library_init_def("gdr", __FILE__, __LINE__, &library),
        "add the library 'gdr', which another copy of libgdr_torch may have");
  for (const Overload &overload : overloads)
    check(aoti_torch_library_def(library, overload.schema), "define an op");
  for (const char *key : {"CPU", "CUDA"}) {
    check(
        aoti_torch_library_init_impl("gdr", key, __FILE__, __LINE__, &library),
        "add kernels");
    for (const Overload &overload : overloads) {
      std::string name(overload.schema, std::strcspn(overload.schema, "("));
      check(torch_library_impl(library, name.c_str(), overload.kernel,
                               stableVersion),
            "add a kernel");
    }
  }
}

// Nothing could catch an exception of a library that is being loaded.
__attribute__((constructor)) static void load() {
  try {
    gdr_set_parallel_for(runInTorchThreads);
    registerOps();
  } catch (const std::exception &error) {
    std::fprintf(stderr, "libgdr_torch: %s\n", error.what());
  }
}
