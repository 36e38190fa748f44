//===- CTA.cpp - the scheduler of warpgroups ------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CTA.h"

#include "mlir/IR/AsmState.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

CTA::CTA(const Launch &launch, Dim3 id)
    : launch(launch), kernel(launch.kernel), id(id) {
  int64_t count = launch.block[0] / wg::warpgroupThreads;
  kernel.walk([&](Operation *op) {
    auto alloc = dyn_cast<wg::AllocOp>(op);
    hasFences |= isa<wg::FenceProxyOp>(op) || (alloc && alloc.getOffset());
  });
  for (int64_t i = 0; i < count; ++i)
    warpgroups.push_back(
        std::make_unique<Warpgroup>(*this, static_cast<unsigned>(i)));
}

// Each goes on until it has to wait. If none of them can, none ever will.
LogicalResult CTA::run() {
  for (auto &warpgroup : warpgroups)
    warpgroup->start(kernel.getBody().front(), launch.arguments);
  while (true) {
    bool isAtEnd = true, hasProgress = false;
    for (auto &warpgroup : warpgroups) {
      if (warpgroup->isAtEnd())
        continue;
      int64_t before = warpgroup->getNumDone();
      if (warpgroup->run() == Step::Failed ||
          (warpgroup->isAtEnd() && failed(warpgroup->verifyEnd())))
        return failure();
      isAtEnd &= warpgroup->isAtEnd();
      hasProgress |= warpgroup->isAtEnd() || warpgroup->getNumDone() != before;
    }
    if (isAtEnd)
      return verifyNoCopyUnderWay();
    if (!hasProgress)
      return reportDeadlock();
  }
}

MBarrierRow CTA::createMBarriers(int64_t count, int64_t arrivals) {
  MBarrierRow row;
  for (int64_t i = 0; i < count; ++i)
    row.barriers.emplace_back(numMBarriers++, arrivals);
  return row;
}

std::string CTA::getText(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  AsmState state(kernel, OpPrintingFlags().skipRegions());
  op->print(os, state);
  return StringRef(text).split(" : ").first.str();
}

LogicalResult CTA::reportDeadlock() {
  InFlightDiagnostic diagnostic = emitError(kernel.getLoc())
                                  << "deadlock: no warpgroup of block ["
                                  << ArrayRef<int64_t>(id) << "] of kernel '"
                                  << kernel.getName() << "' can go on";
  for (auto &warpgroup : warpgroups) {
    if (warpgroup->isAtEnd()) {
      diagnostic.attachNote(kernel.getLoc())
          << warpgroup->getName() << " has ended";
      continue;
    }
    Operation *op = warpgroup->getCurrent();
    diagnostic.attachNote(op->getLoc())
        << warpgroup->getName() << " waits at '" << getText(op) << "' "
        << warpgroup->getReason();
  }
  return diagnostic;
}

// The memory of a CTA that has ended belongs to another one.
LogicalResult CTA::verifyNoCopyUnderWay() {
  auto verify = [](MBarrierRow &row) -> LogicalResult {
    for (MBarrier &barrier : row.barriers)
      if (Operation *copy = barrier.getCopyUnderWay())
        return copy->emitOpError(
            "expected the copy to be waited for before the kernel ends");
    return success();
  };
  for (auto &[op, ring] : objects<Ring>())
    if (failed(verify(ring.full)))
      return failure();
  for (auto &[op, row] : objects<MBarrierRow>())
    if (failed(verify(row)))
      return failure();
  return success();
}
