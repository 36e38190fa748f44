//===- Kernels.h - tile programs of the chunk stages ------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_CHUNKTOWG_KERNELS_H
#define GDR_CONVERSION_CHUNKTOWG_KERNELS_H

#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Tokens of a chunk: the rows of a fragment.
inline constexpr int64_t gpuChunkSize = 64;

/// Tensor maps of a kernel, boxes of 64 tokens and some channels of one head.
struct TensorMaps {
  Value q, k, v, o;
};

/// The tile program of one CTA of prepare: all value heads of one key head in
/// one slot. `op` is a clone in the kernel, whose operands are the kernel's.
/// With `overlap` lets the next kernel start before this one has ended.
void createPrepareBody(ImplicitLocOpBuilder &b, ChunkPrepareOp op,
                       const TensorMaps &maps, bool overlap);
/// CTAs for each slot, and their threads.
int64_t getPrepareBlocksPerSlot(ChunkPrepareOp op);
int64_t getPrepareThreads();

/// The tile program of one CTA of scan: some columns of V of one value head of
/// one sequence. With `overlap` it waits for prepare before it loads what that
/// has written.
void createScanBody(ImplicitLocOpBuilder &b, ChunkScanOp op,
                    const TensorMaps &maps, bool overlap);
/// Columns of a box of v and o; of q and k they are 64.
int64_t getScanPanelColumns(ChunkScanOp op);
int64_t getScanBlocksPerSequence(ChunkScanOp op);
int64_t getScanThreads(ChunkScanOp op);
/// Chunks that have to be loaded ahead.
int64_t getLeastScanStages(ChunkScanOp op);
/// Chunks that are loaded ahead if there is memory for them, and the shared
/// memory that so many need, in bytes.
inline constexpr int64_t maxScanStages = 3;
int64_t getScanSharedBytes(ChunkScanOp op, int64_t stages);

} // namespace mlir::gdr

#endif // GDR_CONVERSION_CHUNKTOWG_KERNELS_H
