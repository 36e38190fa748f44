//===- ChunkToLoops.h - stages of the chunked form as loops -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_CONVERSION_CHUNKTOLOOPS_CHUNKTOLOOPS_H
#define GDR_LIB_CONVERSION_CHUNKTOLOOPS_CHUNKTOLOOPS_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Create the loops of an op on memrefs in front of it.
void createPrepareLoops(ImplicitLocOpBuilder &b, ChunkPrepareOp op);
void createScanLoops(ImplicitLocOpBuilder &b, ChunkScanOp op);

} // namespace mlir::gdr

#endif // GDR_LIB_CONVERSION_CHUNKTOLOOPS_CHUNKTOLOOPS_H
