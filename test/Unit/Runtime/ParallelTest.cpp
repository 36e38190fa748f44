//===- ParallelTest.cpp - the parallel loop -------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// That every index runs exactly once, whoever calls and however often.
//
//===----------------------------------------------------------------------===//

#include "gdr-c/Runtime.h"

#include "gtest/gtest.h"
#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

class ParallelTest : public testing::Test {
protected:
  ~ParallelTest() override {
    gdr_set_parallel_for(nullptr);
    gdr_set_num_threads(0);
  }
};

/// Runs a callable for each index.
template <typename Callable>
void run(int64_t n, Callable callable) {
  gdr_parallel_for(
      [](void *context, int64_t i) { (*static_cast<Callable *>(context))(i); },
      &callable, n);
}

/// Counts how often each index runs.
class Counter {
public:
  explicit Counter(int64_t n) : counts(n) {}
  void operator()(int64_t i) { ++counts.at(i); }
  void expectEach(int expected) const {
    for (size_t i = 0; i < counts.size(); ++i)
      ASSERT_EQ(counts[i], expected) << "index " << i;
  }

private:
  std::vector<std::atomic<int>> counts;
};

TEST_F(ParallelTest, EachIndexOnce) {
  for (int32_t numThreads : {0, 1, 2, 7, 64}) {
    gdr_set_num_threads(numThreads);
    for (int64_t n : {1, 2, 3, 63, 64, 65, 10007}) {
      Counter counter(n);
      run(n, [&](int64_t i) { counter(i); });
      counter.expectEach(1);
    }
  }
}

TEST_F(ParallelTest, EmptyRanges) {
  bool hasRun = false;
  for (int64_t n : {int64_t(0), int64_t(-1), INT64_MIN})
    run(n, [&](int64_t) { hasRun = true; });
  EXPECT_FALSE(hasRun);
}

TEST_F(ParallelTest, ResultsAreVisibleToTheCaller) {
  gdr_set_num_threads(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> values(100, -1);
    run(100, [&](int64_t i) { values[i] = i + round; });
    for (int64_t i = 0; i < 100; ++i)
      ASSERT_EQ(values[i], i + round);
  }
}

TEST_F(ParallelTest, ThreadsWorkAtTheSameTime) {
  // Each index waits for all others: a serial loop would never end.
  constexpr int numThreads = 4;
  gdr_set_num_threads(numThreads);
  std::atomic<int> numArrived{0};
  run(numThreads, [&](int64_t) {
    ++numArrived;
    while (numArrived < numThreads)
      std::this_thread::yield();
  });
  EXPECT_EQ(numArrived, numThreads);
}

TEST_F(ParallelTest, OneThreadIsTheCaller) {
  gdr_set_num_threads(1);
  std::vector<std::thread::id> threads(300);
  run(300, [&](int64_t i) { threads[i] = std::this_thread::get_id(); });
  for (std::thread::id thread : threads)
    ASSERT_EQ(thread, std::this_thread::get_id());
}

TEST_F(ParallelTest, NoMoreThreadsThanAskedFor) {
  // After a larger pool was in use.
  gdr_set_num_threads(8);
  run(100, [](int64_t) {});
  gdr_set_num_threads(2);
  std::atomic<int> numInside{0}, most{0};
  run(200, [&](int64_t) {
    int now = ++numInside;
    int before = most;
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
    std::this_thread::yield();
    --numInside;
  });
  EXPECT_LE(most, 2);
}

TEST_F(ParallelTest, NestedLoopsRunInTheirThread) {
  gdr_set_num_threads(4);
  Counter counter(20 * 30);
  std::atomic<int> numElsewhere{0};
  run(20, [&](int64_t i) {
    std::thread::id outer = std::this_thread::get_id();
    run(30, [&](int64_t j) {
      counter(i * 30 + j);
      numElsewhere += std::this_thread::get_id() != outer;
    });
  });
  counter.expectEach(1);
  EXPECT_EQ(numElsewhere, 0);
}

TEST_F(ParallelTest, SeveralCallers) {
  gdr_set_num_threads(3);
  constexpr int numCallers = 6, numRounds = 200;
  std::vector<std::thread> callers;
  std::vector<Counter> counters;
  for (int caller = 0; caller < numCallers; ++caller)
    counters.emplace_back(97);
  for (int caller = 0; caller < numCallers; ++caller)
    callers.emplace_back([&, caller] {
      for (int round = 0; round < numRounds; ++round)
        run(97, [&](int64_t i) { counters[caller](i); });
    });
  for (std::thread &caller : callers)
    caller.join();
  for (Counter &counter : counters)
    counter.expectEach(numRounds);
}

int numReplaced = 0;

void runBackwards(gdr_parallel_body body, void *context, int64_t n) {
  ++numReplaced;
  for (int64_t i = n; i-- > 0;)
    body(context, i);
}

TEST_F(ParallelTest, Replacement) {
  gdr_set_parallel_for(runBackwards);
  numReplaced = 0;
  std::vector<int64_t> order;
  run(4, [&](int64_t i) { order.push_back(i); });
  run(0, [&](int64_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<int64_t>{3, 2, 1, 0}));
  EXPECT_EQ(numReplaced, 1);
  gdr_set_parallel_for(nullptr);
  Counter counter(100);
  run(100, [&](int64_t i) { counter(i); });
  counter.expectEach(1);
  EXPECT_EQ(numReplaced, 1);
}

TEST_F(ParallelTest, ProcessEndsWithSleepingThreads) {
  auto useThenExit = [] {
    gdr_set_num_threads(8);
    Counter counter(1000);
    run(1000, [&](int64_t i) { counter(i); });
    counter.expectEach(1);
    std::exit(HasFailure() ? 1 : 0);
  };
  EXPECT_EXIT(useThenExit(), testing::ExitedWithCode(0), "");
}

} // namespace
