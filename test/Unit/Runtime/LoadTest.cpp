//===- LoadTest.cpp - loading of the driver and of modules ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Failures of the driver and of loading, and that each function is loaded once
// per device. The tests that need a fresh process are death tests.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "StubDriver.h"

#include <atomic>
#include <thread>

namespace {

class LoadTest : public testing::Test {
protected:
  void SetUp() override { stub::reset(); }

  DeviceFunction function;
  DeviceArguments arguments;
};

/// Ends a death test: 0 if nothing failed in it.
[[noreturn]] void exitWithResult() {
  std::_Exit(testing::Test::HasFailure() ? 1 : 0);
}

TEST_F(LoadTest, InvokeLoadsOnce) {
  expectInvoke(function, arguments, GDR_OK, "");
  expectInvoke(function, arguments, GDR_OK, "");
  expectLoad(function, 0, GDR_OK, "");
  EXPECT_EQ(stub::getModules().size(), 1u);
  EXPECT_EQ(stub::getLaunches().size(), 2u);
  EXPECT_EQ(stub::getNumCalls("cuModuleGetFunction"), 1);
}

TEST_F(LoadTest, NothingIsLeftForTheFirstCall) {
  function.addKernel("second");
  expectLoad(function, 0, GDR_OK, "");
  EXPECT_EQ(stub::getNumCalls("cuFuncLoad"), 2);
  for (const char *name : {"cuModuleLoadDataEx", "cuModuleGetFunction",
                           "cuFuncLoad", "cuDevicePrimaryCtxRetain"})
    stub::setFailure(name, 900);
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(stub::getLaunches().size(), 1u);
}

TEST_F(LoadTest, OncePerDeviceFromManyThreads) {
  constexpr int numThreads = 16;
  const gdr_function *table = function.get();
  std::atomic<int> numWaiting{0}, numFailed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < numThreads; ++i)
    threads.emplace_back([&, i] {
      DeviceArguments mine(i % 2);
      ++numWaiting;
      while (numWaiting < numThreads)
        std::this_thread::yield();
      for (int call = 0; call < 100; ++call)
        numFailed += gdr_invoke(table, mine.getHeader()) != GDR_OK;
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(numFailed, 0);
  EXPECT_EQ(stub::getModules().size(), 2u);
  std::vector<stub::Launch> launches = stub::getLaunches();
  EXPECT_EQ(launches.size(), 1600u);
  int onDevice[2] = {};
  for (const stub::Launch &launch : launches) {
    ASSERT_EQ(launch.kernelDevice, launch.currentDevice);
    ++onDevice[launch.kernelDevice];
  }
  EXPECT_EQ(onDevice[0], 800);
  EXPECT_EQ(onDevice[1], 800);
}

TEST_F(LoadTest, PrimaryContextIsRetainedOnce) {
  DeviceFunction other;
  expectLoad(function, 1, GDR_OK, "");
  expectLoad(other, 1, GDR_OK, "");
  EXPECT_EQ(stub::getModules().size(), 2u);
  EXPECT_EQ(stub::getNumRetains(1), 1);
}

TEST_F(LoadTest, LoadKeepsTheCurrentContext) {
  stub::setCurrentContext(stub::getPrimaryContext(1));
  expectLoad(function, 0, GDR_OK, "");
  EXPECT_EQ(stub::getCurrentContext(), stub::getPrimaryContext(1));
  EXPECT_EQ(stub::getModules()[0].device, 0);
}

TEST_F(LoadTest, NoSuchDevice) {
  expectLoad(function, 2, GDR_NO_DEVICE,
             "expected the number of a CUDA device below 2, got 2");
  expectLoad(function, -1, GDR_NO_DEVICE,
             "expected the number of a CUDA device below 2, got -1");
  expectLoad(function, 1000000, GDR_NO_DEVICE,
             "expected the number of a CUDA device below 2, got 1000000");
  DeviceArguments elsewhere(2);
  expectInvoke(function, elsewhere, GDR_NO_DEVICE,
               "expected the number of a CUDA device below 2, got 2");
}

TEST_F(LoadTest, FailureIsNotKept) {
  stub::setFailure("cuModuleLoadDataEx", 218);
  stub::setLog("ptxas fatal: unresolved");
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "function 'decode' on device 0: cuModuleLoadDataEx failed with "
               "error 218: stub refusal; ptxas fatal: unresolved");
  EXPECT_TRUE(stub::getLaunches().empty());
  EXPECT_EQ(stub::getCurrentContext(), nullptr);
  stub::reset();
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(stub::getLaunches().size(), 1u);
}

TEST_F(LoadTest, UnknownError) {
  stub::setFailure("cuModuleLoadDataEx", 999);
  expectLoad(function, 0, GDR_DRIVER_ERROR,
             "function 'decode' on device 0: cuModuleLoadDataEx failed with "
             "error 999: unknown error");
}

TEST_F(LoadTest, Capture) {
  for (int error : {900, 908}) {
    stub::setFailure("cuModuleLoadDataEx", error);
    expectInvoke(function, arguments, GDR_DRIVER_ERROR,
                 "function 'decode' on device 0: cuModuleLoadDataEx failed "
                 "with error " +
                     std::to_string(error) +
                     ": stub refusal; call decode_load(0) before the capture "
                     "of a CUDA graph");
  }
}

TEST_F(LoadTest, MissingKernelUnloadsTheModule) {
  stub::setFailure("cuModuleGetFunction", 500);
  expectLoad(function, 0, GDR_DRIVER_ERROR,
             "function 'decode' on device 0: cuModuleGetFunction failed with "
             "error 500: stub refusal");
  ASSERT_EQ(stub::getModules().size(), 1u);
  EXPECT_TRUE(stub::getModules()[0].isUnloaded);
}

TEST_F(LoadTest, FailureToLoadAKernel) {
  stub::setFailure("cuFuncLoad", 2);
  expectLoad(function, 0, GDR_DRIVER_ERROR,
             "function 'decode' on device 0: cuFuncLoad failed with error 2: "
             "stub refusal");
}

TEST_F(LoadTest, FailuresOfTheDevice) {
  for (const char *name : {"cuDeviceGetCount", "cuDeviceGet"}) {
    stub::reset();
    stub::setFailure(name, 3);
    expectLoad(function, 1, GDR_DRIVER_ERROR,
               std::string("device 1: ") + name +
                   " failed with error 3: stub refusal");
  }
  stub::reset();
  stub::setFailure("cuDeviceGetAttribute", 3);
  expectLoad(function, 1, GDR_DRIVER_ERROR,
             "function 'decode' on device 1: cuDeviceGetAttribute failed with "
             "error 3: stub refusal");
}

TEST_F(LoadTest, FailureToRetainTheContext) {
  auto run = [&] {
    stub::setFailure("cuDevicePrimaryCtxRetain", 2);
    expectLoad(function, 1, GDR_DRIVER_ERROR,
               "device 1: cuDevicePrimaryCtxRetain failed with error 2: stub "
               "refusal");
    exitWithResult();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(LoadTest, CpuFunctionsNeedNoDriver) {
  auto run = [] {
    EXPECT_EQ(gdr_set_driver_library("/nowhere/libcuda.so"), GDR_OK);
    Function onCpu(kDLCPU);
    int numRuns = 0;
    onCpu.host = [&](gdr_call *, void *const *) { ++numRuns; };
    Arguments none(0);
    expectLoad(onCpu, 5, GDR_OK, "");
    expectInvoke(onCpu, none, GDR_OK, "");
    EXPECT_EQ(numRuns, 1);
    // The driver was not even looked for.
    EXPECT_EQ(gdr_set_driver_library(nullptr), GDR_OK);
    exitWithResult();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(LoadTest, MissingDriver) {
  auto run = [&] {
    EXPECT_EQ(gdr_set_driver_library("/nowhere/libcuda.so"), GDR_OK);
    // The second call tells the same.
    for (int i = 0; i < 2; ++i)
      expectInvoke(function, arguments, GDR_NO_DEVICE,
                   "cannot load the CUDA driver: /nowhere/libcuda.so: cannot "
                   "open shared object file: No such file or directory");
    EXPECT_EQ(gdr_set_driver_library(GDR_STUB_DRIVER), GDR_INVALID_ARGUMENT);
    exitWithResult();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(LoadTest, OldDriver) {
  auto run = [&] {
    EXPECT_EQ(gdr_set_driver_library("libc.so.6"), GDR_OK);
    expectLoad(function, 0, GDR_NO_DEVICE,
               "the CUDA driver 'libc.so.6' has no function 'cuInit'; expected "
               "version 11.8 or later");
    exitWithResult();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(LoadTest, DriverThatDoesNotStart) {
  auto run = [&] {
    stub::setFailure("cuInit", 100);
    expectLoad(function, 0, GDR_NO_DEVICE,
               "cuInit failed with error 100: stub refusal");
    exitWithResult();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(LoadTest, DriverLibraryIsSetBeforeItsUse) {
  expectLoad(function, 0, GDR_OK, "");
  EXPECT_EQ(gdr_set_driver_library("/nowhere/libcuda.so"),
            GDR_INVALID_ARGUMENT);
  EXPECT_STREQ(gdr_last_error(), "expected the driver library to be set before "
                                 "the first call that needs the driver");
}

TEST_F(LoadTest, SentencesBelongToTheThread) {
  expectLoad(function, 2, GDR_NO_DEVICE,
             "expected the number of a CUDA device below 2, got 2");
  std::string before, after;
  std::thread([&] {
    before = gdr_last_error();
    gdr_load(function.get(), 3);
    after = gdr_last_error();
  }).join();
  EXPECT_EQ(before, "");
  EXPECT_EQ(after, "expected the number of a CUDA device below 2, got 3");
  EXPECT_STREQ(gdr_last_error(),
               "expected the number of a CUDA device below 2, got 2");
}

} // namespace
