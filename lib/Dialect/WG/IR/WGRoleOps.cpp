//===- WGRoleOps.cpp - which threads run what -----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The verifiers of roles, their registers, and the places of ops that need all
// threads of a warpgroup, one of them or the whole CTA.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/IR/WG.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

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

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

LogicalResult mlir::wg::detail::verifyCollective(Operation *op) {
  // collective_place
  if (op->getParentOfType<OneThreadOp>())
    return op->emitOpError("expected all threads of a warpgroup, got one: "
                           "the op is inside of a wg.one_thread");
  return success();
}

LogicalResult mlir::wg::detail::verifyByOneThread(Operation *op) {
  // one_thread_place
  if (!op->getParentOfType<OneThreadOp>())
    return op->emitOpError("expected one thread, got all of a warpgroup; put "
                           "the op into a wg.one_thread");
  return success();
}

LogicalResult mlir::wg::detail::verifyInKernelBody(Operation *op) {
  // kernel_body_place
  if (!isa_and_present<FunctionOpInterface>(op->getParentOp()))
    return op->emitOpError("expected the body of a kernel, where the whole CTA "
                           "runs the op once, got the body of ")
           << op->getParentOp()->getName();
  return success();
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

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

LogicalResult RolesOp::verifyRegions() {
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
  // roles_empty
  if (warpgroups == 0)
    return emitOpError("expected a role");
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
