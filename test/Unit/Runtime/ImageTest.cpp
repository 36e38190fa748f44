//===- ImageTest.cpp - the image that a device gets -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which of a function's images the driver is given, by compute capability.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "StubDriver.h"

namespace {

class ImageTest : public testing::Test {
protected:
  void SetUp() override { stub::reset(); }

  void addCubin(int computeCapability, const char *text) {
    function.addImage(GDR_IMAGE_CUBIN, computeCapability, false, text);
  }
  void addSpecificCubin(int computeCapability, const char *text) {
    function.addImage(GDR_IMAGE_CUBIN, computeCapability, true, text);
  }
  /// The last character of `text` stands for what follows the image.
  void addPtx(int computeCapability, const char *text) {
    function.addImage(GDR_IMAGE_PTX, computeCapability, false, text);
  }
  void addSpecificPtx(int computeCapability, const char *text) {
    function.addImage(GDR_IMAGE_PTX, computeCapability, true, text);
  }

  void expectImage(int computeCapability, const std::string &image) {
    stub::setComputeCapability(0, computeCapability);
    expectLoad(function, 0, GDR_OK, "");
    ASSERT_EQ(stub::getModules().size(), 1u);
    EXPECT_EQ(stub::getModules()[0].image, image);
  }
  void expectNoImage(int computeCapability, const std::string &sentence) {
    stub::setComputeCapability(0, computeCapability);
    expectLoad(function, 0, GDR_NO_IMAGE, sentence);
    EXPECT_TRUE(stub::getModules().empty());
  }

  DeviceFunction function{/*hasImage=*/false};
};

TEST_F(ImageTest, CubinRunsOnItsVersion) {
  addCubin(90, "a");
  expectImage(90, "a");
}

TEST_F(ImageTest, CubinRunsOnLaterMinorVersions) {
  addCubin(80, "a");
  expectImage(89, "a");
}

TEST_F(ImageTest, CubinDoesNotRunOnEarlierMinorVersions) {
  addCubin(86, "a");
  expectNoImage(80, "function 'decode' was compiled for sm_86: got device 0 "
                    "with compute capability 8.0");
}

TEST_F(ImageTest, CubinDoesNotRunOnOtherMajorVersions) {
  addCubin(90, "a");
  expectNoImage(100, "function 'decode' was compiled for sm_90: got device 0 "
                     "with compute capability 10.0");
}

TEST_F(ImageTest, SpecificCubinRunsOnItsVersion) {
  addSpecificCubin(90, "a");
  expectImage(90, "a");
}

TEST_F(ImageTest, SpecificCubinRunsNowhereElse) {
  addSpecificCubin(100, "a");
  expectNoImage(103, "function 'decode' was compiled for sm_100a: got device 0 "
                     "with compute capability 10.3");
}

TEST_F(ImageTest, PtxRunsOnLaterVersions) {
  addPtx(80, "ptx!");
  expectImage(120, "ptx");
}

TEST_F(ImageTest, PtxDoesNotRunOnEarlierVersions) {
  addPtx(90, "ptx!");
  addSpecificPtx(100, "specific!");
  addCubin(100, "cubin");
  expectNoImage(89, "function 'decode' was compiled for compute_90, "
                    "compute_100a, sm_100: got device 0 with compute "
                    "capability 8.9");
}

TEST_F(ImageTest, SpecificPtxRunsOnItsVersionAlone) {
  addSpecificPtx(90, "ptx!");
  expectNoImage(100, "function 'decode' was compiled for compute_90a: got "
                     "device 0 with compute capability 10.0");
  expectImage(90, "ptx");
}

TEST_F(ImageTest, NoImage) {
  expectNoImage(90, "function 'decode' was compiled for nothing, as it holds "
                    "no image: got device 0 with compute capability 9.0");
}

TEST_F(ImageTest, CubinIsPreferredToLaterPtx) {
  addPtx(89, "ptx!");
  addCubin(80, "cubin");
  addSpecificPtx(89, "specific!");
  expectImage(89, "cubin");
}

TEST_F(ImageTest, LaterCubinIsPreferred) {
  addCubin(80, "a");
  addCubin(86, "b");
  addCubin(89, "c");
  expectImage(86, "b");
}

TEST_F(ImageTest, LaterPtxIsPreferred) {
  addPtx(90, "b!");
  addPtx(80, "a!");
  addPtx(120, "c!");
  expectImage(100, "b");
}

TEST_F(ImageTest, SpecificImageIsPreferred) {
  addCubin(90, "generic");
  addSpecificCubin(90, "specific");
  addCubin(90, "generic again");
  expectImage(90, "specific");
}

TEST_F(ImageTest, EachDeviceGetsItsOwn) {
  addCubin(80, "a");
  addCubin(90, "b");
  stub::setComputeCapability(0, 90);
  stub::setComputeCapability(1, 80);
  expectLoad(function, 0, GDR_OK, "");
  expectLoad(function, 1, GDR_OK, "");
  std::vector<stub::Module> modules = stub::getModules();
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].device, 0);
  EXPECT_EQ(modules[0].image, "b");
  EXPECT_EQ(modules[1].device, 1);
  EXPECT_EQ(modules[1].image, "a");
}

TEST_F(ImageTest, OneForEachKernel) {
  function.addKernel("other");
  function.addImage(GDR_IMAGE_CUBIN, 80, false, "old a", 0);
  function.addImage(GDR_IMAGE_CUBIN, 80, false, "old b", 1);
  function.addImage(GDR_IMAGE_CUBIN, 90, false, "new b", 1);
  function.addImage(GDR_IMAGE_CUBIN, 90, false, "new a", 0);
  function.host = [](gdr_call *call, void *const *) {
    int64_t parameter = 42;
    void *parameters[] = {&parameter};
    for (int64_t kernel : {0, 1})
      gdr_launch(call, kernel, 1, 1, 1, 32, 1, 1, 0, 0, parameters);
  };
  DeviceArguments arguments;
  expectInvoke(function, arguments, GDR_OK, "");
  ASSERT_EQ(stub::getModules().size(), 2u);
  EXPECT_EQ(stub::getModules()[0].image, "new b");
  EXPECT_EQ(stub::getModules()[1].image, "new a");
  ASSERT_EQ(stub::getLaunches().size(), 2u);
  EXPECT_EQ(stub::getLaunches()[0].kernel, "kernel");
  EXPECT_EQ(stub::getLaunches()[1].kernel, "other");
}

TEST_F(ImageTest, NoneForAKernel) {
  function.addKernel("other");
  function.addImage(GDR_IMAGE_CUBIN, 90, false, "a", 0);
  expectLoad(function, 0, GDR_NO_IMAGE,
             "function 'decode' on device 0: no image has its kernel 'other'");
  ASSERT_EQ(stub::getModules().size(), 1u);
  EXPECT_TRUE(stub::getModules()[0].isUnloaded);
}

TEST_F(ImageTest, ListsEachChipOnce) {
  function.addKernel("other");
  function.addImage(GDR_IMAGE_CUBIN, 80, false, "a", 0);
  function.addImage(GDR_IMAGE_CUBIN, 80, false, "b", 1);
  function.addImage(GDR_IMAGE_CUBIN, 100, true, "a", 0);
  function.addImage(GDR_IMAGE_CUBIN, 100, true, "b", 1);
  expectNoImage(90, "function 'decode' was compiled for sm_80, sm_100a: got "
                    "device 0 with compute capability 9.0");
}

} // namespace
