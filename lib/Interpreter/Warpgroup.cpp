//===- Warpgroup.cpp - roles and threads ----------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Warpgroup.h"

#include "CTA.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

Warpgroup::Warpgroup(CTA &cta, unsigned number) : cta(cta) {
  observer.warpgroup = number;
  observer.numWarpgroups = cta.launch.block[0] / wg::warpgroupThreads;
}

std::string Warpgroup::getName() const {
  std::string name = llvm::formatv("warpgroup {0}", observer.warpgroup);
  if (roleName)
    name += llvm::formatv(", of role '{0}',", roleName.getValue()).str();
  return name;
}

InFlightDiagnostic Warpgroup::emitError(Operation *op) {
  InFlightDiagnostic diagnostic = Evaluator::emitError(op);
  diagnostic.attachNote(op->getLoc())
      << "in " << getName() << " of block [" << ArrayRef<int64_t>(cta.id)
      << "] of kernel '" << cta.kernel.getName() << "', at '" << cta.getText(op)
      << "'";
  return diagnostic;
}

Step Warpgroup::wait(const Twine &why) {
  reason = why.str();
  return Step::Blocked;
}

LogicalResult Warpgroup::verifyOneThread(Operation *op) {
  if (!observer.inOneThread)
    return emitError(op) << "expected one thread, got all of the warpgroup; "
                            "put the op in a wg.one_thread";
  return success();
}

LogicalResult Warpgroup::verifyEnd() {
  if (!products.empty())
    return emitError(products.front()->op)
           << "expected the product to be waited for before the kernel ends";
  // The tile that it reads is no longer there.
  if (!copiesOut.empty())
    return emitError(copiesOut.front()->op)
           << "expected the copy to be waited for before the kernel ends";
  return success();
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

Step Warpgroup::enterRole(wg::RolesOp op) {
  size_t first = 0;
  for (auto candidate : op.getBody().front().getOps<wg::RoleOp>()) {
    size_t end = first + candidate.getWarpgroups();
    if (observer.warpgroup >= first && observer.warpgroup < end) {
      roleName = candidate.getNameAttr();
      firstOfRole = static_cast<unsigned>(first);
      enter(op, candidate.getBody().front());
      return Step::Done;
    }
    first = end;
  }
  return fail(op, "expected roles for all " + Twine(cta.warpgroups.size()) +
                      " warpgroups of the launch, got roles for " +
                      Twine(first));
}

void Warpgroup::leave(Operation *parent) {
  if (isa<wg::OneThreadOp>(parent))
    observer.inOneThread = false;
  if (isa<wg::RolesOp>(parent))
    firstOfRole = 0;
}

// Which dimension of three.
template <typename OpTy>
static int64_t getComponent(OpTy op, const Dim3 &dims) {
  return dims[static_cast<size_t>(op.getDimension())];
}

bool Warpgroup::executeStructure(Operation *op, Step &step) {
  step = Step::Done;
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](wg::RolesOp roles) {
        step = enterRole(roles);
        return true;
      })
      .Case([&](wg::OneThreadOp one) {
        if (observer.inOneThread) {
          step = fail(op, "expected no wg.one_thread around it");
          return true;
        }
        observer.inOneThread = true;
        enter(op, one.getBody().front());
        return true;
      })
      .Case([&](wg::WarpgroupIndexOp index) {
        set(index.getIndex(), createIndex(observer.warpgroup - firstOfRole));
        return true;
      })
      .Case([&](gpu::BlockIdOp blockId) {
        set(blockId, createIndex(getComponent(blockId, cta.id)));
        return true;
      })
      .Case([&](gpu::GridDimOp gridDim) {
        set(gridDim, createIndex(getComponent(gridDim, cta.launch.grid)));
        return true;
      })
      .Case([&](gpu::BlockDimOp blockDim) {
        set(blockDim, createIndex(getComponent(blockDim, cta.launch.block)));
        return true;
      })
      // Launches run one after the other.
      .Case([&](NVVM::GriddepcontrolOp) { return true; })
      .Default(false);
}

Step Warpgroup::execute(Operation *op) {
  Step step = Step::Failed;
  if (executeStructure(op, step) || executeOnTiles(op, step) ||
      executeOnShared(op, step) || executeOnRings(op, step) ||
      executeOnBarriers(op, step))
    return step;
  return fail(op, "is not known to the interpreter");
}
