//===- ValuesTest.cpp - rounding to 16 bits -------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"

#include "llvm/ADT/APFloat.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir::gdr::interpreter;
using llvm::APFloat;

static float roundWithAPFloat(const llvm::fltSemantics &semantics,
                              float value) {
  APFloat number(value);
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToFloat();
}

// Every number of 16 bits, the middles between two of them, and what is next to
// these in f32.
static void verifyRounding(Element element,
                           const llvm::fltSemantics &semantics) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    APFloat exact(semantics, llvm::APInt(16, bits));
    APFloat following = exact;
    following.next(/*nextDown=*/false);
    if (exact.isNaN() || following.isNaN())
      continue;
    float x = exact.convertToFloat(), y = following.convertToFloat();
    float middle = std::isinf(y) ? x * 1.001f : x + (y - x) / 2;
    for (float center : {x, middle})
      for (float value : {std::nextafter(center, -INFINITY), center,
                          std::nextafter(center, INFINITY)}) {
        // Of -inf, there is none.
        if (std::isnan(value))
          continue;
        float expected = roundWithAPFloat(semantics, value);
        float rounded = roundTo(element, value);
        ASSERT_EQ(rounded, expected) << "of " << value;
        ASSERT_EQ(std::signbit(rounded), std::signbit(expected));
      }
  }
  EXPECT_TRUE(std::isnan(roundTo(element, NAN)));
}

TEST(Values, RoundsToBF16) { verifyRounding(Element::BF16, APFloat::BFloat()); }

TEST(Values, RoundsToF16) {
  verifyRounding(Element::F16, APFloat::IEEEhalf());
  EXPECT_EQ(roundTo(Element::F16, 65519.0f), 65504.0f);
  EXPECT_EQ(roundTo(Element::F16, 65520.0f), INFINITY);
  EXPECT_EQ(roundTo(Element::F16, -1e10f), -INFINITY);
}

TEST(Values, WrapsIntegers) {
  EXPECT_EQ(wrapTo(Element::I32, int64_t{1} << 31), -(int64_t{1} << 31));
  EXPECT_EQ(wrapTo(Element::I8, 0x1FF), -1);
  EXPECT_EQ(wrapTo(Element::I1, 3), 1);
}

TEST(Values, KeepsElementsInMemory) {
  for (Element element :
       {Element::BF16, Element::F16, Element::F32, Element::I8, Element::I16,
        Element::I32, Element::I64}) {
    char bytes[8] = {};
    Tile written(element, {}), read(element, {});
    if (isFloat(element)) {
      written.floats[0] = -1.5f;
      written.write(0, bytes);
      read.read(0, bytes);
      EXPECT_EQ(read.floats[0], -1.5f);
    } else {
      written.integers[0] = -77;
      written.write(0, bytes);
      read.read(0, bytes);
      EXPECT_EQ(read.integers[0], -77);
    }
  }
}
