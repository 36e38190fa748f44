//===- LowerRoles.cpp - roles to branches on the warpgroup ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expects kernels with a known block size of whole warpgroups, and leaves
// scf.if on the number of the warpgroup with nvvm.setmaxregister. Every role
// keeps a complete branch of its own: the assembler serializes products that
// two branches share.
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
  Value uniform = gpu::ShuffleOp::create(b, narrow, /*offset=*/0, warpThreads,
                                         gpu::ShuffleMode::IDX)
                      .getShuffleResult();
  return arith::IndexCastUIOp::create(b, b.getIndexType(), uniform);
}

namespace {

struct LowerRoles : wg::impl::LowerRolesBase<LowerRoles> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(verifyBlockSize()))
      return signalPassFailure();
    SmallVector<RolesOp> roles;
    getOperation()->walk([&](RolesOp op) { roles.push_back(op); });
    // roles_single; the second would not find the registers as at the start
    if (roles.size() > 1) {
      roles[1].emitOpError("expected one wg.roles in a kernel")
              .attachNote(roles[0].getLoc())
          << "the first one is here";
      return signalPassFailure();
    }
    for (RolesOp op : roles)
      if (failed(lower(op)))
        return signalPassFailure();
    // Outside of roles.
    getOperation()->walk([&](WarpgroupIndexOp op) { lower(op, /*first=*/0); });
  }

private:
  // What all threads of a warpgroup do needs whole warpgroups.
  LogicalResult verifyBlockSize() {
    auto blockSize = getOperation().getKnownBlockSize();
    if (blockSize && blockSize->front() % warpgroupThreads == 0 &&
        llvm::product_of(*blockSize) == blockSize->front())
      return success();
    WalkResult result = getOperation()->walk([&](Operation *op) {
      return op->hasTrait<Collective>() ? WalkResult::interrupt()
                                        : WalkResult::advance();
    });
    // kernel_block_size
    if (result.wasInterrupted())
      return getOperation().emitOpError("expected a known block size of [N, 1, "
                                        "1] with N a multiple of ")
             << warpgroupThreads;
    return success();
  }

  LogicalResult lower(RolesOp roles) {
    SmallVector<RoleOp> order(roles.getBody().front().getOps<RoleOp>());
    int64_t warpgroups = 0;
    for (RoleOp role : order)
      warpgroups += role.getWarpgroups();
    // roles_block_size
    int64_t threads = warpgroups * warpgroupThreads;
    if (int64_t size = getOperation().getKnownBlockSize()->front();
        size != threads)
      return roles.emitOpError(
                 "expected roles of as many threads as the kernel "
                 "has, ")
             << size << ", got " << threads;

    ImplicitLocOpBuilder b(roles.getLoc(), roles);
    Value warpgroup = createWarpgroup(b);
    int64_t share = getEqualShare(warpgroups);
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
    role.walk([&](WarpgroupIndexOp op) { lower(op, first); });
    if (role.getWarpgroups() == 1)
      role.walk([&](SyncOp sync) { sync.setWarpgroup(first); });
    ImplicitLocOpBuilder b(role.getLoc(), place);
    int64_t registers = role.getRegisters();
    if (setRegisters && registers != share)
      NVVM::SetMaxRegisterOp::create(
          b, registers,
          registers > share ? NVVM::SetMaxRegisterAction::increase
                            : NVVM::SetMaxRegisterAction::decrease);
    place->getBlock()->getOperations().splice(
        place->getIterator(), role.getBody().front().getOperations());
  }

  // `first` is the role's first warpgroup.
  void lower(WarpgroupIndexOp op, int64_t first) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    Value warpgroup = createWarpgroup(b);
    Value index = arith::SubIOp::create(b, warpgroup, createIndex(b, first));
    op.replaceAllUsesWith(index);
    op.erase();
  }
};

} // namespace
