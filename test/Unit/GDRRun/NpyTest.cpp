//===- NpyTest.cpp - tests of NumPy array files ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Npy.h"
#include "RuleTest.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::gdr::run;

namespace {

class Npy : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(
        llvm::sys::fs::createTemporaryFile("gdr-run-test", "npy", path));
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  void writeFile(StringRef contents) {
    std::error_code code;
    llvm::raw_fd_ostream(path, code) << contents;
    ASSERT_FALSE(code);
  }
  std::string readFile() {
    return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  }
  /// The error of reading into a tensor 'q' of this type.
  std::string getError(ElementType type, ArrayRef<int64_t> shape) {
    OwnedTensor tensor(type, shape);
    std::string message = llvm::toString(readNpy(path, "q", tensor.view));
    // All errors name the file.
    size_t position = message.find(path.str().str());
    if (position != std::string::npos)
      message.replace(position, path.size(), "FILE");
    return message;
  }

  llvm::SmallString<128> path;
};

} // namespace

TEST_F(Npy, RoundTripsEveryType) {
  std::vector<double> values = {-2, -1, 0, 1, 2, 3};
  for (ElementType type :
       {ElementType::BF16, ElementType::F16, ElementType::F32, ElementType::F64,
        ElementType::I32, ElementType::I64}) {
    OwnedTensor written(type, {2, 3}, values), read(type, {2, 3});
    ASSERT_FALSE(writeNpy(path, written.view));
    ASSERT_FALSE(readNpy(path, "q", read.view));
    EXPECT_EQ(read.getValues(), values);
  }
}

TEST_F(Npy, WritesWhatNumPyWrites) {
  OwnedTensor tensor(ElementType::I32, {2}, {1, 2});
  ASSERT_FALSE(writeNpy(path, tensor.view));
  std::string header =
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
  std::string contents = readFile();
  EXPECT_EQ(contents.substr(0, 10), std::string("\x93NUMPY\1\0\x76\0", 10));
  EXPECT_EQ(contents.substr(10, header.size()), header);
  EXPECT_EQ(contents[127], '\n');
  EXPECT_EQ(contents.substr(128), std::string("\1\0\0\0\2\0\0\0", 8));
}

TEST_F(Npy, WritesTheElementsOfAView) {
  OwnedTensor packed(ElementType::F32, {2, 3}, {0, 1, 2, 3, 4, 5});
  TensorView column = {
      ElementType::F32, packed.view.getAddress({0, 1}), {2}, {3}};
  ASSERT_FALSE(writeNpy(path, column));
  OwnedTensor read(ElementType::F32, {2});
  ASSERT_FALSE(readNpy(path, "q", read.view));
  EXPECT_EQ(read.getValues(), std::vector<double>({1, 4}));
}

TEST_F(Npy, ReadsLaterVersionsScalarsAndOtherNamesOfBF16) {
  std::string header =
      "{'descr': '|V2', 'fortran_order': False, 'shape': (), }\n";
  writeFile(std::string("\x93NUMPY\2\0", 8) +
            std::string(1, static_cast<char>(header.size())) +
            std::string(3, '\0') + header + std::string("\x80\x3f", 2));
  OwnedTensor tensor(ElementType::BF16, {});
  ASSERT_FALSE(readNpy(path, "q", tensor.view));
  EXPECT_EQ(tensor.getValues(), std::vector<double>({1}));
}

TEST_F(Npy, SaysWhatIsWrong) {
  OwnedTensor tensor(ElementType::F32, {2, 3});
  ASSERT_FALSE(writeNpy(path, tensor.view));
  EXPECT_EQ(getError(ElementType::F16, {2, 3}),
            "FILE for 'q': expected elements of type f16 (<f2), got <f4");
  EXPECT_EQ(getError(ElementType::F32, {3, 2}),
            "FILE for 'q': expected shape [3, 2], got [2, 3]");
  std::string contents = readFile();
  writeFile(StringRef(contents).drop_back());
  EXPECT_EQ(getError(ElementType::F32, {2, 3}),
            "FILE for 'q': expected 24 bytes of elements, got 23");
  writeFile("not an array");
  EXPECT_EQ(getError(ElementType::F32, {2, 3}),
            "FILE for 'q': expected a .npy file in C order");
  // Cut at every place.
  for (size_t length = 0; length < 128; ++length) {
    writeFile(StringRef(contents).take_front(length));
    EXPECT_EQ(getError(ElementType::F32, {2, 3}),
              "FILE for 'q': expected a .npy file in C order");
  }
  contents.replace(contents.find("False"), 5, "True ");
  writeFile(contents);
  EXPECT_EQ(getError(ElementType::F32, {2, 3}),
            "FILE for 'q': expected a .npy file in C order");
  llvm::sys::fs::remove(path);
  EXPECT_EQ(getError(ElementType::F32, {2, 3}),
            "cannot read FILE for 'q': No such file or directory");
}
