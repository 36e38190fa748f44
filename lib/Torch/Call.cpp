//===- Call.cpp - one call of a compiled function -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include "Kernels.h"

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <stdexcept>

using namespace gdr::torch;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

namespace {

/// Element types that an operand may have.
struct Types {
  uint32_t mask; // of gdr_element_type
  const char *names;
};

/// What an operand may be, for the signature; everything else is left to the
/// compiled function's own checks.
struct Rule {
  int minRank;
  int maxRank;
  Types types;
};

/// What is known of an element type.
struct TypeInfo {
  gdr_element_type type;
  uint8_t code;
  uint8_t bits;
  const char *name;
};

} // namespace

static const Rule &getRule(Operand operand) {
  static constexpr Types activation = {1u << GDR_BF16 | 1u << GDR_F16 |
                                           1u << GDR_F32,
                                       "bfloat16, float16 or float32"};
  static constexpr Types gate = {1u << GDR_F32 | 1u << GDR_BF16,
                                 "float32 or bfloat16"};
  static constexpr Types index = {1u << GDR_I32 | 1u << GDR_I64,
                                  "int32 or int64"};
  static constexpr Rule rules[] = {
      {4, 4, activation}, // q
      {4, 4, activation}, // k
      {4, 4, activation}, // v
      {3, 4, gate},       // g
      {3, 3, gate},       // beta
      {1, 2, gate},       // A_log
      {1, 2, gate},       // dt_bias
      {4, 4, activation}, // initial_state
      {1, 1, index},      // cu_seqlens
      {0, 0, index},      // max_seqlen
      {1, 1, index},      // read_indices
      {1, 1, index},      // write_indices
      {4, 4, activation}, // o
      {4, 4, activation}, // final_state
  };
  static_assert(std::size(rules) == GDR_NUM_OPERANDS);
  return rules[operand];
}

static const TypeInfo *getTypeInfo(int32_t dtype) {
  struct Entry {
    int32_t dtype;
    TypeInfo info;
  };
  static const Entry entries[] = {
      {aoti_torch_dtype_bfloat16(), {GDR_BF16, kDLBfloat, 16, "bfloat16"}},
      {aoti_torch_dtype_float16(), {GDR_F16, kDLFloat, 16, "float16"}},
      {aoti_torch_dtype_float32(), {GDR_F32, kDLFloat, 32, "float32"}},
      {aoti_torch_dtype_int32(), {GDR_I32, kDLInt, 32, "int32"}},
      {aoti_torch_dtype_int64(), {GDR_I64, kDLInt, 64, "int64"}},
  };
  for (const Entry &entry : entries)
    if (entry.dtype == dtype)
      return &entry.info;
  return nullptr;
}

static int32_t getDtype(gdr_element_type type) {
  switch (type) {
  case GDR_BF16:
    return aoti_torch_dtype_bfloat16();
  case GDR_F16:
    return aoti_torch_dtype_float16();
  default:
    return aoti_torch_dtype_float32();
  }
}

// In the schema of the op.
static const char *getName(Operand operand, bool isInPlace) {
  return isInPlace && operand == InitialState ? "state"
                                              : gdr_operand_name(operand);
}

void Call::fail(Operand operand, const std::string &problem) const {
  throw std::invalid_argument(std::string("argument '") +
                              getName(operand, signature.in_place) +
                              "': " + problem);
}

void Call::add(Operand operand, const Tensor &tensor) {
  if (!tensor)
    return;
  AtenTensorHandle handle = tensor.get();
  DLTensor &to = tensors[operand];
  int64_t rank, *sizes, *strides;
  int32_t dtype, deviceType;
  bool isDefined;
  void *data;
  check(aoti_torch_is_defined(handle, &isDefined), "look at a tensor");
  if (!isDefined)
    fail(operand, "expected a tensor, got None");
  check(aoti_torch_get_dim(handle, &rank), "read a tensor's rank");
  check(aoti_torch_get_sizes(handle, &sizes), "read a tensor's sizes");
  check(aoti_torch_get_strides(handle, &strides), "read a tensor's strides");
  check(aoti_torch_get_dtype(handle, &dtype), "read a tensor's dtype");
  check(aoti_torch_get_device_type(handle, &deviceType),
        "read a tensor's device");
  check(aoti_torch_get_device_index(handle, &to.device.device_id),
        "read a tensor's device");
  bool isWritten =
      operand >= O || (signature.in_place && operand == InitialState);
  check(isWritten ? torch_get_mutable_data_ptr(handle, &data)
                  : torch_get_const_data_ptr(handle,
                                             const_cast<const void **>(&data)),
        "read a tensor's address");

  const Rule &rule = getRule(operand);
  if (rank < rule.minRank || rank > rule.maxRank)
    fail(operand, "expected rank " + std::to_string(rule.minRank) + ", got " +
                      std::to_string(rank));
  const TypeInfo *info = getTypeInfo(dtype);
  if (!info || !(rule.types.mask & 1u << info->type))
    fail(operand, std::string("expected dtype ") + rule.types.names + ", got " +
                      (info ? info->name : "another one"));
  for (int64_t i = 0; isWritten && i < rank; ++i)
    if (strides[i] == 0 && sizes[i] > 1)
      fail(operand, "expected elements of its own, which the call writes, got "
                    "a view that repeats them along dimension " +
                        std::to_string(i));
  bool isCPU = deviceType == aoti_torch_device_type_cpu();
  if (!isCPU && deviceType != aoti_torch_device_type_cuda())
    fail(operand, "expected a tensor on the CPU or a CUDA device");

  signature.types[operand] = info->type;
  to.data = data;
  to.device.device_type = isCPU ? kDLCPU : kDLCUDA;
  if (isCPU)
    to.device.device_id = 0;
  to.ndim = static_cast<int32_t>(rank);
  to.dtype = {info->code, info->bits, 1};
  to.shape = sizes;
  to.strides = strides;
  to.byte_offset = 0;
}

static Tensor allocate(int64_t rank, const int64_t *sizes,
                       const int64_t *strides, int32_t dtype,
                       const DLDevice &device, const char *what) {
  AtenTensorHandle handle;
  int32_t deviceType = device.device_type == kDLCPU
                           ? aoti_torch_device_type_cpu()
                           : aoti_torch_device_type_cuda();
  check(aoti_torch_empty_strided(rank, sizes, strides, dtype, deviceType,
                                 device.device_id, &handle),
        what);
  return Tensor(handle);
}

Tensor Call::createResult(const std::array<int64_t, 4> &shape,
                          gdr_element_type type) const {
  int64_t strides[4], stride = 1;
  for (int i = 3; i >= 0; --i) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return allocate(4, shape.data(), strides, getDtype(type), tensors[Q].device,
                  "allocate a result");
}

// The handles keep the sizes that the DLTensors point to.
Tensor Call::addOutput() {
  Tensor o = createResult(
      {getSize(Q, 0), getSize(Q, 1), getSize(V, 2), getSize(V, 3)}, getType(Q));
  add(O, o);
  return o;
}

Tensor Call::addFinalState(gdr_element_type type) {
  Tensor state = createResult(getStateShape(getNumSequences()), type);
  add(FinalState, state);
  return state;
}

Tensor Call::createNoFinalState(gdr_element_type type) const {
  return createResult(getStateShape(0), type);
}

std::array<int64_t, 4> Call::getStateShape(int64_t count) const {
  int64_t rows = getSize(Q, 3), columns = getSize(V, 3);
  if (signature.state_v_first)
    std::swap(rows, columns);
  return {count, getSize(V, 2), rows, columns};
}

int64_t Call::getNumSequences() const {
  if (has(CuSeqlens))
    return std::max<int64_t>(getSize(CuSeqlens, 0) - 1, 0);
  return getSize(Q, 0);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

[[noreturn]] static void
failToParse(const char *name, const std::string &value,
            std::initializer_list<const char *> cases) {
  std::string known;
  for (const char *text : cases)
    known += std::string(known.empty() ? "'" : ", '") + text + "'";
  throw std::invalid_argument(std::string("argument '") + name +
                              "': expected one of " + known + ", got '" +
                              value + "'");
}

// The number of the case, of the first if there is no value.
static int32_t parse(const char *name, const std::optional<std::string> &value,
                     std::initializer_list<const char *> cases) {
  if (!value)
    return 0;
  const auto *found = std::find(cases.begin(), cases.end(), *value);
  if (found == cases.end())
    failToParse(name, *value, cases);
  return static_cast<int32_t>(found - cases.begin());
}

Call::Call(const Attributes &attributes, bool isInPlace) {
  signature.size = sizeof(signature);
  signature.in_place = isInPlace;
  signature.state_v_first =
      parse("state_layout", attributes.stateLayout, {"k_first", "v_first"});
  signature.gate_form = parse("gate_form", attributes.gateForm,
                              {"log", "softplus", "bounded_sigmoid"});
  signature.beta_form = parse("beta_form", attributes.betaForm,
                              {"given", "sigmoid", "twice_sigmoid"});
  signature.qk_l2norm = attributes.hasL2Norm;
  if (attributes.hasL2Norm)
    signature.l2norm_eps = static_cast<float>(attributes.l2normEps);
  signature.has_scale = attributes.scale.has_value();
  signature.scale = static_cast<float>(attributes.scale.value_or(0));
  signature.lower_bound = static_cast<float>(attributes.lowerBound.value_or(0));
  bool isBounded = signature.gate_form == GDR_GATE_BOUNDED_SIGMOID;
  if (isBounded != attributes.lowerBound.has_value())
    throw std::invalid_argument(
        isBounded ? "argument 'lower_bound': expected a number with gate_form "
                    "'bounded_sigmoid'"
                  : "argument 'lower_bound': expected none without gate_form "
                    "'bounded_sigmoid'");
}

void Call::addMaxSeqlen(std::optional<int64_t> length) {
  if (!length)
    return;
  maxSeqlen = *length;
  signature.types[MaxSeqlen] = GDR_I64;
}

//===----------------------------------------------------------------------===//
// The call itself
//===----------------------------------------------------------------------===//

static void *getCurrentStream(int32_t device) {
  void *stream = nullptr;
  if (!aoti_torch_get_current_cuda_stream)
    throw std::runtime_error("this build of torch has no CUDA");
  check(aoti_torch_get_current_cuda_stream(device, &stream),
        "find the current CUDA stream");
  return stream;
}

namespace {

/// Memory of torch's allocator, which hands it out again only to what runs
/// later in this stream.
class Workspace {
public:
  explicit Workspace(const DLDevice &device) : device(device) {}

  /// Of a gdr_workspace_source.
  static void *allocate(void *context, size_t bytes) {
    auto *workspace = static_cast<Workspace *>(context);
    try {
      return workspace->take(bytes);
    } catch (...) {
      workspace->error = std::current_exception();
      return nullptr;
    }
  }

  /// What kept it from allocating: the caller in between is C.
  void rethrow() const {
    if (error)
      std::rethrow_exception(error);
  }

private:
  void *take(size_t bytes) {
    constexpr size_t alignment = 256;
    size_t space = bytes + alignment;
    auto size = static_cast<int64_t>(space);
    constexpr int64_t stride = 1;
    tensor = ::allocate(1, &size, &stride, aoti_torch_dtype_uint8(), device,
                        "allocate the workspace");
    void *data;
    check(torch_get_mutable_data_ptr(tensor.get(), &data),
          "read a tensor's address");
    return std::align(alignment, bytes, data, space);
  }

  DLDevice device;
  Tensor tensor;
  std::exception_ptr error;
};

} // namespace

static void checkStatus(int32_t status) {
  if (status == GDR_OK)
    return;
  if (status == GDR_INVALID_ARGUMENT)
    throw std::invalid_argument(gdr_last_error());
  throw std::runtime_error(gdr_last_error());
}

void Call::run() {
  describe();
  checkIndices();
  const gdr_module &kernel =
      getKernel(signature, isOnCPU() ? cpuChip : getDeviceChip(getDevice()));

  struct {
    gdr_args_header header;
    uint64_t slots[GDR_NUM_OPERANDS];
  } args = {};
  int count = 0;
  for (int i = 0; i < GDR_NUM_OPERANDS; ++i) {
    auto operand = static_cast<Operand>(i);
    if (!isArgument(operand))
      continue;
    args.slots[count++] = operand == MaxSeqlen
                              ? static_cast<uint64_t>(maxSeqlen)
                              : reinterpret_cast<uint64_t>(&tensors[i]);
  }
  args.header.size = sizeof(args.header) + count * sizeof(uint64_t);
  if (!isOnCPU())
    args.header.stream = getCurrentStream(getDevice());

  Workspace workspace(tensors[Q].device);
  gdr_workspace_source source = {Workspace::allocate, &workspace};
  args.header.flags = GDR_WORKSPACE_FROM_SOURCE;
  args.header.workspace = &source;
  int32_t status = kernel.entry(&args.header);
  workspace.rethrow();
  checkStatus(status);
}
