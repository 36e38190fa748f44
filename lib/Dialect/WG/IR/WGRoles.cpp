//===- WGRoles.cpp - programs of warpgroups, and where they meet ----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The verifiers of wg.roles, wg.role and wg.barrier: that the CTA starts, and
// that no role waits for another one for ever.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::wg;

/// Registers of one SM; CUDA C++ programming guide, "compute capabilities".
static constexpr int64_t registersPerSM = 64 * 1024;
/// Registers that a thread can have; PTX ISA, "setmaxnreg".
static constexpr int64_t maxRegisters = 256;

int64_t mlir::wg::getEqualShare(int64_t warpgroups) {
  int64_t share = registersPerSM / (warpgroups * warpgroupThreads);
  return std::min(maxRegisters, share / 8 * 8);
}

// Refuses barriers of the CTA in a region that only some of its threads run.
static LogicalResult verifyNoBarrier(Operation *op) {
  WalkResult result = op->walk([&](gpu::BarrierOp barrier) {
    InFlightDiagnostic diagnostic =
        op->emitOpError("expected no gpu.barrier in the body, for which the "
                        "other threads of the CTA do not come");
    diagnostic.attachNote(barrier.getLoc()) << "the barrier is here";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
/// The ops around an op inside of its role: what each of them depends on, and
/// the number of its region. Equal ones are run equally often.
using Visit = SmallVector<std::pair<SmallVector<OpFoldResult>, unsigned>>;
} // namespace

static Visit getVisit(Operation *op, RoleOp role) {
  Visit visit;
  for (Region *region = op->getParentRegion();
       region->getParentOp() != role.getOperation();
       region = region->getParentRegion()) {
    Operation *around = region->getParentOp();
    SmallVector<Value> operands(around->getOperands());
    // What a loop carries has nothing to do with how often it runs.
    if (auto loop = dyn_cast<scf::ForOp>(around))
      operands = {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()};
    visit.emplace_back(getAsOpFoldResult(operands), region->getRegionNumber());
  }
  return visit;
}

/// Each time that a role comes to a barrier.
static SmallVector<Visit> getVisits(RoleOp role, BarrierOp barrier) {
  SmallVector<Visit> visits;
  role->walk([&](MeetOp meet) {
    if (meet.getBarrier() == barrier.getBarrier())
      visits.push_back(getVisit(meet, role));
  });
  return visits;
}

/// All roles that come to a barrier come equally often.
static LogicalResult verifyBarrier(RolesOp roles, BarrierOp barrier) {
  int64_t participants = 0;
  RoleOp firstRole;
  SmallVector<Visit> expected;
  for (auto role : roles.getBody().front().getOps<RoleOp>()) {
    SmallVector<Visit> visits = getVisits(role, barrier);
    if (visits.empty())
      continue;
    participants += role.getWarpgroups();
    if (!firstRole) {
      firstRole = role;
      expected = std::move(visits);
      continue;
    }
    // roles_barrier_visits
    if (visits.size() != expected.size() ||
        !std::is_permutation(visits.begin(), visits.end(), expected.begin()))
      return (roles.emitOpError("expected role '")
              << role.getName() << "' to come to a barrier in the same loops "
              << "and branches as role '" << firstRole.getName()
              << "'; one would wait "
              << "for ever")
                 .attachNote(barrier.getLoc())
             << "the barrier";
  }
  // roles_barrier_participants
  if (participants != static_cast<int64_t>(barrier.getParticipants()))
    return (roles.emitOpError("expected ")
            << barrier.getParticipants()
            << " warpgroups to come to a barrier, got " << participants)
               .attachNote(barrier.getLoc())
           << "the barrier";
  return success();
}

LogicalResult RolesOp::verifyRegions() {
  // In the order of the function.
  SmallVector<BarrierOp> barriers;
  getOperation()->walk([&](MeetOp meet) {
    auto barrier = meet.getBarrier().getDefiningOp<BarrierOp>();
    if (barrier && !llvm::is_contained(barriers, barrier))
      barriers.push_back(barrier);
  });
  for (BarrierOp barrier : barriers)
    if (failed(verifyBarrier(*this, barrier)))
      return failure();
  return success();
}

LogicalResult RolesOp::verify() {
  int64_t registers = 0, warpgroups = 0;
  for (Operation &op : getBody().front()) {
    auto role = dyn_cast<RoleOp>(op);
    // roles_body
    if (!role)
      return emitOpError("expected only wg.role in the body, got ")
             << op.getName();
    warpgroups += role.getWarpgroups();
    registers += role.getWarpgroups() * warpgroupThreads * role.getRegisters();
  }
  // roles_threads
  if (warpgroups > 8)
    return emitOpError("expected roles of at most 8 warpgroups, the 1024 "
                       "threads of a CTA, got ")
           << warpgroups;
  // roles_nested
  if (getOperation()->getParentOfType<RoleOp>())
    return emitOpError("expected no roles in a role");
  // roles_empty; wg.role verifies its own number
  if (getBody().front().empty())
    return emitOpError("expected a role");
  if (warpgroups < 1)
    return success();
  // roles_registers; the CTA does not get what rounding leaves of the SM
  int64_t pool = warpgroups * warpgroupThreads * getEqualShare(warpgroups);
  if (registers > pool)
    return emitOpError("expected roles of at most ")
           << pool << " registers together, got " << registers
           << "; the CTA would wait for ever";
  return success();
}

LogicalResult RoleOp::verify() {
  // role_warpgroups
  if (static_cast<int64_t>(getWarpgroups()) < 1)
    return emitOpError("expected at least one warpgroup, got ")
           << getWarpgroups();
  // role_registers; PTX ISA, "setmaxnreg"
  int64_t registers = getRegisters();
  if (registers < 24 || registers > 256 || registers % 8 != 0)
    return emitOpError("expected registers to be a multiple of 8 from 24 to "
                       "256, got ")
           << registers;
  // no_cta_barrier
  return verifyNoBarrier(*this);
}

LogicalResult OneThreadOp::verify() {
  // no_cta_barrier
  return verifyNoBarrier(*this);
}
