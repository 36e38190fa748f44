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
/// linear: block = (sequence * HV + value head) * tiles of V + tile.
void createRecurrentKernelBody(ImplicitLocOpBuilder &b, gpu::GPUFuncOp kernel,
                               RecurrentOp op);

/// Blocks of the grid for each sequence.
int64_t getBlocksPerSequence(RecurrentOp op);

/// Whether the kernel starts while the previous one still runs.
bool overlapsPreviousKernel(RecurrentOp op);

/// Bytes to which the kernel's accesses of an operand are aligned.
int64_t getRequiredAlignment(RecurrentOp op, OpOperand &operand);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_RECURRENTTOGPU_RECURRENTKERNEL_H
