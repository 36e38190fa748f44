//===- TensorTest.cpp - tests of tensors in host memory -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuleTest.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <cstring>

using namespace mlir::gdr::run;
using llvm::APFloat;

static const llvm::fltSemantics &getSemantics(ElementType type) {
  return type == ElementType::BF16 ? APFloat::BFloat() : APFloat::IEEEhalf();
}

class SmallFloat : public testing::TestWithParam<ElementType> {};

TEST_P(SmallFloat, LoadsEveryNumberAsLLVMDoes) {
  for (unsigned bits = 0; bits <= 0xFFFF; ++bits) {
    auto word = static_cast<uint16_t>(bits);
    char data[2];
    std::memcpy(data, &word, sizeof(word));
    APFloat expected(getSemantics(GetParam()), llvm::APInt(16, bits));
    double x = loadElement(GetParam(), data);
    if (expected.isNaN()) {
      EXPECT_TRUE(std::isnan(x)) << bits;
      continue;
    }
    EXPECT_EQ(x, expected.convertToDouble()) << bits;
    storeElement(GetParam(), data, x);
    EXPECT_EQ(std::memcmp(data, &word, sizeof(word)), 0) << bits;
  }
}

TEST_P(SmallFloat, RoundsAsLLVMDoes) {
  RandomNumbers numbers(/*seed=*/1, /*stream=*/0);
  for (int i = 0; i < 200000; ++i) {
    // All exponents, subnormal numbers and overflow among them; every fourth
    // number is a tie.
    double x = std::ldexp(numbers.getNormal(),
                          static_cast<int>(numbers.getIndex(300)) - 150);
    if (i % 4 == 0) {
      char data[2];
      storeElement(GetParam(), data, x);
      double rounded = loadElement(GetParam(), data);
      x = rounded +
          std::ldexp(0.5, std::ilogb(rounded) -
                              (GetParam() == ElementType::BF16 ? 7 : 10));
    }
    APFloat expected(x);
    bool losesInfo;
    expected.convert(getSemantics(GetParam()), APFloat::rmNearestTiesToEven,
                     &losesInfo);
    char data[2];
    storeElement(GetParam(), data, x);
    uint16_t word;
    std::memcpy(&word, data, sizeof(word));
    ASSERT_EQ(word, expected.bitcastToAPInt().getZExtValue()) << x;
  }
}

INSTANTIATE_TEST_SUITE_P(Tensor, SmallFloat,
                         testing::Values(ElementType::BF16, ElementType::F16));

TEST(Tensor, RowsOfAStridedView) {
  OwnedTensor packed(ElementType::I32, {2, 6},
                     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  // Columns 1, 3 and 5.
  TensorView view = {
      ElementType::I32, packed.view.getAddress({0, 1}), {2, 3}, {6, 2}};
  EXPECT_EQ(view.load({1, 2}), 11);
  EXPECT_EQ(view.getRow(1).load(0), 7);
  EXPECT_FALSE(view.isContiguous());
  EXPECT_TRUE(packed.view.isContiguous());
  std::vector<double> values;
  view.forEachAddress([&](const char *element) {
    values.push_back(loadElement(ElementType::I32, element));
  });
  EXPECT_EQ(values, std::vector<double>({1, 3, 5, 7, 9, 11}));
}

TEST(Tensor, PoisonIsNaNInEveryFloat) {
  for (ElementType type : {ElementType::BF16, ElementType::F16,
                           ElementType::F32, ElementType::F64}) {
    OwnedTensor tensor(type, {3}, {1, 2, 3});
    tensor.view.poison();
    for (double x : tensor.getValues())
      EXPECT_TRUE(std::isnan(x));
  }
}

TEST(Tensor, EmptyTensorHasNoElements) {
  OwnedTensor tensor(ElementType::F32, {2, 0, 4});
  EXPECT_EQ(tensor.view.getNumBytes(), 0);
  EXPECT_TRUE(tensor.getValues().empty());
}
