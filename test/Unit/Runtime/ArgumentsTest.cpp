//===- ArgumentsTest.cpp - checks and descriptors of arguments ------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function with every kind of argument; each test breaks one thing and
// expects the sentence for it, and that the host code did not run.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"

#include <cinttypes>

namespace {

constexpr DLDevice cpu = {kDLCPU, 0};
constexpr int B = 0, T = 1, N = 2;

class ArgumentsTest : public testing::Test {
protected:
  ArgumentsTest() : function(kDLCPU), arguments(6) {
    function.addSymbol("B");
    function.addSymbol("T");
    function.addSymbol("N");
    std::vector<Dimension> tokens = {
        {GDR_DYNAMIC, B}, {GDR_DYNAMIC, T}, {8, -1, 0, 1}};
    function.addTensor("q", kDLBfloat, 16, 16, tokens);
    function.addTensor("k", kDLBfloat, 16, 16, tokens);
    function.addTensor("offsets", kDLInt, 32, 4, {{GDR_DYNAMIC, N, 1, 1}});
    function.addTensor("state", kDLFloat, 32, 16,
                       {{GDR_DYNAMIC, N, 0, 32}, {4, -1, 0, 8}, {8, -1, 0, 1}});
    function.addScalar("limit", GDR_ARGUMENT_INTEGER);
    function.addScalar("scale", GDR_ARGUMENT_FLOAT);
    arguments.setTensor(0, q);
    arguments.setTensor(1, k);
    arguments.setTensor(2, offsets);
    arguments.setTensor(3, state);
    arguments.setInteger(4, -7);
    arguments.setFloat(5, 0.25);
    function.host = [this](gdr_call *, void *const *values) {
      ++numRuns;
      for (int i = 0; i < 4; ++i)
        got[i] = *static_cast<const Descriptor *>(values[i]);
      limit = *static_cast<const int64_t *>(values[4]);
      scale = *static_cast<const double *>(values[5]);
    };
    for (Descriptor &descriptor : got)
      memset(&descriptor, 0xCC, sizeof(descriptor));
  }

  void expectSuccess() {
    expectInvoke(function, arguments, GDR_OK, "");
    EXPECT_EQ(numRuns, 1);
  }
  void expectError(const std::string &sentence) {
    expectInvoke(function, arguments, GDR_INVALID_ARGUMENT, sentence);
    expectWorkspaceSize(function, arguments, -GDR_INVALID_ARGUMENT, sentence);
    EXPECT_EQ(numRuns, 0);
  }

  Function function;
  Arguments arguments;
  Tensor q{kDLBfloat, 16, {2, 3, 8}, cpu};
  Tensor k{kDLBfloat, 16, {2, 3, 8}, cpu};
  Tensor offsets{kDLInt, 32, {6}, cpu};
  Tensor state{kDLFloat, 32, {5, 4, 8}, cpu};

  int numRuns = 0;
  Descriptor got[4];
  int64_t limit = 0;
  double scale = 0;
};

std::string toHex(const void *address) {
  char text[32];
  snprintf(text, sizeof(text), "0x%" PRIxPTR,
           reinterpret_cast<uintptr_t>(address));
  return text;
}

using Integers = std::vector<int64_t>;

TEST_F(ArgumentsTest, FillsDescriptors) {
  q.setStrides({800, 16, 1});
  q.dl.byte_offset = 32;
  expectSuccess();
  EXPECT_EQ(got[0].allocated, q.getData() + 32);
  EXPECT_EQ(got[0].aligned, q.getData() + 32);
  EXPECT_EQ(got[0].offset, 0);
  EXPECT_EQ(got[0].getSizes(3), (Integers{2, 3, 8}));
  EXPECT_EQ(got[0].getStrides(3), (Integers{800, 16, 1}));
  EXPECT_EQ(got[1].aligned, k.getData());
  EXPECT_EQ(got[1].getStrides(3), (Integers{24, 8, 1}));
  EXPECT_EQ(got[2].getSizes(1), (Integers{6}));
  EXPECT_EQ(got[2].getStrides(1), (Integers{1}));
  EXPECT_EQ(got[3].aligned, state.getData());
  EXPECT_EQ(got[3].getSizes(3), (Integers{5, 4, 8}));
  EXPECT_EQ(got[3].getStrides(3), (Integers{32, 8, 1}));
  EXPECT_EQ(limit, -7);
  EXPECT_EQ(scale, 0.25);
}

TEST_F(ArgumentsTest, RankZero) {
  Function scalar(kDLCPU);
  scalar.addTensor("x", kDLFloat, 32, 4, {});
  Tensor x(kDLFloat, 32, {}, cpu);
  x.dl.shape = nullptr;
  Arguments one(1);
  one.setTensor(0, x);
  void *aligned = nullptr;
  scalar.host = [&](gdr_call *, void *const *values) {
    aligned = static_cast<const Descriptor *>(values[0])->aligned;
  };
  expectInvoke(scalar, one, GDR_OK, "");
  EXPECT_EQ(aligned, x.getData());
}

TEST_F(ArgumentsTest, DynamicStridesMayBeZeroOrNegative) {
  q.setStrides({0, -8, 1});
  q.dl.byte_offset = 32;
  expectSuccess();
  EXPECT_EQ(got[0].getStrides(3), (Integers{0, -8, 1}));
}

TEST_F(ArgumentsTest, StridesOfSingleElementsAreFree) {
  // One token, as PyTorch exports it: stride 1 for each dimension of size 1.
  q.shape = k.shape = {1, 1, 8};
  q.setStrides({1, 1, 1});
  offsets.shape = {2};
  state.shape = {1, 4, 8};
  state.setStrides({3, 8, 1});
  expectSuccess();
  EXPECT_EQ(got[0].getStrides(3), (Integers{8, 8, 1}));
  EXPECT_EQ(got[3].getStrides(3), (Integers{32, 8, 1}));
}

TEST_F(ArgumentsTest, EmptyTensorsNeedNoData) {
  q.shape = k.shape = {2, 0, 8};
  q.dl.data = nullptr;
  q.dl.byte_offset = 2;
  k.setStrides({1, 1, 1});
  offsets.shape = {1};
  state.shape = {0, 4, 8};
  state.dl.data = nullptr;
  expectSuccess();
  EXPECT_EQ(got[0].aligned, nullptr);
  EXPECT_EQ(got[0].getSizes(3), (Integers{2, 0, 8}));
  EXPECT_EQ(got[1].aligned, k.getData());
  EXPECT_EQ(got[3].getStrides(3), (Integers{32, 8, 1}));
}

TEST_F(ArgumentsTest, Null) {
  EXPECT_EQ(gdr_invoke(function.get(), nullptr), GDR_INVALID_ARGUMENT);
  EXPECT_STREQ(gdr_last_error(),
               "expected the arguments of 'decode', got NULL");
  EXPECT_EQ(numRuns, 0);
}

TEST_F(ArgumentsTest, SizeOfStruct) {
  arguments.getHeader()->size = 32;
  expectError("arguments of 'decode': expected the field 'size' to be at least "
              "40, got 32");
}

TEST_F(ArgumentsTest, SlotsBeyondTheSizeAreZero) {
  arguments.getHeader()->size = sizeof(gdr_args_header) + 4 * 8;
  expectSuccess();
  EXPECT_EQ(limit, 0);
  EXPECT_EQ(scale, 0.0);
}

TEST_F(ArgumentsTest, HalfASlotIsBeyondTheSize) {
  arguments.getHeader()->size = sizeof(gdr_args_header) + 4 * 8 + 7;
  expectSuccess();
  EXPECT_EQ(limit, 0);
}

TEST_F(ArgumentsTest, TensorsBeyondTheSizeAreMissing) {
  arguments.getHeader()->size = sizeof(gdr_args_header);
  expectError("argument 'q' is missing: expected a DLPack tensor");
}

TEST_F(ArgumentsTest, MissingTensor) {
  arguments.setInteger(1, 0);
  expectError("argument 'k' is missing: expected a DLPack tensor");
}

TEST_F(ArgumentsTest, TooManyArguments) {
  Function wide(kDLCPU);
  for (int i = 0; i < 33; ++i)
    wide.addScalar("x", GDR_ARGUMENT_INTEGER);
  Arguments many(33);
  expectInvoke(wide, many, GDR_INVALID_ARGUMENT,
               "function 'decode': expected at most 32 arguments, got 33");
}

TEST_F(ArgumentsTest, TooManySymbols) {
  Function wide(kDLCPU);
  for (int i = 0; i < 33; ++i)
    wide.addSymbol("x");
  Arguments none(0);
  expectInvoke(wide, none, GDR_INVALID_ARGUMENT,
               "function 'decode': expected at most 32 symbols, got 33");
}

TEST_F(ArgumentsTest, AbiVersion) {
  function.abiVersion = 1;
  std::string sentence = "expected an object for version 2 of the runtime ABI, "
                         "got one for version 1";
  expectInvoke(function, arguments, GDR_ABI_MISMATCH, sentence);
  expectWorkspaceSize(function, arguments, -GDR_ABI_MISMATCH, sentence);
  expectLoad(function, 0, GDR_ABI_MISMATCH, sentence);
  EXPECT_EQ(numRuns, 0);
}

TEST_F(ArgumentsTest, DeviceType) {
  k.dl.device = {kDLCUDA, 0};
  expectError("argument 'k': expected a tensor on device type 1 (CPU), got 2 "
              "(CUDA)");
  k.dl.device.device_type = kDLCUDAManaged;
  expectError("argument 'k': expected a tensor on device type 1 (CPU), got 13 "
              "(CUDA managed memory)");
  k.dl.device.device_type = kDLVulkan;
  expectError("argument 'k': expected a tensor on device type 1 (CPU), got 7 "
              "(unknown)");
}

TEST_F(ArgumentsTest, DeviceNumber) {
  k.dl.device.device_id = 3;
  expectError("argument 'k': expected device 0 as for 'q', got 3");
}

TEST_F(ArgumentsTest, ElementType) {
  k.dl.dtype = {kDLFloat, 16, 1};
  expectError("argument 'k': expected elements of type bf16, got f16");
  k.dl.dtype = {kDLBfloat, 32, 1};
  expectError("argument 'k': expected elements of type bf16, got bf32");
  k.dl.dtype = {kDLBfloat, 16, 4};
  expectError("argument 'k': expected elements of type bf16, got bf16x4");
  k.dl.dtype = {kDLUInt, 8, 1};
  expectError("argument 'k': expected elements of type bf16, got ui8");
  k.dl.dtype = {9, 24, 1};
  expectError("argument 'k': expected elements of type bf16, got DLPack type "
              "code 9 of 24 bits");
  k.dl.dtype = q.dl.dtype;
  offsets.dl.dtype.bits = 64;
  expectError("argument 'offsets': expected elements of type i32, got i64");
}

TEST_F(ArgumentsTest, Rank) {
  k.dl.ndim = 2;
  expectError("argument 'k': expected rank 3, got 2");
}

TEST_F(ArgumentsTest, Shape) {
  k.dl.shape = nullptr;
  expectError("argument 'k': expected a shape, got NULL");
}

TEST_F(ArgumentsTest, StaticSize) {
  k.shape[2] = 16;
  expectError("argument 'k': expected dimension 2 to be 8, got 16");
}

TEST_F(ArgumentsTest, SymbolicSize) {
  k.shape[0] = 4;
  expectError("argument 'k': expected dimension 0 (B) to be 2 as in 'q', got "
              "4");
}

TEST_F(ArgumentsTest, SymbolicSizeWithOffset) {
  // The first argument that names N is `offsets`, with N + 1 elements.
  state.shape[0] = 6;
  expectError("argument 'state': expected dimension 0 (N) to be 5 as in "
              "'offsets', got 6");
  offsets.shape[0] = 0;
  expectError("argument 'offsets': expected dimension 0 (N + 1) to be at least "
              "1, got 0");
}

TEST_F(ArgumentsTest, SymbolicSizeWithOffsetAfterItsDefinition) {
  Function other(kDLCPU);
  other.addSymbol("N");
  other.addTensor("state", kDLFloat, 32, 4, {{GDR_DYNAMIC, 0, 0, 1}});
  other.addTensor("offsets", kDLInt, 32, 4, {{GDR_DYNAMIC, 0, 1, 1}});
  other.addTensor("rest", kDLInt, 32, 4, {{GDR_DYNAMIC, 0, -1, 1}});
  Tensor x(kDLFloat, 32, {5}, cpu), y(kDLInt, 32, {5}, cpu),
      z(kDLInt, 32, {5}, cpu);
  Arguments three(3);
  three.setTensor(0, x);
  three.setTensor(1, y);
  three.setTensor(2, z);
  expectInvoke(other, three, GDR_INVALID_ARGUMENT,
               "argument 'offsets': expected dimension 0 (N + 1) to be 6 with "
               "N = 5 as in 'state', got 5");
  y.shape[0] = 6;
  expectInvoke(other, three, GDR_INVALID_ARGUMENT,
               "argument 'rest': expected dimension 0 (N - 1) to be 4 with "
               "N = 5 as in 'state', got 5");
  z.shape[0] = 4;
  expectInvoke(other, three, GDR_OK, "");
}

TEST_F(ArgumentsTest, NegativeSize) {
  q.shape[1] = k.shape[1] = -1;
  expectError("argument 'q': expected dimension 1 (T) to be at least 0, got "
              "-1");
}

TEST_F(ArgumentsTest, StaticStride) {
  state.setStrides({64, 8, 1});
  expectError("argument 'state': expected the stride of dimension 0 to be 32, "
              "got 64");
  state.setStrides({32, 8, 2});
  expectError("argument 'state': expected the stride of dimension 2 to be 1, "
              "got 2");
}

/// A function with an identity-layout tensor `x` of bf16 [?, ?, 32].
class ContiguousTest : public testing::Test {
protected:
  ContiguousTest() : function(kDLCPU), arguments(1) {
    function.addTensor("x", kDLBfloat, 16, 2,
                       {{GDR_DYNAMIC, -1, 0, GDR_CONTIGUOUS},
                        {GDR_DYNAMIC, -1, 0, 32},
                        {32, -1, 0, 1}});
    arguments.setTensor(0, x);
    function.host = [this](gdr_call *, void *const *values) {
      got = static_cast<const Descriptor *>(values[0])->getStrides(3);
    };
  }

  void expectStrides(const Integers &strides) {
    expectInvoke(function, arguments, GDR_OK, "");
    EXPECT_EQ(got, strides);
  }

  Function function;
  Arguments arguments;
  Tensor x{kDLBfloat, 16, {2, 9, 32}, cpu};
  Integers got;
};

TEST_F(ContiguousTest, RowMajor) {
  expectStrides({288, 32, 1});
  x.setStrides({288, 32, 1});
  expectStrides({288, 32, 1});
}

TEST_F(ContiguousTest, View) {
  for (int64_t stride : {512, 0, -288, 32}) {
    x.setStrides({stride, 32, 1});
    expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
                 "argument 'x': expected a contiguous tensor, in which the "
                 "stride of dimension 0 is 288, got " +
                     std::to_string(stride) +
                     "; compile for strided<[?, ...]> memrefs to take views");
  }
  EXPECT_TRUE(got.empty());
}

TEST_F(ContiguousTest, SingleElementsAndEmptyTensorsAreFree) {
  x.shape = {1, 9, 32};
  x.setStrides({512, 32, 1});
  expectStrides({288, 32, 1});
  x.shape = {2, 1, 32};
  x.setStrides({32, 1, 1});
  expectStrides({32, 32, 1});
  x.shape = {2, 0, 32};
  x.setStrides({7, 7, 7});
  expectStrides({0, 32, 1});
}

TEST_F(ArgumentsTest, AlignmentOfStrides) {
  q.setStrides({800, 12, 1});
  expectError("argument 'q': expected the stride of dimension 1 to be a "
              "multiple of 16 bytes, got 24 bytes");
  q.setStrides({800, -12, 1});
  expectError("argument 'q': expected the stride of dimension 1 to be a "
              "multiple of 16 bytes, got -24 bytes");
}

TEST_F(ArgumentsTest, Data) {
  k.dl.data = nullptr;
  k.dl.byte_offset = 64;
  expectError("argument 'k': expected a pointer to the data, got NULL");
}

TEST_F(ArgumentsTest, AlignmentOfData) {
  k.dl.byte_offset = 8;
  expectError("argument 'k': expected the first element at a multiple of 16 "
              "bytes, got address " +
              toHex(k.getData() + 8));
  k.dl.data = k.getData() + 8;
  expectSuccess();
}

} // namespace
