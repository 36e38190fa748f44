//===- VariantsTest.cpp - functions with several variants -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which variant of a function a device gets, and that it gets all of it:
// kernels, host code and a workspace that is large enough.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "StubDriver.h"

namespace {

/// `decode` for compute capability 8.0, with one kernel, and for 9.0 alone,
/// with two and a tensor map.
class VariantsTest : public testing::Test {
protected:
  void SetUp() override {
    stub::reset();
    stub::setComputeCapability(0, 90);
    stub::setComputeCapability(1, 80);
    first.addImage(GDR_IMAGE_CUBIN, 80, false, "first");
    second.addImage(GDR_IMAGE_CUBIN, 90, true, "second");
    second.addKernel("another");
    second.host = [](gdr_call *call, void *const *) {
      int64_t parameter = 43;
      void *parameters[] = {&parameter};
      gdr_launch(call, 1, 7, 1, 1, 64, 1, 1, 0, 0, parameters);
    };
    first.setVariant(second);
  }

  DeviceFunction first{/*hasImage=*/false}, second{/*hasImage=*/false};
  DeviceArguments on90{0}, on80{1};
};

TEST_F(VariantsTest, EachDeviceGetsItsOwn) {
  for (int call = 0; call < 2; ++call) {
    expectInvoke(first, on90, GDR_OK, "");
    expectInvoke(first, on80, GDR_OK, "");
  }
  std::vector<stub::Module> modules = stub::getModules();
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].image, "second");
  EXPECT_EQ(modules[1].image, "first");
  std::vector<stub::Launch> launches = stub::getLaunches();
  ASSERT_EQ(launches.size(), 4u);
  for (int call = 0; call < 2; ++call) {
    EXPECT_EQ(launches[2 * call].kernel, "another");
    EXPECT_EQ(launches[2 * call].grid[0], 7u);
    EXPECT_EQ(launches[2 * call].parameter, 43);
    EXPECT_EQ(launches[2 * call].kernelDevice, 0);
    EXPECT_EQ(launches[2 * call + 1].kernel, "kernel");
    EXPECT_EQ(launches[2 * call + 1].parameter, 42);
    EXPECT_EQ(launches[2 * call + 1].kernelDevice, 1);
  }
  // One kernel and two.
  EXPECT_EQ(stub::getNumCalls("cuModuleGetFunction"), 3);
}

TEST_F(VariantsTest, LoadedBefore) {
  expectLoad(first, 0, GDR_OK, "");
  expectLoad(first, 1, GDR_OK, "");
  stub::setFailure("cuModuleLoadDataEx", 900);
  expectInvoke(first, on90, GDR_OK, "");
  expectInvoke(first, on80, GDR_OK, "");
  EXPECT_EQ(stub::getLaunches()[0].kernel, "another");
  EXPECT_EQ(stub::getLaunches()[1].kernel, "kernel");
}

// The order of variants does not matter, but the images do.
TEST_F(VariantsTest, BestImageOfAll) {
  first.addImage(GDR_IMAGE_CUBIN, 90, false, "first for 9.0");
  first.addImage(GDR_IMAGE_PTX, 80, false, "first as PTX!");
  second.addImage(GDR_IMAGE_PTX, 89, false, "second as PTX!");
  expectLoad(first, 0, GDR_OK, "");
  EXPECT_EQ(stub::getModules()[0].image, "second");
  stub::setComputeCapability(1, 100);
  expectInvoke(first, on80, GDR_OK, "");
  EXPECT_EQ(stub::getModules()[1].image, "second as PTX");
  EXPECT_EQ(stub::getLaunches()[0].kernel, "another");
}

TEST_F(VariantsTest, NoImage) {
  stub::setComputeCapability(0, 100);
  expectInvoke(first, on90, GDR_NO_IMAGE,
               "function 'decode' was compiled for sm_80, sm_90a: got device 0 "
               "with compute capability 10.0");
}

// The size of the workspace needs no device, so it is enough for all of them.
TEST_F(VariantsTest, Workspace) {
  second.workspaceBytes = 512;
  expectWorkspaceSize(first, on90, 512, "");
  first.workspaceBytes = 256;
  expectWorkspaceSize(first, on80, 512, "");
  first.workspaceBytes = 1024;
  expectWorkspaceSize(first, on90, 1024, "");
  EXPECT_EQ(stub::getNumCalls("cuDeviceGetCount"), 0);
  expectInvoke(first, on90, GDR_INVALID_ARGUMENT,
               "argument 'workspace' is missing: expected 1024 bytes");
  alignas(256) char buffer[1024];
  on90.getHeader()->workspace = buffer;
  on90.getHeader()->workspace_bytes = sizeof(buffer);
  expectInvoke(first, on90, GDR_OK, "");
  EXPECT_EQ(stub::getLaunches()[0].kernel, "another");
}

// Messages name what the variant launches.
TEST_F(VariantsTest, FailedLaunch) {
  second.host = [](gdr_call *call, void *const *) {
    gdr_launch(call, 1, -1, 1, 1, 64, 1, 1, 0, 0, nullptr);
  };
  expectInvoke(first, on90, GDR_INVALID_ARGUMENT,
               "function 'decode', kernel 'another': expected grid_x to be "
               "between 0 and 2147483647, got -1");
}

} // namespace
