//===- DescriptorTest.cpp - operands of products in shared memory ---------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// That the matrix descriptors and steps of wgmma name the elements of a tile.
//
//===----------------------------------------------------------------------===//

#include "LoweredKernel.h"
#include "Reference.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::wg;
using namespace mlir::wg::reference;

// The byte of element (other, depth) of one step of 16 of the depth; PTX ISA,
// "Matrix Descriptor Format" and "Strides", for 16-bit elements and a swizzle
// of 128 bytes. `isAlongDepth`: rows of 128 bytes go along the depth
// ("K-major").
static int64_t getOperandByte(uint64_t descriptor, bool isAlongDepth,
                              int64_t other, int64_t depth) {
  auto getField = [&](int first) {
    return static_cast<int64_t>(descriptor >> first & 0x3fff) * 16;
  };
  int64_t start = getField(0), leading = getField(16), stride = getField(32);
  EXPECT_EQ(descriptor >> 62, 1u);
  int64_t row = isAlongDepth ? other : depth;
  int64_t inRow = isAlongDepth ? depth : other % 64;
  int64_t address = start + row / 8 * stride + row % 8 * 128 + 2 * inRow;
  if (!isAlongDepth)
    address += other / 64 * leading;
  return swizzle(address, 128);
}

// What is added to a descriptor before each step, "add.s64 NAME, $n, STEP;".
static SmallVector<int64_t> getSteps(StringRef text, StringRef name) {
  SmallVector<int64_t> steps;
  std::string prefix = ("add.s64 " + name + ", ").str();
  for (size_t at = text.find(prefix); at != StringRef::npos;
       at = text.find(prefix, at + 1)) {
    StringRef step = text.substr(at + prefix.size()).split(", ").second;
    EXPECT_FALSE(step.split(';').first.getAsInteger(10, steps.emplace_back()));
  }
  return steps;
}

static void checkOperand(LoweredKernel &kernel, LLVM::InlineAsmOp op,
                         StringRef name, Value descriptor, const Tile &tile,
                         bool isAlongDepth) {
  int64_t others = isAlongDepth ? tile.rows : tile.columns;
  int64_t depths = isAlongDepth ? tile.columns : tile.rows;
  SmallVector<int64_t> steps = getSteps(op.getAsmString(), name);
  ASSERT_EQ(static_cast<int64_t>(steps.size()), depths / 16);
  for (int64_t depth = 0; depth < depths; ++depth)
    for (int64_t other = 0; other < others; ++other) {
      uint64_t fields = kernel.evaluate(descriptor, /*thread=*/0);
      int64_t byte = getOperandByte(fields + steps[depth / 16], isAlongDepth,
                                    other, depth % 16) -
                     LoweredKernel::base;
      Place place = isAlongDepth ? Place{other, depth} : Place{depth, other};
      ASSERT_EQ(byte, tile.getByte(place))
          << name.str() << ", depth " << depth << ", other " << other;
    }
}

// A product of two tiles in shared memory.
static void checkProduct(const Tile &a, bool isATransposed, const Tile &b,
                         bool isBTransposed) {
  std::string result = llvm::formatv("tensor<64x{0}xf32, #wg.fragment>",
                                     isBTransposed ? b.rows : b.columns);
  std::string types = a.getType() + ", " + b.getType();
  LoweredKernel kernel(
      "%a: " + a.getType() + ", %b: " + b.getType(),
      std::string("%0 = wg.mma %a") + (isATransposed ? " transpose_a" : "") +
          ", %b" + (isBTransposed ? " transpose_b" : "") + " : " + types +
          " -> !wg.pending<" + result + "> %1 = wg.wait %0 : !wg.pending<" +
          result + "> -> " + result);
  auto products = kernel.getAssembly("wgmma.mma_async");
  ASSERT_EQ(products.size(), 1u);
  OperandRange operands = products.front().getOperands();
  checkOperand(kernel, products.front(), "a", operands.drop_back().back(), a,
               !isATransposed);
  checkOperand(kernel, products.front(), "b", operands.back(), b,
               isBTransposed);
}

TEST(DescriptorTest, AlongDepth) {
  checkProduct({64, 64, 128}, false, {64, 64, 128}, true);
  checkProduct({64, 128, 128}, false, {8, 128, 128}, true);
  checkProduct({64, 256, 128}, false, {256, 256, 128}, true);
}

TEST(DescriptorTest, AcrossDepth) {
  checkProduct({64, 64, 128}, true, {64, 64, 128}, false);
  checkProduct({16, 64, 128}, true, {16, 128, 128}, false);
  checkProduct({128, 64, 128}, true, {128, 256, 128}, false);
}
