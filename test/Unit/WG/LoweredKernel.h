//===- LoweredKernel.h - what a thread of a kernel computes -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel after gdr-wg-to-nvvm, in which the addresses of instructions can be
// evaluated for each thread.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TEST_UNIT_WG_LOWEREDKERNEL_H
#define GDR_TEST_UNIT_WG_LOWEREDKERNEL_H

#include "gdr/Conversion/Passes.h"
#include "gdr/Registration.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

namespace mlir::wg {

class LoweredKernel {
public:
  /// The address of every tile that is an argument.
  static constexpr int64_t base = 5 * 1024;

  LoweredKernel(const std::string &arguments, const std::string &body)
      : context(getRegistry(), MLIRContext::Threading::DISABLED) {
    module = parseSourceString<ModuleOp>(
        "gpu.module @kernels { gpu.func @kernel(" + arguments + ") { " + body +
            " gpu.return } }",
        &context);
    PassManager passes(&context);
    passes.nest<gpu::GPUModuleOp>().addNestedPass<gpu::GPUFuncOp>(
        gdr::createWGToNVVM());
    if (!module || failed(passes.run(*module)))
      ADD_FAILURE() << "expected a kernel that can be lowered, got " << body;
  }

  /// The ops of a kind, in their order.
  template <typename Op>
  SmallVector<Op> getOps() {
    SmallVector<Op> ops;
    module->walk([&](Op op) { ops.push_back(op); });
    return ops;
  }

  /// The assembly statements with this in their text.
  SmallVector<LLVM::InlineAsmOp> getAssembly(StringRef text) {
    SmallVector<LLVM::InlineAsmOp> ops = getOps<LLVM::InlineAsmOp>();
    llvm::erase_if(ops, [&](LLVM::InlineAsmOp op) {
      return !op.getAsmString().contains(text);
    });
    return ops;
  }

  /// An integer of a thread. Global memory begins at 0.
  int64_t evaluate(Value value, int64_t thread) {
    return cast<IntegerAttr>(fold(value, thread)).getInt();
  }

  /// The sum "[$n+offset]" in an instruction for shared memory.
  int64_t evaluateAddress(LLVM::InlineAsmOp op, int64_t thread) {
    StringRef text = op.getAsmString();
    bool isLoad = op->getNumResults() != 0;
    int64_t offset = 0;
    EXPECT_FALSE(
        text.split('+').second.split(']').first.getAsInteger(10, offset));
    Value sum = isLoad ? op.getOperands().back() : op.getOperands().front();
    return evaluate(sum, thread) + offset;
  }

private:
  static DialectRegistry getRegistry() {
    DialectRegistry registry;
    gdr::registerAll(registry);
    return registry;
  }

  Attribute fold(Value value, int64_t thread) {
    Builder b(&context);
    if (isa<BlockArgument>(value))
      return b.getIntegerAttr(value.getType(), base);
    Operation *op = value.getDefiningOp();
    if (isa<gpu::ThreadIdOp>(op))
      return b.getIndexAttr(thread);
    if (isa<memref::ExtractAlignedPointerAsIndexOp>(op))
      return b.getIndexAttr(0);
    SmallVector<Attribute> operands;
    for (Value operand : op->getOperands())
      operands.push_back(fold(operand, thread));
    SmallVector<OpFoldResult> results;
    if (failed(op->fold(operands, results)) || results.size() != 1) {
      ADD_FAILURE() << "expected an op that folds, got "
                    << op->getName().getStringRef().str();
      return b.getIntegerAttr(value.getType(), 0);
    }
    if (auto constant = dyn_cast<Attribute>(results.front()))
      return constant;
    return fold(cast<Value>(results.front()), thread);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

} // namespace mlir::wg

#endif // GDR_TEST_UNIT_WG_LOWEREDKERNEL_H
