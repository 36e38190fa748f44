//===- TensorMapTest.cpp - tensor maps of arguments -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What reaches the driver for a tensor map, and which tensors have none.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "StubDriver.h"

#include <algorithm>
#include <cstring>

namespace {

struct alignas(GDR_TENSOR_MAP_ALIGNMENT) Map {
  unsigned char bytes[GDR_TENSOR_MAP_BYTES] = {};
};

// A tensor [B, T, H, D] of bf16 and a box of 64 tokens.
gdr_tensor_map getDescription() {
  gdr_tensor_map description = {};
  description.argument = 0;
  description.type_code = kDLBfloat;
  description.type_bits = 16;
  description.rank = 4;
  description.swizzle = 128;
  description.address = reinterpret_cast<const void *>(0x7f0000001230);
  std::copy_n(std::initializer_list<int64_t>{3, 1000, 16, 128}.begin(), 4,
              description.sizes);
  std::copy_n(std::initializer_list<int64_t>{4096000, 4096, 128, 1}.begin(), 4,
              description.strides);
  std::copy_n(std::initializer_list<int64_t>{1, 64, 1, 64}.begin(), 4,
              description.box);
  return description;
}

class TensorMapTest : public testing::Test {
protected:
  void SetUp() override {
    stub::reset();
    function.host = [this](gdr_call *call, void *const *) {
      fits = gdr_fits_boxes(call, &description);
      gdr_encode_tensor_map(call, &map, &description);
      void *parameters[] = {&map};
      gdr_launch(call, 0, 1, 1, 1, 32, 1, 1, 0, 0, parameters);
    };
  }

  void expectMap() {
    expectInvoke(function, arguments, GDR_OK, "");
    EXPECT_EQ(fits, 1);
    EXPECT_EQ(stub::getTensorMaps().size(), 1u);
    EXPECT_EQ(stub::getLaunches().size(), 1u);
  }
  void expectNoMap(int32_t status, const std::string &sentence) {
    expectInvoke(function, arguments, status, sentence);
    EXPECT_EQ(fits, 0);
    EXPECT_TRUE(stub::getTensorMaps().empty());
    EXPECT_TRUE(stub::getLaunches().empty());
  }

  DeviceFunction function;
  DeviceArguments arguments;
  gdr_tensor_map description = getDescription();
  Map map;
  int64_t fits = -1;
};

using Sizes = std::vector<uint64_t>;
using Box = std::vector<uint32_t>;

TEST_F(TensorMapTest, PassesEverything) {
  expectMap();
  stub::TensorMap got = stub::getTensorMaps()[0];
  EXPECT_EQ(got.type, 9); // CU_TENSOR_MAP_DATA_TYPE_BFLOAT16
  EXPECT_EQ(got.address, description.address);
  EXPECT_EQ(got.sizes, Sizes({128, 16, 1000, 3}));
  EXPECT_EQ(got.strides, Sizes({256, 8192, 8192000}));
  EXPECT_EQ(got.box, Box({64, 1, 64, 1}));
  EXPECT_EQ(got.elementStrides, Box({1, 1, 1, 1}));
  EXPECT_EQ(got.interleave, 0);
  EXPECT_EQ(got.swizzle, 3);   // CU_TENSOR_MAP_SWIZZLE_128B
  EXPECT_EQ(got.promotion, 3); // CU_TENSOR_MAP_L2_PROMOTION_L2_256B
  EXPECT_EQ(got.fill, 0);      // zeros
  EXPECT_EQ(map.bytes[0], 0x5a);
  EXPECT_EQ(map.bytes[127], 0x5a);
}

TEST_F(TensorMapTest, TypesAndSwizzles) {
  struct Case {
    int64_t code, bits, swizzle;
    int type, expected;
  };
  for (const Case &test :
       {Case{kDLFloat, 16, 0, 6, 0}, Case{kDLFloat, 32, 32, 7, 1},
        Case{kDLBfloat, 16, 64, 9, 2}}) {
    stub::reset();
    description.type_code = test.code;
    description.type_bits = test.bits;
    description.swizzle = test.swizzle;
    expectMap();
    stub::TensorMap got = stub::getTensorMaps()[0];
    EXPECT_EQ(got.type, test.type);
    EXPECT_EQ(got.swizzle, test.expected);
    EXPECT_EQ(got.strides[0], 128u * test.bits / 8);
  }
}

TEST_F(TensorMapTest, Ranks) {
  description.rank = 1;
  description.sizes[0] = 7;
  description.box[0] = 64;
  expectMap();
  EXPECT_EQ(stub::getTensorMaps()[0].sizes, Sizes({7}));
  EXPECT_TRUE(stub::getTensorMaps()[0].strides.empty());

  stub::reset();
  description = getDescription();
  description.rank = 5;
  std::copy_n(std::initializer_list<int64_t>{2, 3, 4, 5, 64}.begin(), 5,
              description.sizes);
  std::copy_n(std::initializer_list<int64_t>{3840, 1280, 320, 64, 1}.begin(), 5,
              description.strides);
  std::copy_n(std::initializer_list<int64_t>{1, 1, 4, 5, 64}.begin(), 5,
              description.box);
  expectMap();
  EXPECT_EQ(stub::getTensorMaps()[0].sizes, Sizes({64, 5, 4, 3, 2}));
  EXPECT_EQ(stub::getTensorMaps()[0].strides, Sizes({128, 640, 2560, 7680}));
}

// Nothing is ever reached through the stride over one element.
TEST_F(TensorMapTest, DimensionsOfOneElement) {
  description.sizes[0] = description.sizes[2] = 1;
  description.strides[0] = -3;
  description.strides[2] = 1;
  description.sizes[3] = 100;
  expectMap();
  EXPECT_EQ(stub::getTensorMaps()[0].sizes, Sizes({100, 1, 1000, 1}));
  // 200 and 1000 * 8192 bytes within, rounded up to 16.
  EXPECT_EQ(stub::getTensorMaps()[0].strides, Sizes({208, 8192, 8192000}));

  // What is within may be larger than any stride.
  stub::reset();
  description = getDescription();
  description.sizes[0] = 1;
  description.sizes[1] = 1 << 30;
  expectMap();
  EXPECT_EQ(stub::getTensorMaps()[0].strides, Sizes({256, 8192, 16}));
}

// A tensor without elements needs no address; its map has one.
TEST_F(TensorMapTest, NoElements) {
  description.sizes[1] = 0;
  description.strides[1] = 3;
  description.address = reinterpret_cast<const void *>(2);
  expectMap();
  EXPECT_EQ(stub::getTensorMaps()[0].address, &map);
  EXPECT_EQ(stub::getTensorMaps()[0].sizes, Sizes({128, 16, 1, 3}));
  EXPECT_EQ(stub::getTensorMaps()[0].strides, Sizes({256, 4096, 4096}));
}

TEST_F(TensorMapTest, Limits) {
  description.sizes[1] = 2147483647;
  description.strides[0] = 549755813880; // 2^40 - 16 bytes
  description.strides[1] = 0;
  expectMap();
}

TEST_F(TensorMapTest, Misaligned) {
  description.address = reinterpret_cast<const void *>(0x7f0000001238);
  expectNoMap(GDR_INVALID_ARGUMENT,
              "argument 'x': expected, for a tensor map, the first element at "
              "a multiple of 16 bytes, got address 0x7f0000001238; copy it "
              "into an aligned tensor");
}

TEST_F(TensorMapTest, OddStride) {
  description.strides[1] = 4100;
  description.argument = -1;
  expectNoMap(GDR_INVALID_ARGUMENT,
              "an intermediate tensor of 'decode': expected, for a tensor map, "
              "the stride of dimension 1 to be a multiple of 16 bytes, got "
              "8200 bytes; copy it into a tensor with padded rows");
}

TEST_F(TensorMapTest, LargeStride) {
  description.strides[0] = 549755813888;
  expectNoMap(GDR_INVALID_ARGUMENT,
              "argument 'x': expected, for a tensor map, the stride of "
              "dimension 0 to be from 0 to 1099511627760 bytes, got "
              "1099511627776 bytes; copy it into a contiguous tensor");
}

TEST_F(TensorMapTest, NegativeStride) {
  description.strides[2] = -128;
  expectNoMap(GDR_INVALID_ARGUMENT,
              "argument 'x': expected, for a tensor map, the stride of "
              "dimension 2 to be from 0 to 1099511627760 bytes, got -256 "
              "bytes; copy it into a contiguous tensor");
}

TEST_F(TensorMapTest, LargeSize) {
  description.sizes[1] = 2147483648;
  expectNoMap(GDR_INVALID_ARGUMENT,
              "argument 'x': expected, for a tensor map, dimension 1 to be at "
              "most 2147483647, got 2147483648; pass a part of it");
}

// Host code that asks before it encodes can launch another kernel for a tensor
// that does not fit: no error. The box and the swizzle do not matter.
TEST_F(TensorMapTest, Fallback) {
  function.addKernel("recurrent");
  function.host = [this](gdr_call *call, void *const *) {
    gdr_tensor_map checked = description;
    checked.swizzle = 0;
    std::fill_n(checked.box, GDR_MAX_TENSOR_MAP_RANK, -1);
    fits = gdr_fits_boxes(call, &checked);
    if (fits)
      gdr_encode_tensor_map(call, &map, &description);
    void *parameters[] = {&map};
    gdr_launch(call, fits ? 0 : 1, 1, 1, 1, 32, 1, 1, 0, 0, parameters);
  };
  expectMap();
  EXPECT_EQ(stub::getLaunches()[0].kernel, "kernel");

  for (const char *what : {"address", "stride", "offset and stride"}) {
    stub::reset();
    description = getDescription();
    std::string text = what;
    if (text != "stride")
      description.address = reinterpret_cast<const void *>(0x7f0000001232);
    if (text != "address")
      description.strides[1] = 4097;
    expectInvoke(function, arguments, GDR_OK, "");
    EXPECT_EQ(fits, 0) << what;
    EXPECT_TRUE(stub::getTensorMaps().empty());
    ASSERT_EQ(stub::getLaunches().size(), 1u);
    EXPECT_EQ(stub::getLaunches()[0].kernel, "recurrent");
  }
}

// Copies of boxes by threads ask the same of a tensor, and nothing of the
// device.
TEST_F(TensorMapTest, Boxes) {
  function.host = [this](gdr_call *call, void *const *) {
    fits = gdr_fits_boxes(call, &description);
    gdr_expect_boxes(call, &description);
    gdr_launch(call, 0, 1, 1, 1, 32, 1, 1, 0, 0, nullptr);
  };
  stub::setComputeCapability(0, 80);
  DeviceFunction compiled(/*hasImage=*/false);
  compiled.addImage(GDR_IMAGE_CUBIN, 80, false, "image");
  compiled.host = function.host;
  expectInvoke(compiled, arguments, GDR_OK, "");
  EXPECT_EQ(fits, 1);
  EXPECT_TRUE(stub::getTensorMaps().empty());
  EXPECT_EQ(stub::getLaunches().size(), 1u);

  description.strides[1] = 4100;
  expectInvoke(compiled, arguments, GDR_INVALID_ARGUMENT,
               "argument 'x': expected, for copies of boxes, the stride of "
               "dimension 1 to be a multiple of 16 bytes, got 8200 bytes; copy "
               "it into a tensor with padded rows");
  EXPECT_EQ(fits, 0);
  EXPECT_EQ(stub::getLaunches().size(), 1u);
}

TEST_F(TensorMapTest, OldDevice) {
  stub::setComputeCapability(0, 89);
  DeviceFunction compiled(/*hasImage=*/false);
  compiled.addImage(GDR_IMAGE_CUBIN, 80, false, "image");
  compiled.host = function.host;
  expectInvoke(compiled, arguments, GDR_DRIVER_ERROR,
               "function 'decode': expected a device of compute capability 9.0 "
               "or later and a CUDA driver of version 12.0 or later for a "
               "tensor map");
  EXPECT_EQ(fits, 1);
}

TEST_F(TensorMapTest, DriverRefuses) {
  stub::setFailure("cuTensorMapEncodeTiled", 1);
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "argument 'x': cuTensorMapEncodeTiled failed with error 1: stub "
               "refusal");
  EXPECT_TRUE(stub::getLaunches().empty());
}

TEST_F(TensorMapTest, AfterAFailure) {
  function.host = [this](gdr_call *call, void *const *) {
    gdr_launch(call, 0, -1, 1, 1, 32, 1, 1, 0, 0, nullptr);
    gdr_encode_tensor_map(call, &map, &description);
  };
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "function 'decode', kernel 'kernel': expected grid_x to be "
               "between 0 and 2147483647, got -1");
  EXPECT_TRUE(stub::getTensorMaps().empty());
}

} // namespace
