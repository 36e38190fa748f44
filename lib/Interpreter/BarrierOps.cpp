//===- BarrierOps.cpp - barriers in tile programs -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

MBarrier *Warpgroup::getMBarrier(Operation *op, Value value) {
  const auto &at = getAs<MBarrierAt>(value);
  if (numBarriers >= at.publishedBy)
    return &at.row->barriers[at.position];
  emitError(op) << "expected a gpu.barrier between the initialization of the "
                   "barrier, by one thread, and its use";
  return nullptr;
}

Step Warpgroup::createMBarriers(wg::MBarrierAllocOp op) {
  auto *row = cta.find<MBarrierRow>(op);
  if (!row) {
    auto count = static_cast<int64_t>(op.getCount());
    auto arrivals = static_cast<int64_t>(op.getArrivals());
    if (count < 1 || arrivals < 1)
      return fail(op, "expected at least one barrier and arrival");
    int64_t bytes = count * mbarrierBytes;
    if (op.getOffset()) {
      if (allocate(op, bytes, static_cast<int64_t>(*op.getOffset())) < 0)
        return Step::Failed;
    } else {
      cta.barrierBytes += bytes;
      if (failed(verifySharedSize(op, /*end=*/0)))
        return Step::Failed;
    }
    row = cta.add<MBarrierRow>(op, cta.createMBarriers(count, arrivals));
  }
  set(op.getBarriers(), MBarrierAt{row, 0, numBarriers + 1});
  return Step::Done;
}

Step Warpgroup::arrive(Operation *op, MBarrier &barrier, int64_t count) {
  // Copies that nobody waits for arrive too, in time.
  if (!barrier.arrive(count, observer.getKnowledge()))
    barrier.makeCopies();
  else
    return Step::Done;
  if (!barrier.arrive(count, observer.getKnowledge()))
    return fail(op, "arrives more often than a phase of the barrier has room "
                    "for");
  return Step::Done;
}

// Ends a wait for the last phase that has ended. A GPU compares parities: for
// threads that may come while it is two phases behind, the wait ends at once.
Step Warpgroup::learnFrom(Operation *op, const MBarrier &barrier) {
  int64_t known = observer.getPhase(barrier);
  if (barrier.getPhase() > known + 1)
    return fail(op,
                "waits for phase " + Twine(barrier.getPhase() - 1) +
                    " of a barrier, and its threads may come before phase " +
                    Twine(known) +
                    " has ended, where parities are not enough; let them "
                    "wait for it, or for a thread that has (wg.sync)");
  observer.learn(barrier.getKnowledge());
  return Step::Done;
}

// Ends when the barrier is in a phase of the other parity.
Step Warpgroup::waitForMBarrier(wg::MBarrierWaitOp op) {
  MBarrier *barrier = getMBarrier(op, op.getBarrier());
  if (!barrier)
    return Step::Failed;
  int64_t parity = getInteger(op.getParity());
  if (parity != 0 && parity != 1)
    return fail(op, "expected a parity of 0 or 1, got " + Twine(parity));
  barrier->makeCopies();
  if (barrier->getPhase() % 2 == parity)
    return wait("for the end of phase " + Twine(barrier->getPhase()) + ": " +
                barrier->describe());
  return learnFrom(op, *barrier);
}

// Arrives once, however often the op is tried.
Step Warpgroup::meet(NamedBarrier &barrier) {
  if (!meetingPhase) {
    meetingPhase = barrier.phase;
    barrier.arrive(observer.getKnowledge());
  }
  if (barrier.phase == *meetingPhase)
    return wait("for " + Twine(barrier.participants - barrier.arrivals) +
                " of " + Twine(barrier.participants) + " warpgroups");
  meetingPhase.reset();
  observer.learn(barrier.ended);
  observer.sync();
  return Step::Done;
}

// Barriers between roles.
bool Warpgroup::executeOnNamedBarriers(Operation *op, Step &step) {
  step = Step::Done;
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::BarrierOp barrier) {
        auto participants = static_cast<int64_t>(barrier.getParticipants());
        set(barrier.getBarrier(), cta.add(op, NamedBarrier(participants)));
        return true;
      })
      .Case([&](wg::MeetOp meetOp) {
        step = meet(*getAs<NamedBarrier *>(meetOp.getBarrier()));
        return true;
      })
      .Default(false);
}

bool Warpgroup::executeOnBarriers(Operation *op, Step &step) {
  if (executeOnNamedBarriers(op, step))
    return true;
  step = Step::Done;
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::SyncOp sync) {
        // The barrier of the hardware is that of the named warpgroup.
        if (auto warpgroup = sync.getWarpgroup();
            warpgroup && *warpgroup != observer.warpgroup)
          step = fail(op, "expected warpgroup " + Twine(*warpgroup));
        observer.sync();
        return true;
      })
      .Case([&](wg::FenceProxyOp) {
        // One thread fences nothing of the others.
        if (!observer.inOneThread)
          observer.fenced = observer.time;
        return true;
      })
      .Case([&](gpu::BarrierOp) {
        auto all = static_cast<int64_t>(cta.warpgroups.size());
        // All of them are barrier 0 of the hardware.
        step = meet(*cta.add(cta.kernel, NamedBarrier(all)));
        numBarriers += step == Step::Done;
        return true;
      })
      .Case([&](wg::MBarrierAllocOp alloc) {
        step = createMBarriers(alloc);
        return true;
      })
      .Case([&](wg::MBarrierAtOp at) {
        MBarrierAt one = getAs<MBarrierAt>(at.getBarriers());
        one.position += getInteger(at.getPosition());
        if (one.position < 0 ||
            one.position >= static_cast<int64_t>(one.row->barriers.size()))
          step = fail(op, "expected one of " + Twine(one.row->barriers.size()) +
                              " barriers, got number " + Twine(one.position));
        else
          set(at.getBarrier(), one);
        return true;
      })
      .Case([&](wg::MBarrierExpectOp expect) {
        MBarrier *barrier = getMBarrier(op, expect.getBarrier());
        if (!barrier) {
          step = Step::Failed;
          return true;
        }
        barrier->expect(static_cast<int64_t>(expect.getBytes()));
        step = arrive(op, *barrier, static_cast<int64_t>(expect.getArrivals()));
        return true;
      })
      .Case([&](wg::MBarrierArriveOp arriveOp) {
        constexpr int64_t warps = wg::warpgroupThreads / wg::warpThreads;
        int64_t count = arriveOp.getEachThread() ? wg::warpgroupThreads : warps;
        MBarrier *barrier = getMBarrier(op, arriveOp.getBarrier());
        step = barrier ? arrive(op, *barrier, observer.inOneThread ? 1 : count)
                       : Step::Failed;
        return true;
      })
      .Case([&](wg::MBarrierWaitOp wait) {
        step = waitForMBarrier(wait);
        return true;
      })
      .Default(false);
}
