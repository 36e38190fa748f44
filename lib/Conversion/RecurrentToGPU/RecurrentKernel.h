//===- RecurrentKernel.h - the body of the recurrent kernel -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_RECURRENTTOGPU_RECURRENTKERNEL_H
#define GDR_LIB_CONVERSION_RECURRENTTOGPU_RECURRENTKERNEL_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Emits what one thread does, at the builder's insertion point inside
/// `kernel`. The operands of `op` are values of that function. The grid is
/// linear: block = (sequence * HV + value head) * tiles of V + tile. Accesses
/// move at most `accessBytes`, or one element at a time if it is 0.
void createRecurrentKernelBody(ImplicitLocOpBuilder &b, gpu::GPUFuncOp kernel,
                               RecurrentOp op, int64_t accessBytes);

/// Blocks of the grid for each sequence.
int64_t getBlocksPerSequence(RecurrentOp op);

/// Whether the kernel starts while the previous one still runs.
bool overlapsPreviousKernel(RecurrentOp op);

/// Bytes to which the kernel's accesses of an operand have to be aligned, with
/// the widest accesses.
int64_t getRequiredAlignment(RecurrentOp op, OpOperand &operand);

/// Elements of the state that a thread holds, and bytes of shared memory that a
/// block needs.
int64_t getTileElements(RecurrentOp op);
int64_t getSharedBytes(RecurrentOp op);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_RECURRENTTOGPU_RECURRENTKERNEL_H
