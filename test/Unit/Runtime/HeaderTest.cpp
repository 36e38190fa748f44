//===- HeaderTest.cpp - the public header in C11 --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the function that HeaderTest.c writes and calls in C.
//
//===----------------------------------------------------------------------===//

#include "gtest/gtest.h"
#include <cstdint>

extern "C" int32_t addFromC(float *x, int64_t n, int64_t bias);

TEST(HeaderTest, FunctionAndCallerInC) {
  float x[5] = {100, 200, 300, 400, -1};
  EXPECT_EQ(addFromC(x, 4, 7), 0);
  EXPECT_EQ(x[0], 107);
  EXPECT_EQ(x[1], 208);
  EXPECT_EQ(x[2], 309);
  EXPECT_EQ(x[3], 410);
  EXPECT_EQ(x[4], -1);
}
