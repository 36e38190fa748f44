//===- BarriersTest.cpp - what barriers order -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Barriers.h"
#include "SharedMemory.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

// An observer of a CTA of two warpgroups.
static Observer createObserver(unsigned warpgroup) {
  Observer observer;
  observer.warpgroup = warpgroup;
  observer.numWarpgroups = 2;
  return observer;
}

static Access createWrite(unsigned agent, int64_t time) {
  Access access = {0, 16, /*isWrite=*/true, {}, /*op=*/nullptr};
  access.agent = agent;
  access.time = time;
  return access;
}

TEST(NamedBarrierTest, EndsWhenAllHaveCome) {
  NamedBarrier barrier(2);
  barrier.arrive({});
  EXPECT_EQ(barrier.phase, 0);
  barrier.arrive({});
  EXPECT_EQ(barrier.phase, 1);
  barrier.arrive({});
  EXPECT_EQ(barrier.phase, 1);
}

TEST(NamedBarrierTest, CarriesKnowledge) {
  Observer writer = createObserver(0), reader = createObserver(1);
  writer.time = 3;
  NamedBarrier barrier(2);
  barrier.arrive(writer.getKnowledge());
  barrier.arrive(reader.getKnowledge());
  reader.learn(barrier.ended);
  EXPECT_TRUE(reader.knows(createWrite(0, 3)));
  EXPECT_FALSE(reader.knows(createWrite(0, 4)));
}

TEST(MBarrierTest, WaitsForBytes) {
  MBarrier barrier(/*number=*/0, 1);
  barrier.expect(32);
  EXPECT_TRUE(barrier.arrive(1, {}));
  EXPECT_EQ(barrier.getPhase(), 0);
  bool isMade = false;
  barrier.addCopy(nullptr, 32, [&](Knowledge &) { isMade = true; });
  barrier.makeCopies();
  EXPECT_TRUE(isMade);
  EXPECT_EQ(barrier.getPhase(), 1);
}

TEST(MBarrierTest, HasRoomForArrivals) {
  MBarrier barrier(/*number=*/0, 4);
  EXPECT_TRUE(barrier.arrive(3, {}));
  EXPECT_FALSE(barrier.arrive(2, {}));
  EXPECT_TRUE(barrier.arrive(1, {}));
  EXPECT_EQ(barrier.getPhase(), 1);
}

// What one thread has seen of a barrier the others know after a sync.
TEST(ObserverTest, KnowsPhases) {
  MBarrier barrier(/*number=*/3, 1);
  EXPECT_TRUE(barrier.arrive(1, {}));
  Observer observer = createObserver(0);
  EXPECT_EQ(observer.getPhase(barrier), 0);
  observer.inOneThread = true;
  observer.learn(barrier.getKnowledge());
  EXPECT_EQ(observer.getPhase(barrier), 1);
  observer.inOneThread = false;
  EXPECT_EQ(observer.getPhase(barrier), 0);
  observer.sync();
  EXPECT_EQ(observer.getPhase(barrier), 1);
}

TEST(ObserverTest, KnowsItsOwnAccessesAfterASync) {
  Observer observer = createObserver(0);
  observer.time = 2;
  EXPECT_FALSE(observer.knows(createWrite(0, 2)));
  observer.sync();
  EXPECT_TRUE(observer.knows(createWrite(0, 2)));
}

// One thread speaks for the others up to their last barrier.
TEST(ObserverTest, OneThread) {
  Observer one = createObserver(0), other = createObserver(1);
  one.time = 1;
  one.sync();
  one.time = 2;
  one.inOneThread = true;
  Knowledge learned;
  learned.set(1, 5);
  one.learn(learned);
  other.learn(one.getKnowledge());
  EXPECT_TRUE(other.knows(createWrite(0, 1)));
  EXPECT_FALSE(other.knows(createWrite(0, 2)));
  EXPECT_TRUE(one.knows(createWrite(1, 5)));
  one.inOneThread = false;
  EXPECT_FALSE(one.knows(createWrite(1, 5)));
  one.sync();
  EXPECT_TRUE(one.knows(createWrite(1, 5)));
}

// A fence counts if it is before what carries the knowledge.
TEST(ObserverTest, KnowsFences) {
  Observer writer = createObserver(0), reader = createObserver(1);
  writer.time = 1;
  Knowledge unfenced = writer.getKnowledge();
  writer.fenced = writer.time;
  EXPECT_TRUE(writer.knowsFence(createWrite(0, 1)));
  reader.learn(unfenced);
  EXPECT_TRUE(reader.knows(createWrite(0, 1)));
  EXPECT_FALSE(reader.knowsFence(createWrite(0, 1)));
  reader.learn(writer.getKnowledge());
  EXPECT_TRUE(reader.knowsFence(createWrite(0, 1)));
}
