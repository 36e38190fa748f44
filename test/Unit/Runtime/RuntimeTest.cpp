//===- RuntimeTest.cpp - functions and tensors for the tests --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The program's main, which selects the stub driver before any test.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"

#include <cstring>

Tensor::Tensor(DLDataTypeCode code, int bits, std::vector<int64_t> sizes,
               DLDevice device)
    : shape(std::move(sizes)) {
  size_t bytes = bits / 8;
  for (int64_t size : shape)
    bytes *= size < 0 ? 0 : size;
  buffer.reset(new char[bytes + 512]);
  auto address = (reinterpret_cast<uintptr_t>(buffer.get()) + 255) & ~255ull;
  std::memset(&dl, 0, sizeof(dl));
  dl.data = reinterpret_cast<void *>(address);
  dl.device = device;
  dl.ndim = static_cast<int>(shape.size());
  dl.dtype = {static_cast<uint8_t>(code), static_cast<uint8_t>(bits), 1};
  dl.shape = shape.data();
}

void Tensor::setStrides(std::vector<int64_t> values) {
  strides = std::move(values);
  dl.strides = strides.data();
}

/// Host code is a plain function pointer; what it runs is set by the last
/// Function::get(), for the first variant and for the second.
static std::function<void(gdr_call *, void *const *)> currentHost[2];
static int64_t currentWorkspaceBytes[2];

template <int variant>
static void runHost(gdr_call *call, void *const *arguments) {
  if (currentHost[variant])
    currentHost[variant](call, arguments);
}

template <int variant>
static int64_t getWorkspaceSize(void *const *) {
  return currentWorkspaceBytes[variant];
}

Function::Function(DLDeviceType device) : function() {
  function.device_type = device;
  function.name = "decode";
}

void Function::addName(Names &names, const std::string &name) {
  names.text += name + '\0';
  ++names.count;
}

void Function::addTensor(const std::string &name, DLDataTypeCode code, int bits,
                         int64_t alignment,
                         const std::vector<Dimension> &dimensions) {
  addName(argumentNames, name);
  gdr_argument argument = {};
  argument.kind = GDR_ARGUMENT_TENSOR;
  argument.type_code = code;
  argument.type_bits = bits;
  argument.rank = static_cast<int64_t>(dimensions.size());
  argument.alignment = alignment;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    argument.sizes[i] = dimensions[i].size;
    argument.symbols[i] = dimensions[i].symbol;
    argument.symbol_offsets[i] = dimensions[i].offset;
    argument.strides[i] = dimensions[i].stride;
  }
  arguments.push_back(argument);
}

void Function::addScalar(const std::string &name, gdr_argument_kind kind) {
  addName(argumentNames, name);
  gdr_argument argument = {};
  argument.kind = kind;
  arguments.push_back(argument);
}

void Function::addImage(gdr_image_kind kind, int computeCapability,
                        bool isSpecific, const char *text, int64_t kernel) {
  int64_t size = static_cast<int64_t>(std::strlen(text));
  if (kind == GDR_IMAGE_PTX)
    --size;
  images.push_back({kind, computeCapability, isSpecific, text, size, kernel});
}

void Function::setVariant(Function &variant) {
  next = &variant;
  variant.isSecond = true;
}

const gdr_function *Function::get() {
  function.abi_version = abiVersion;
  function.num_arguments = static_cast<int64_t>(arguments.size());
  function.arguments = arguments.data();
  function.argument_names = argumentNames.text.c_str();
  function.num_symbols = symbolNames.count;
  function.symbol_names = symbolNames.text.c_str();
  function.num_kernels = kernelNames.count;
  function.kernel_names = kernelNames.text.c_str();
  function.num_images = static_cast<int64_t>(images.size());
  function.images = images.data();
  function.host = isSecond ? runHost<1> : runHost<0>;
  function.workspace_size =
      isSecond ? getWorkspaceSize<1> : getWorkspaceSize<0>;
  if (workspaceBytes < 0)
    function.workspace_size = nullptr;
  function.state = &state;
  function.next = next ? next->get() : nullptr;
  currentHost[isSecond] = host;
  currentWorkspaceBytes[isSecond] = workspaceBytes;
  return &function;
}

Arguments::Arguments(size_t numSlots)
    : words(sizeof(gdr_args_header) / 8 + numSlots, 0) {
  getHeader()->size = words.size() * 8;
}

void Arguments::setTensor(size_t slot, const Tensor &tensor) {
  setInteger(slot, reinterpret_cast<int64_t>(&tensor.dl));
}

void Arguments::setInteger(size_t slot, int64_t value) {
  words[sizeof(gdr_args_header) / 8 + slot] = static_cast<uint64_t>(value);
}

void Arguments::setFloat(size_t slot, double value) {
  std::memcpy(&words[sizeof(gdr_args_header) / 8 + slot], &value, 8);
}

/// Leaves a sentence that no other failure has.
static std::string poisonSentence() {
  Function other(kDLCPU);
  other.abiVersion = 77;
  EXPECT_EQ(gdr_load(other.get(), 0), GDR_ABI_MISMATCH);
  return gdr_last_error();
}

void expectInvoke(Function &function, Arguments &arguments, int32_t status,
                  const std::string &sentence) {
  std::string poison = poisonSentence();
  EXPECT_EQ(gdr_invoke(function.get(), arguments.getHeader()), status)
      << gdr_last_error();
  EXPECT_EQ(gdr_last_error(), status == GDR_OK ? poison : sentence);
}

void expectLoad(Function &function, int32_t device, int32_t status,
                const std::string &sentence) {
  std::string poison = poisonSentence();
  EXPECT_EQ(gdr_load(function.get(), device), status) << gdr_last_error();
  EXPECT_EQ(gdr_last_error(), status == GDR_OK ? poison : sentence);
}

void expectWorkspaceSize(Function &function, Arguments &arguments, int64_t size,
                         const std::string &sentence) {
  std::string poison = poisonSentence();
  EXPECT_EQ(gdr_workspace_size(function.get(), arguments.getHeader()), size)
      << gdr_last_error();
  EXPECT_EQ(gdr_last_error(), size >= 0 ? poison : sentence);
}

DeviceFunction::DeviceFunction(bool hasImage) : Function(kDLCUDA) {
  addSymbol("N");
  addTensor("x", kDLFloat, 32, 4, {{GDR_DYNAMIC, 0, 0, 1}});
  addKernel("kernel");
  if (hasImage)
    addImage(GDR_IMAGE_CUBIN, 90, false, "cubin sm_90");
  host = [](gdr_call *call, void *const *) {
    int64_t parameter = 42;
    void *parameters[] = {&parameter};
    gdr_launch(call, 0, 1, 1, 1, 32, 1, 1, 0, 0, parameters);
  };
}

DeviceArguments::DeviceArguments(int device)
    : Arguments(1), x(kDLFloat, 32, {4}, DLDevice{kDLCUDA, device}) {
  setTensor(0, x);
}

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  // A death test starts the program anew, with a runtime that has done nothing.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  if (gdr_set_driver_library(GDR_STUB_DRIVER) != GDR_OK)
    return 1;
  return RUN_ALL_TESTS();
}
