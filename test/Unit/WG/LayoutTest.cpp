//===- LayoutTest.cpp - where threads find the elements of tiles ----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The addresses that loads and stores use, of all threads of a warpgroup.
//
//===----------------------------------------------------------------------===//

#include "LoweredKernel.h"
#include "Reference.h"

#include "gdr/Dialect/WG/IR/WG.h"
#include "llvm/Support/FormatVariadic.h"
#include <set>

using namespace mlir;
using namespace mlir::wg;
using namespace mlir::wg::reference;

static std::string getFragmentType(int64_t columns, StringRef element) {
  return llvm::formatv("tensor<64x{0}x{1}, #wg.fragment>", columns, element)
      .str();
}

// The four registers of ldmatrix and stmatrix: register m of a lane holds two
// elements of matrix m, whose rows are at the addresses that lanes 8m to 8m + 7
// give; PTX ISA, "ldmatrix".
static int64_t getMatrixByte(ArrayRef<int64_t> addressOfLane, int64_t lane,
                             int64_t m, int64_t e, bool isTransposed) {
  int64_t row = lane / 4, column = 2 * (lane % 4) + e;
  if (isTransposed)
    std::swap(row, column);
  return addressOfLane[8 * m + row] + 2 * column;
}

// Instruction n moves 16 columns, eight elements of each thread.
static void checkMatrices(LoweredKernel &kernel, StringRef instruction,
                          const Tile &tile, bool isTransposed) {
  std::set<int64_t> bytes;
  auto ops = kernel.getAssembly(instruction);
  int64_t columns = isTransposed ? tile.rows : tile.columns;
  ASSERT_EQ(static_cast<int64_t>(ops.size()), columns / 16);
  for (auto [n, op] : llvm::enumerate(ops)) {
    EXPECT_EQ(op.getAsmString().contains(".trans."), isTransposed);
    for (int64_t warp = 0; warp < 4; ++warp) {
      SmallVector<int64_t> addressOfLane;
      for (int64_t lane = 0; lane < 32; ++lane)
        addressOfLane.push_back(kernel.evaluateAddress(op, 32 * warp + lane));
      for (int64_t lane = 0; lane < 32; ++lane)
        for (int64_t i = 0; i < 8; ++i) {
          int64_t byte =
              getMatrixByte(addressOfLane, lane, i / 2, i % 2, isTransposed) -
              LoweredKernel::base;
          Place place = getFragmentPlace(32 * warp + lane, 8 * n + i);
          if (isTransposed)
            std::swap(place.row, place.column);
          ASSERT_EQ(byte, tile.getByte(place))
              << instruction.str() << " " << n << ", warp " << warp << ", lane "
              << lane << ", element " << i;
          bytes.insert(byte);
        }
    }
  }
  // Every element once.
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), tile.rows * tile.columns);
}

static void checkMove(const Tile &tile, bool isTransposed) {
  int64_t columns = isTransposed ? tile.rows : tile.columns;
  std::string type = getFragmentType(columns, "bf16");
  std::string option = isTransposed ? " transpose" : "";
  LoweredKernel kernel("%t: " + tile.getType() + ", %x: " + type,
                       "%0 = wg.load %t" + option + " : " + tile.getType() +
                           " -> " + type + " wg.store %x, %t" + option + " : " +
                           type + ", " + tile.getType());
  checkMatrices(kernel, "ldmatrix", tile, isTransposed);
  checkMatrices(kernel, "stmatrix", tile, isTransposed);
}

TEST(LayoutTest, Fragments) {
  checkMove({64, 64, 128}, false);
  checkMove({64, 128, 128}, false);
  checkMove({64, 256, 128}, false);
  checkMove({64, 32, 64}, false);
  checkMove({64, 96, 64}, false);
}

TEST(LayoutTest, FragmentsTransposed) {
  checkMove({64, 64, 128}, true);
  checkMove({16, 64, 128}, true);
  checkMove({128, 64, 128}, true);
  checkMove({32, 64, 64}, true);
}

// Vectors in shared memory, f32: element i of a thread.
static void
checkVector(int64_t size, StringRef encoding,
            llvm::function_ref<int64_t(int64_t, int64_t)> getPosition) {
  std::string tile = llvm::formatv("!wg.shared<{0}xf32>", size);
  std::string type = llvm::formatv("tensor<{0}xf32, #wg.{1}>", size, encoding);
  LoweredKernel kernel("%t: " + tile,
                       "%0 = wg.load %t : " + tile + " -> " + type);
  for (int64_t thread = 0; thread < warpgroupThreads; ++thread) {
    int64_t i = 0;
    for (LLVM::InlineAsmOp op : kernel.getAssembly("ld.shared")) {
      int64_t address =
          kernel.evaluateAddress(op, thread) - LoweredKernel::base;
      auto all = dyn_cast<LLVM::LLVMStructType>(op->getResult(0).getType());
      int64_t count = all ? all.getBody().size() : 1;
      for (int64_t k = 0; k < count; ++k, ++i)
        ASSERT_EQ(address + 4 * k, 4 * getPosition(thread, i))
            << encoding.str() << ", thread " << thread << ", element " << i;
    }
  }
}

TEST(LayoutTest, Vectors) {
  checkVector(64, "rows", [](int64_t thread, int64_t i) {
    return getFragmentPlace(thread, 2 * i).row;
  });
  for (int64_t size : {8, 32, 64, 128})
    checkVector(size, "columns", [](int64_t thread, int64_t i) {
      return getFragmentPlace(thread, i / 2 * 4 + i % 2).column;
    });
  for (int64_t size : {32, 64, 128})
    checkVector(size, "lanes", [=](int64_t thread, int64_t i) {
      return thread % 32 * (size / 32) + i;
    });
}

// A fragment in global memory of f32 with an offset and a stride.
static void checkGlobal(bool isTransposed) {
  constexpr int64_t columns = 24, stride = 100, offset = 8;
  std::string memory =
      llvm::formatv("memref<{0}xf32, strided<[{1}, 1], offset: {2}>>",
                    isTransposed ? "24x64" : "64x24", stride, offset);
  std::string type = getFragmentType(columns, "f32");
  LoweredKernel kernel("%m: " + memory, std::string("%0 = wg.load %m") +
                                            (isTransposed ? " transpose" : "") +
                                            " : " + memory + " -> " + type);
  for (int64_t thread = 0; thread < warpgroupThreads; ++thread) {
    int64_t i = 0;
    for (LLVM::LoadOp load : kernel.getOps<LLVM::LoadOp>()) {
      auto pointer = load.getAddr().getDefiningOp<LLVM::IntToPtrOp>();
      int64_t address = kernel.evaluate(pointer.getArg(), thread);
      EXPECT_EQ(address % *load.getAlignment(), 0);
      int64_t count = cast<VectorType>(load.getType()).getNumElements();
      for (int64_t k = 0; k < count; ++k, ++i) {
        Place place = getFragmentPlace(thread, i);
        if (isTransposed)
          std::swap(place.row, place.column);
        ASSERT_EQ(address + 4 * k,
                  4 * (offset + place.row * stride + place.column))
            << "thread " << thread << ", element " << i;
      }
    }
    ASSERT_EQ(i, columns / 2);
  }
}

TEST(LayoutTest, Global) { checkGlobal(false); }
TEST(LayoutTest, GlobalTransposed) { checkGlobal(true); }
