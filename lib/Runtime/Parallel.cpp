//===- Parallel.cpp - parallel loops of CPU code --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// gdr_parallel_for and its default: a pool of threads that sleep between loops.
// The calling thread works too, and chunks are handed out by a counter, so a
// worker that wakes up late holds nobody up. A loop within a loop, and a second
// caller while the pool is busy, run in the calling thread.
//
//===----------------------------------------------------------------------===//

#include "ABI.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <pthread.h>
#include <sched.h>

using namespace gdr::runtime;

namespace {
/// One parallel loop; lives on the caller's stack.
struct Loop {
  gdr_parallel_body body;
  void *context;
  int64_t n;
  int64_t chunk;
  std::atomic<int64_t> next{0};

  void work() {
    for (;;) {
      int64_t begin = next.fetch_add(chunk, std::memory_order_relaxed);
      if (begin >= n)
        return;
      int64_t end = std::min(begin + chunk, n);
      for (int64_t i = begin; i < end; ++i)
        body(context, i);
    }
  }
};

class Pool {
public:
  /// Runs the loop on up to `numThreads` threads; false if the pool is busy.
  bool tryRun(Loop &loop, int64_t numThreads);

private:
  static void *runWorker(void *argument);
  void startWorkers(int64_t count);

  /// Held by the thread whose loop is running.
  std::mutex owner;
  /// Guards what follows.
  std::mutex mutex;
  std::condition_variable started, finished;
  int64_t numWorkers = 0;
  /// The loop that workers may still join, or null.
  Loop *open = nullptr;
  /// How many more may join it, and how many are in it.
  int64_t places = 0, working = 0;
};
} // namespace

static std::atomic<gdr_parallel_for_fn> replacement{nullptr};
static std::atomic<int32_t> requestedThreads{0};
/// Whether this thread is inside a loop of the pool.
static thread_local bool isInLoop = false;

void *Pool::runWorker(void *argument) {
  Pool &pool = *static_cast<Pool *>(argument);
  isInLoop = true;
  std::unique_lock<std::mutex> lock(pool.mutex);
  for (;;) {
    pool.started.wait(lock, [&] { return pool.open && pool.places > 0; });
    Loop &loop = *pool.open;
    --pool.places;
    ++pool.working;
    lock.unlock();
    loop.work();
    lock.lock();
    // Its range is handed out: nobody else need join.
    pool.places = 0;
    if (--pool.working == 0)
      pool.finished.notify_one();
  }
}

void Pool::startWorkers(int64_t count) {
  // pthread_create rather than std::thread, which throws where threads are
  // limited; the loop then runs on those there are.
  pthread_attr_t attributes;
  if (numWorkers >= count || pthread_attr_init(&attributes) != 0)
    return;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  while (numWorkers < count &&
         pthread_create(&thread, &attributes, runWorker, this) == 0)
    ++numWorkers;
  pthread_attr_destroy(&attributes);
}

bool Pool::tryRun(Loop &loop, int64_t numThreads) {
  std::unique_lock<std::mutex> ownership(owner, std::try_to_lock);
  if (!ownership.owns_lock())
    return false;
  int64_t numInvited;
  {
    std::lock_guard<std::mutex> lock(mutex);
    startWorkers(numThreads - 1);
    open = &loop;
    places = numInvited = std::min(numThreads - 1, numWorkers);
  }
  for (int64_t i = 0; i < numInvited; ++i)
    started.notify_one();

  isInLoop = true;
  loop.work();
  isInLoop = false;

  std::unique_lock<std::mutex> lock(mutex);
  open = nullptr;
  finished.wait(lock, [&] { return working == 0; });
  return true;
}

/// Returns the pool, or null without memory. It is never destroyed, and its
/// threads never joined: they sleep in it when the process ends, and may do so
/// while static objects are destroyed.
static Pool *getPool() {
  static Pool *pool = new (std::nothrow) Pool;
  return pool;
}

static int64_t getNumThreads() {
  if (int32_t requested = requestedThreads.load(std::memory_order_relaxed))
    return requested;
  static const int64_t numCores = [] {
    // The cores that this process may use, which a container limits.
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  }();
  return numCores;
}

static void runDefault(gdr_parallel_body body, void *context, int64_t n) {
  // Several chunks a thread, so that uneven iterations balance out.
  constexpr int64_t chunksPerThread = 8;
  int64_t numThreads = isInLoop ? 1 : std::min(getNumThreads(), n);
  if (numThreads > 1) {
    Loop loop{body, context, n,
              std::max<int64_t>(1, n / (numThreads * chunksPerThread))};
    Pool *pool = getPool();
    if (pool && pool->tryRun(loop, numThreads))
      return;
  }
  for (int64_t i = 0; i < n; ++i)
    body(context, i);
}

void gdr_parallel_for(gdr_parallel_body body, void *context, int64_t n) {
  if (n <= 0)
    return;
  gdr_parallel_for_fn implementation =
      replacement.load(std::memory_order_acquire);
  if (implementation)
    implementation(body, context, n);
  else
    runDefault(body, context, n);
}

void gdr_set_parallel_for(gdr_parallel_for_fn implementation) {
  replacement.store(implementation, std::memory_order_release);
}

void gdr_set_num_threads(int32_t num_threads) {
  requestedThreads.store(std::max(num_threads, 0), std::memory_order_relaxed);
}
