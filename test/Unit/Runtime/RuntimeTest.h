//===- RuntimeTest.h - functions and tensors for the tests ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds by hand what the compiler emits (a gdr_function) and what a caller
// passes (tensors and an argument struct).
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TEST_UNIT_RUNTIME_RUNTIMETEST_H
#define GDR_TEST_UNIT_RUNTIME_RUNTIMETEST_H

#include "gdr-c/Runtime.h"

#include "gtest/gtest.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// A tensor whose data is aligned to 256 bytes.
class Tensor {
public:
  Tensor(DLDataTypeCode code, int bits, std::vector<int64_t> shape,
         DLDevice device);

  DLTensor dl;
  std::vector<int64_t> shape, strides;

  /// Gives explicit strides instead of NULL.
  void setStrides(std::vector<int64_t> values);
  char *getData() const { return static_cast<char *>(dl.data); }

private:
  std::unique_ptr<char[]> buffer;
};

struct Dimension {
  int64_t size = GDR_DYNAMIC;
  int64_t symbol = -1;
  int64_t offset = 0;
  int64_t stride = GDR_DYNAMIC;
};

/// A compiled function with its own state; its host code is `host`.
class Function {
public:
  explicit Function(DLDeviceType device);

  void addTensor(const std::string &name, DLDataTypeCode code, int bits,
                 int64_t alignment, const std::vector<Dimension> &dimensions);
  void addScalar(const std::string &name, gdr_argument_kind kind);
  void addSymbol(const std::string &name) { addName(symbolNames, name); }
  void addKernel(const std::string &name) { addName(kernelNames, name); }
  /// `text` stands for the image's contents, which has all kernels or one. Of
  /// PTX the last character is cut off, so that no NUL byte ends it.
  void addImage(gdr_image_kind kind, int computeCapability, bool isSpecific,
                const char *text, int64_t kernel = -1);

  /// Makes `variant` another variant of this function, for other chips. There
  /// can be one.
  void setVariant(Function &variant);

  /// The finished table; valid until the function changes.
  const gdr_function *get();

  std::function<void(gdr_call *, void *const *)> host;
  /// Bytes of workspace; negative for a function without workspace_size.
  int64_t workspaceBytes = -1;
  int64_t abiVersion = GDR_ABI_VERSION;

private:
  struct Names {
    std::string text;
    int64_t count = 0;
  };
  static void addName(Names &names, const std::string &name);

  gdr_function function;
  Function *next = nullptr;
  bool isSecond = false;
  std::vector<gdr_argument> arguments;
  std::vector<gdr_image> images;
  Names argumentNames, symbolNames, kernelNames;
  void *state = nullptr;
};

/// An argument struct with some slots.
class Arguments {
public:
  explicit Arguments(size_t numSlots);

  gdr_args_header *getHeader() {
    return reinterpret_cast<gdr_args_header *>(words.data());
  }
  void setTensor(size_t slot, const Tensor &tensor);
  void setInteger(size_t slot, int64_t value);
  void setFloat(size_t slot, double value);

private:
  std::vector<uint64_t> words;
};

/// What the host code got for a tensor of some rank.
struct Descriptor {
  void *allocated, *aligned;
  int64_t offset;
  int64_t sizesAndStrides[2 * GDR_MAX_RANK];

  std::vector<int64_t> getSizes(int rank) const {
    return {sizesAndStrides, sizesAndStrides + rank};
  }
  std::vector<int64_t> getStrides(int rank) const {
    return {sizesAndStrides + rank, sizesAndStrides + 2 * rank};
  }
};

/// gdr_invoke, gdr_load and gdr_workspace_size, which also check that the call
/// sets the sentence if it fails and only then. `sentence` is "" for success.
void expectInvoke(Function &function, Arguments &arguments, int32_t status,
                  const std::string &sentence);
void expectLoad(Function &function, int32_t device, int32_t status,
                const std::string &sentence);
void expectWorkspaceSize(Function &function, Arguments &arguments, int64_t size,
                         const std::string &sentence);

/// A CUDA function `decode` with a tensor `x` of f32 [N], a kernel `kernel` and
/// an image for compute capability 9.0, that launches grid (1, 1, 1).
class DeviceFunction : public Function {
public:
  explicit DeviceFunction(bool hasImage = true);
};

/// The arguments of a DeviceFunction.
class DeviceArguments : public Arguments {
public:
  explicit DeviceArguments(int device = 0);

private:
  Tensor x;
};

#endif // GDR_TEST_UNIT_RUNTIME_RUNTIMETEST_H
