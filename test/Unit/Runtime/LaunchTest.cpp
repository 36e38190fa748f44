//===- LaunchTest.cpp - launches, contexts and workspaces -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What reaches the driver for a launch, and what the entry point returns.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "StubDriver.h"

#include <atomic>
#include <cinttypes>
#include <thread>

namespace {

struct LaunchParameters {
  int64_t kernel = 0;
  int64_t gridX = 1, gridY = 1, gridZ = 1;
  int64_t blockX = 32, blockY = 1, blockZ = 1;
  int64_t sharedBytes = 0, flags = 0;
  int64_t value = 42;
};

class LaunchTest : public testing::Test {
protected:
  void SetUp() override {
    stub::reset();
    function.host = [this](gdr_call *call, void *const *) {
      for (LaunchParameters &launch : launches) {
        void *parameters[] = {&launch.value};
        gdr_launch(call, launch.kernel, launch.gridX, launch.gridY,
                   launch.gridZ, launch.blockX, launch.blockY, launch.blockZ,
                   launch.sharedBytes, launch.flags, parameters);
      }
    };
  }

  void expectOutOfRange(const LaunchParameters &launch,
                        const std::string &sentence) {
    launches = {launch, LaunchParameters()};
    expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
                 "function 'decode', kernel 'kernel': expected " + sentence);
    EXPECT_TRUE(stub::getLaunches().empty());
  }

  DeviceFunction function;
  DeviceArguments arguments;
  std::vector<LaunchParameters> launches = {LaunchParameters()};
};

TEST_F(LaunchTest, PassesEverything) {
  function.addKernel("second");
  LaunchParameters launch;
  launch.kernel = 1;
  launch.gridX = 2147483647;
  launch.gridY = 65535;
  launch.gridZ = 7;
  launch.blockX = 128;
  launch.blockY = 3;
  launch.blockZ = 2;
  launch.sharedBytes = 4096;
  launch.value = 1234567890123;
  launches = {launch};
  int stream;
  arguments.getHeader()->stream = &stream;
  expectInvoke(function, arguments, GDR_OK, "");
  ASSERT_EQ(stub::getLaunches().size(), 1u);
  stub::Launch got = stub::getLaunches()[0];
  EXPECT_EQ(got.kernel, "second");
  EXPECT_EQ(got.grid[0], 2147483647u);
  EXPECT_EQ(got.grid[1], 65535u);
  EXPECT_EQ(got.grid[2], 7u);
  EXPECT_EQ(got.block[0], 128u);
  EXPECT_EQ(got.block[1], 3u);
  EXPECT_EQ(got.block[2], 2u);
  EXPECT_EQ(got.sharedBytes, 4096u);
  EXPECT_EQ(got.stream, &stream);
  EXPECT_EQ(got.parameter, 1234567890123);
  EXPECT_EQ(got.kernelDevice, 0);
  EXPECT_EQ(got.currentDevice, 0);
  EXPECT_TRUE(got.attributes.empty());
  EXPECT_TRUE(stub::getSharedLimits().empty());
}

TEST_F(LaunchTest, EmptyGrids) {
  launches.assign(4, LaunchParameters());
  launches[0].gridX = 0;
  launches[1].gridY = 0;
  launches[2].gridZ = 0;
  launches[3].value = 3;
  expectInvoke(function, arguments, GDR_OK, "");
  ASSERT_EQ(stub::getLaunches().size(), 1u);
  EXPECT_EQ(stub::getLaunches()[0].parameter, 3);
}

TEST_F(LaunchTest, Limits) {
  LaunchParameters launch;
  launch.gridX = 2147483648;
  expectOutOfRange(launch, "grid_x to be between 0 and 2147483647, got "
                           "2147483648");
  launch = {};
  launch.gridX = -1;
  expectOutOfRange(launch, "grid_x to be between 0 and 2147483647, got -1");
  launch = {};
  launch.gridY = 65536;
  expectOutOfRange(launch, "grid_y to be between 0 and 65535, got 65536");
  launch = {};
  launch.gridZ = 65536;
  expectOutOfRange(launch, "grid_z to be between 0 and 65535, got 65536");
  launch = {};
  launch.blockX = 4294967328; // 32 in the low 32 bits
  expectOutOfRange(launch, "block_x to be between 1 and 1024, got 4294967328");
  launch = {};
  launch.blockY = 0;
  expectOutOfRange(launch, "block_y to be between 1 and 1024, got 0");
  launch = {};
  launch.blockZ = 65;
  expectOutOfRange(launch, "block_z to be between 1 and 64, got 65");
  launch = {};
  launch.sharedBytes = -1;
  expectOutOfRange(launch, "shared_bytes to be between 0 and 2147483647, got "
                           "-1");
}

TEST_F(LaunchTest, OversizeIsAnErrorThoughAnotherDimensionIsEmpty) {
  LaunchParameters launch;
  launch.gridX = 0;
  launch.gridY = 65536;
  expectOutOfRange(launch, "grid_y to be between 0 and 65535, got 65536");
}

TEST_F(LaunchTest, DependentLaunchNeedsBothSides) {
  for (uint64_t callFlags : {0, 1})
    for (int64_t launchFlags : {0, 1}) {
      stub::reset();
      arguments.getHeader()->flags = callFlags;
      launches[0].flags = launchFlags;
      expectInvoke(function, arguments, GDR_OK, "");
      ASSERT_EQ(stub::getLaunches().size(), 1u);
      std::vector<std::pair<int, int>> expected;
      if (callFlags && launchFlags)
        // CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION
        expected = {{6, 1}};
      EXPECT_EQ(stub::getLaunches()[0].attributes, expected);
    }
}

TEST_F(LaunchTest, DependentLaunchNeedsAKernelThatWaits) {
  struct Case {
    gdr_image_kind kind;
    int image, device, driver;
    bool isDependent;
  };
  for (const Case &test :
       {Case{GDR_IMAGE_CUBIN, 80, 80, 12030, false},
        Case{GDR_IMAGE_CUBIN, 80, 89, 12030, false},
        Case{GDR_IMAGE_CUBIN, 90, 90, 12030, true},
        Case{GDR_IMAGE_CUBIN, 100, 103, 12030, true},
        // The device could, but PTX for an older one does not wait.
        Case{GDR_IMAGE_PTX, 80, 90, 12030, false},
        Case{GDR_IMAGE_PTX, 90, 120, 12030, true},
        // Such launches could not be captured.
        Case{GDR_IMAGE_CUBIN, 90, 90, 12020, false}}) {
    stub::reset();
    stub::setComputeCapability(0, test.device);
    stub::setVersion(test.driver);
    DeviceFunction compiled(/*hasImage=*/false);
    compiled.addImage(test.kind, test.image, false, "image ");
    compiled.host = function.host;
    arguments.getHeader()->flags = GDR_PROGRAMMATIC_DEPENDENT_LAUNCH;
    launches[0].flags = GDR_LAUNCH_WAITS_FOR_DEPENDENCY;
    expectInvoke(compiled, arguments, GDR_OK, "");
    ASSERT_EQ(stub::getLaunches().size(), 1u);
    EXPECT_EQ(!stub::getLaunches()[0].attributes.empty(), test.isDependent)
        << test.image << " on " << test.device << ", " << test.driver;
  }
}

// Which of the launches overlap, with these flags and empty grids.
TEST_F(LaunchTest, OverlapWithinACall) {
  constexpr int64_t waits = GDR_LAUNCH_WAITS_FOR_DEPENDENCY,
                    overlaps = GDR_LAUNCH_OVERLAPS_PREVIOUS,
                    atStart = GDR_LAUNCH_WAITS_AT_START;
  struct Case {
    bool isGranted;
    std::vector<int64_t> flags; // -1: an empty grid
    std::vector<bool> expected;
  };
  for (const Case &test :
       {Case{false, {overlaps, overlaps, overlaps}, {false, true, true}},
        Case{false, {0, overlaps, 0}, {false, true, false}},
        // An empty grid is nothing to wait for.
        Case{false, {-1, overlaps, overlaps}, {false, true}},
        Case{false, {0, -1, overlaps}, {false, true}},
        // The third would not know of what is before the call.
        Case{true, {waits, overlaps, overlaps}, {true, false, true}},
        Case{true, {waits | overlaps, 0, overlaps}, {true, false, true}},
        Case{true, {0, waits | overlaps, overlaps}, {false, true, true}},
        Case{false, {waits, waits | overlaps}, {false, true}},
        // Whoever has waited at its start knows of all that is before it.
        Case{false, {atStart, overlaps, atStart}, {true, true, true}},
        Case{true, {atStart, waits, overlaps}, {true, true, false}},
        Case{true, {waits, atStart, overlaps}, {true, true, true}}}) {
    stub::reset();
    launches.assign(test.flags.size(), LaunchParameters());
    for (size_t i = 0; i < launches.size(); ++i) {
      launches[i].flags = test.flags[i] == -1 ? overlaps : test.flags[i];
      launches[i].gridX = test.flags[i] == -1 ? 0 : 1;
    }
    arguments.getHeader()->flags = test.isGranted;
    expectInvoke(function, arguments, GDR_OK, "");
    std::vector<bool> got;
    for (const stub::Launch &launch : stub::getLaunches())
      got.push_back(!launch.attributes.empty());
    EXPECT_EQ(got, test.expected);
  }
}

TEST_F(LaunchTest, OverlapNeedsAKernelThatWaits) {
  stub::setComputeCapability(0, 80);
  DeviceFunction compiled(/*hasImage=*/false);
  compiled.addImage(GDR_IMAGE_CUBIN, 80, false, "image");
  compiled.host = function.host;
  launches.assign(2, LaunchParameters());
  launches[1].flags = GDR_LAUNCH_OVERLAPS_PREVIOUS;
  expectInvoke(compiled, arguments, GDR_OK, "");
  ASSERT_EQ(stub::getLaunches().size(), 2u);
  EXPECT_TRUE(stub::getLaunches()[1].attributes.empty());
}

TEST_F(LaunchTest, OtherFlagsMeanNothing) {
  arguments.getHeader()->flags = ~uint64_t(3);
  launches[0].flags = ~int64_t(5);
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_TRUE(stub::getLaunches()[0].attributes.empty());
}

TEST_F(LaunchTest, SharedMemoryLimitIsOnlyRaised) {
  function.addKernel("second");
  launches.assign(6, LaunchParameters());
  launches[0].sharedBytes = 49152;
  launches[1].sharedBytes = 100000;
  launches[2].sharedBytes = 60000;
  launches[3].sharedBytes = 200000;
  launches[4].sharedBytes = 200000;
  launches[5].sharedBytes = 49153;
  launches[5].kernel = 1;
  expectInvoke(function, arguments, GDR_OK, "");
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(stub::getLaunches().size(), 12u);
  std::vector<std::pair<std::string, int>> expected = {
      {"kernel", 100000}, {"kernel", 200000}, {"second", 49153}};
  EXPECT_EQ(stub::getSharedLimits(), expected);
}

TEST_F(LaunchTest, SharedMemoryLimitFromManyThreads) {
  constexpr int numThreads = 8, numRounds = 20;
  for (int round = 0; round < numRounds; ++round) {
    stub::reset();
    DeviceFunction fresh;
    fresh.host = [](gdr_call *call, void *const *values) {
      // The tensor's size tells how much to ask for.
      auto *x = static_cast<const Descriptor *>(values[0]);
      int64_t parameter = 0;
      void *parameters[] = {&parameter};
      gdr_launch(call, 0, 1, 1, 1, 32, 1, 1, 50000 + x->getSizes(1)[0], 0,
                 parameters);
    };
    const gdr_function *table = fresh.get();
    std::atomic<int> numWaiting{0}, numFailed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < numThreads; ++i)
      threads.emplace_back([&, i] {
        Tensor x(kDLFloat, 32, {1000 - 100 * i}, DLDevice{kDLCUDA, 0});
        Arguments mine(1);
        mine.setTensor(0, x);
        ++numWaiting;
        while (numWaiting < numThreads)
          std::this_thread::yield();
        for (int call = 0; call < 20; ++call)
          numFailed += gdr_invoke(table, mine.getHeader()) != GDR_OK;
      });
    for (std::thread &thread : threads)
      thread.join();
    ASSERT_EQ(numFailed, 0);
    // Each change raised it.
    std::vector<std::pair<std::string, int>> limits = stub::getSharedLimits();
    for (size_t i = 1; i < limits.size(); ++i)
      ASSERT_LT(limits[i - 1].second, limits[i].second);
    ASSERT_EQ(limits.back().second, 51000);
  }
}

TEST_F(LaunchTest, SharedMemoryRefused) {
  stub::setFailure("cuFuncSetAttribute", 1);
  launches[0].sharedBytes = 232448;
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "function 'decode', kernel 'kernel': cuFuncSetAttribute failed "
               "with error 1: stub refusal");
  EXPECT_TRUE(stub::getLaunches().empty());
  // The failure does not count as raised.
  stub::reset();
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(stub::getSharedLimits().size(), 1u);
}

TEST_F(LaunchTest, SharedMemoryOfTheDevice) {
  launches[0].sharedBytes = 232449;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "function 'decode', kernel 'kernel': expected shared_bytes to "
               "be at most 232448, what the device has for a block, got "
               "232449; compile for this chip");
  EXPECT_EQ(stub::getNumCalls("cuFuncSetAttribute"), 0);
  EXPECT_TRUE(stub::getLaunches().empty());
}

TEST_F(LaunchTest, FirstFailureCounts) {
  launches.assign(3, LaunchParameters());
  launches[1].gridY = 70000;
  stub::setFailure("cuLaunchKernelEx", 701);
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "function 'decode', kernel 'kernel': cuLaunchKernelEx failed "
               "with error 701: stub refusal");
  EXPECT_EQ(stub::getNumCalls("cuLaunchKernelEx"), 1);
  stub::reset();
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "function 'decode', kernel 'kernel': expected grid_y to be "
               "between 0 and 65535, got 70000");
  EXPECT_EQ(stub::getLaunches().size(), 1u);
}

TEST_F(LaunchTest, ContextIsSetAndRestored) {
  char foreign;
  for (void *previous :
       {static_cast<void *>(&foreign), stub::getPrimaryContext(1),
        static_cast<void *>(nullptr)}) {
    stub::reset();
    stub::setCurrentContext(previous);
    expectInvoke(function, arguments, GDR_OK, "");
    ASSERT_EQ(stub::getLaunches().size(), 1u);
    EXPECT_EQ(stub::getLaunches()[0].currentDevice, 0);
    EXPECT_EQ(stub::getCurrentContext(), previous);
  }
}

TEST_F(LaunchTest, ContextIsRestoredAfterAFailure) {
  char foreign;
  stub::setCurrentContext(&foreign);
  stub::setFailure("cuLaunchKernelEx", 701);
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "function 'decode', kernel 'kernel': cuLaunchKernelEx failed "
               "with error 701: stub refusal");
  EXPECT_EQ(stub::getCurrentContext(), &foreign);
}

TEST_F(LaunchTest, ContextThatIsAlreadyCurrentStays) {
  stub::setCurrentContext(stub::getPrimaryContext(0));
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(stub::getNumCalls("cuCtxSetCurrent"), 0);
  EXPECT_EQ(stub::getLaunches()[0].currentDevice, 0);
}

TEST_F(LaunchTest, ContextRefused) {
  expectLoad(function, 0, GDR_OK, "");
  stub::setFailure("cuCtxSetCurrent", 201);
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "cuCtxSetCurrent failed with error 201: stub refusal");
  stub::reset();
  stub::setFailure("cuCtxGetCurrent", 4);
  expectInvoke(function, arguments, GDR_DRIVER_ERROR,
               "cuCtxGetCurrent failed with error 4: stub refusal");
  EXPECT_TRUE(stub::getLaunches().empty());
}

TEST_F(LaunchTest, DeviceOfTheTensors) {
  DeviceArguments onSecond(1);
  expectInvoke(function, onSecond, GDR_OK, "");
  ASSERT_EQ(stub::getLaunches().size(), 1u);
  EXPECT_EQ(stub::getLaunches()[0].kernelDevice, 1);
  EXPECT_EQ(stub::getLaunches()[0].currentDevice, 1);
}

TEST_F(LaunchTest, DeviceTypes) {
  struct Case {
    DLDeviceType type;
    std::string got;
  };
  for (const Case &test :
       {Case{kDLCUDA, ""}, Case{kDLCUDAManaged, ""}, Case{kDLCPU, "1 (CPU)"},
        Case{kDLCUDAHost, "3 (pinned host memory)"},
        Case{kDLROCM, "10 (ROCm)"}}) {
    Tensor x(kDLFloat, 32, {4}, DLDevice{test.type, 0});
    arguments.setTensor(0, x);
    expectInvoke(
        function, arguments, test.got.empty() ? GDR_OK : GDR_INVALID_ARGUMENT,
        "argument 'x': expected a tensor on device type 2 (CUDA), got " +
            test.got);
  }
  EXPECT_EQ(stub::getLaunches().size(), 2u);
}

TEST_F(LaunchTest, Workspace) {
  function.workspaceBytes = 1000;
  void *got = nullptr;
  function.host = [&](gdr_call *call, void *const *) {
    got = gdr_call_workspace(call);
  };
  gdr_args_header &header = *arguments.getHeader();
  alignas(256) char buffer[1280];
  expectWorkspaceSize(function, arguments, 1000, "");

  header.workspace_bytes = 1000;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "argument 'workspace' is missing: expected 1000 bytes");
  header.workspace = buffer;
  header.workspace_bytes = 999;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "argument 'workspace': expected at least 1000 bytes, got 999");
  header.workspace = buffer + 128;
  header.workspace_bytes = 1000;
  char address[32];
  snprintf(address, sizeof(address), "0x%" PRIxPTR,
           reinterpret_cast<uintptr_t>(buffer + 128));
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               std::string("argument 'workspace': expected a multiple of 256 "
                           "bytes, got address ") +
                   address);
  EXPECT_EQ(got, nullptr);
  header.workspace = buffer;
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(got, buffer);
}

TEST_F(LaunchTest, WorkspaceFromSource) {
  function.workspaceBytes = 1000;
  void *got = nullptr;
  function.host = [&](gdr_call *call, void *const *) {
    got = gdr_call_workspace(call);
  };
  struct Memory {
    alignas(256) char bytes[1280];
    void *given = bytes;
    size_t asked = 0;
  } memory;
  gdr_workspace_source source = {[](void *context, size_t bytes) {
                                   auto *memory =
                                       static_cast<Memory *>(context);
                                   memory->asked = bytes;
                                   return memory->given;
                                 },
                                 &memory};
  gdr_args_header &header = *arguments.getHeader();
  header.flags = GDR_WORKSPACE_FROM_SOURCE;
  header.workspace = &source;
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(got, memory.bytes);
  EXPECT_EQ(memory.asked, 1000u);

  memory.given = nullptr;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "argument 'workspace': expected 1000 bytes from its source, got "
               "NULL");
  memory.given = memory.bytes + 128;
  char address[32];
  snprintf(address, sizeof(address), "0x%" PRIxPTR,
           reinterpret_cast<uintptr_t>(memory.given));
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               std::string("argument 'workspace': expected a multiple of 256 "
                           "bytes, got address ") +
                   address);
  source.allocate = nullptr;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "argument 'workspace': expected a gdr_workspace_source, got one "
               "without a function");
  header.workspace = nullptr;
  expectInvoke(function, arguments, GDR_INVALID_ARGUMENT,
               "argument 'workspace': expected a gdr_workspace_source, got "
               "NULL");

  // Not asked where none is needed, nor where the arguments are wrong.
  header.workspace = &source;
  source.allocate = [](void *, size_t) -> void * {
    ADD_FAILURE();
    return nullptr;
  };
  function.workspaceBytes = 0;
  expectInvoke(function, arguments, GDR_OK, "");
  EXPECT_EQ(got, nullptr);
}

TEST_F(LaunchTest, NoWorkspaceNeeded) {
  for (int64_t bytes : {-1, 0}) {
    function.workspaceBytes = bytes;
    expectWorkspaceSize(function, arguments, 0, "");
    expectInvoke(function, arguments, GDR_OK, "");
  }
  EXPECT_EQ(stub::getLaunches().size(), 2u);
}

TEST_F(LaunchTest, WorkspaceSizeNeedsNoDriver) {
  function.workspaceBytes = 64;
  DeviceArguments elsewhere(9);
  expectWorkspaceSize(function, elsewhere, 64, "");
  EXPECT_EQ(stub::getNumCalls("cuDeviceGetCount"), 0);
}

} // namespace
