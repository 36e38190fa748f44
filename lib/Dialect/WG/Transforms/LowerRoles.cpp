//===- LowerRoles.cpp - roles to branches on the warpgroup ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels with a known block size, and leaves scf.if on the number of
// the warpgroup with nvvm.setmaxregister. Every role keeps a complete branch of
// its own: the assembler serializes products that two branches share.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/WG/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::wg {
#define GEN_PASS_DEF_LOWERROLES
#include "gdr/Dialect/WG/Transforms/Passes.h.inc"
} // namespace mlir::wg

using namespace mlir;
using namespace mlir::wg;

/// Registers that a thread can have; PTX ISA, "setmaxnreg".
static constexpr int64_t maxRegisters = 256;
static constexpr int64_t registersPerSM = 64 * 1024;

static Value createIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

// The number of the warpgroup in the CTA, the same value in all its threads for
// the assembler to see.
static Value createWarpgroup(ImplicitLocOpBuilder &b) {
  Value thread = gpu::ThreadIdOp::create(b, gpu::Dimension::x);
  Value number =
      arith::DivUIOp::create(b, thread, createIndex(b, warpgroupThreads));
  Value narrow = arith::IndexCastUIOp::create(b, b.getI32Type(), number);
  Value uniform =
      gpu::ShuffleOp::create(b, narrow, /*offset=*/0, warpThreads,
                             gpu::ShuffleMode::IDX)
          .getShuffleResult();
  return arith::IndexCastUIOp::create(b, b.getIndexType(), uniform);
}

// Moves the body of `from`, which has no terminator, before `to`.
static void inlineBefore(Block &from, Operation *to) {
  to->getBlock()->getOperations().splice(to->getIterator(),
                                         from.getOperations());
}

namespace {

struct LowerRoles : wg::impl::LowerRolesBase<LowerRoles> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<RolesOp> roles;
    getOperation()->walk([&](RolesOp op) { roles.push_back(op); });
    for (RolesOp op : roles)
      if (failed(lower(op)))
        return signalPassFailure();
    // Outside of roles.
    SmallVector<Operation *> others;
    getOperation()->walk([&](Operation *op) {
      if (isa<WarpgroupIndexOp, OneThreadOp>(op))
        others.push_back(op);
    });
    for (Operation *op : others)
      lower(op, /*first=*/0);
  }

private:
  LogicalResult lower(RolesOp roles) {
    auto blockSize = getOperation().getKnownBlockSize();
    SmallVector<RoleOp> order(roles.getBody().front().getOps<RoleOp>());
    int64_t warpgroups = 0;
    for (RoleOp role : order)
      warpgroups += role.getWarpgroups();
    // roles_block_size
    if (!blockSize || blockSize->front() != warpgroups * warpgroupThreads)
      return roles.emitOpError("expected a kernel with a known block size of ")
             << warpgroups * warpgroupThreads << " threads";

    ImplicitLocOpBuilder b(roles.getLoc(), roles);
    Value warpgroup = createWarpgroup(b);
    int64_t share = std::min(
        maxRegisters,
        registersPerSM / (warpgroups * warpgroupThreads) / 8 * 8);
    int64_t first = 0;
    for (auto [i, role] : llvm::enumerate(order)) {
      int64_t end = first + role.getWarpgroups();
      Operation *place = &*b.getInsertionPoint();
      if (i + 1 != order.size()) {
        Value isMine = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                             warpgroup, createIndex(b, end));
        auto branch = scf::IfOp::create(b, isMine, /*withElseRegion=*/true);
        place = branch.thenBlock()->getTerminator();
        b.setInsertionPoint(branch.elseBlock()->getTerminator());
      }
      lowerBody(role, first, share, place);
      first = end;
    }
    roles.erase();
    // A kernel that changes its registers must be the only one of its SM, and
    // the assembler must know.
    getOperation()->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                            b.getI32IntegerAttr(1));
    return success();
  }

  void lowerBody(RoleOp role, int64_t first, int64_t share, Operation *place) {
    role.walk([&](Operation *op) {
      if (isa<WarpgroupIndexOp, OneThreadOp>(op))
        lower(op, first);
    });
    ImplicitLocOpBuilder b(role.getLoc(), place);
    int64_t registers = role.getRegisters();
    if (setRegisters && registers != share)
      NVVM::SetMaxRegisterOp::create(b, registers,
                                     registers > share
                                         ? NVVM::SetMaxRegisterAction::increase
                                         : NVVM::SetMaxRegisterAction::decrease);
    inlineBefore(role.getBody().front(), place);
  }

  // `first` is the role's first warpgroup.
  void lower(Operation *op, int64_t first) {
    ImplicitLocOpBuilder b(op->getLoc(), op);
    if (isa<WarpgroupIndexOp>(op)) {
      Value warpgroup = createWarpgroup(b);
      Value index =
          arith::SubIOp::create(b, warpgroup, createIndex(b, first));
      op->replaceAllUsesWith(ValueRange(index));
    } else {
      Value thread = gpu::ThreadIdOp::create(b, gpu::Dimension::x);
      Value inGroup =
          arith::RemUIOp::create(b, thread, createIndex(b, warpgroupThreads));
      Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                            inGroup, createIndex(b, 0));
      auto branch = scf::IfOp::create(b, isFirst, /*withElseRegion=*/false);
      inlineBefore(op->getRegion(0).front(),
                   branch.thenBlock()->getTerminator());
    }
    op->erase();
  }
};

} // namespace
