//===- InlineAssembly.h - PTX that NVVM has no op for -----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only place with inline assembly.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TARGET_INLINEASSEMBLY_H
#define GDR_TARGET_INLINEASSEMBLY_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::gdr {

/// Loads `bytes` (2, 4, 8 or 16) of global memory without a line in the L1
/// cache, and gives them the type; PTX ISA, "ld", level1::eviction_priority.
Value createStreamingLoad(ImplicitLocOpBuilder &b, Type type, int64_t bytes,
                          Value address);
/// The same for a store; PTX ISA, "st".
void createStreamingStore(ImplicitLocOpBuilder &b, Value value, int64_t bytes,
                          Value address);

/// An address in shared memory: an i32, and bytes that the instruction adds.
/// The generic loads of LLVM take 64-bit addresses there too, and keep each of
/// them in two registers; sums of one register and different constants take
/// one.
struct SharedAddress {
  Value base;
  int64_t offset = 0;
};

/// Loads 1, 2 or 4 consecutive f32; PTX ISA, "ld".
SmallVector<Value> createSharedLoad(ImplicitLocOpBuilder &b, int64_t count,
                                    SharedAddress address);
void createSharedStore(ImplicitLocOpBuilder &b, ArrayRef<Value> values,
                       SharedAddress address);
/// Loads four 8x8 matrices of 16-bit elements, two elements a register;
/// PTX ISA, "ldmatrix" and "stmatrix".
SmallVector<Value> createMatrixLoad(ImplicitLocOpBuilder &b, bool transposed,
                                    SharedAddress address);
void createMatrixStore(ImplicitLocOpBuilder &b, bool transposed,
                       ArrayRef<Value> words, SharedAddress address);

/// One operand of a product on a warpgroup's tensor cores.
struct WgmmaOperand {
  /// Registers of two 16-bit elements, four a step; or one matrix descriptor.
  SmallVector<Value> values;
  /// Bytes from the descriptor's address to each step; empty for registers.
  SmallVector<int64_t> stepBytes;
  /// Whether a row in memory goes along the depth of the product ("K-major").
  bool isAlongDepth = true;
};

/// A group of products of a [64, depth] operand and a [depth, columns] one, of
/// elements `type`, added to the f32 accumulators if there are any: fences the
/// registers, starts all steps and commits the group. The results may be used
/// by createWgmmaWait only. PTX ISA, "wgmma.mma_async".
SmallVector<Value> createWgmma(ImplicitLocOpBuilder &b, StringRef type,
                               int64_t columns, const WgmmaOperand &lhs,
                               const WgmmaOperand &rhs,
                               ArrayRef<Value> accumulators);

/// Waits until at most `newer` groups are under way, and gives the registers of
/// those that have ended; PTX ISA, "wgmma.wait_group".
SmallVector<Value> createWgmmaWait(ImplicitLocOpBuilder &b, int64_t newer,
                                   ArrayRef<Value> registers);

/// Transposes an 8x8 matrix of 16-bit elements, a register a lane; PTX ISA,
/// "movmatrix".
Value createMatrixTranspose(ImplicitLocOpBuilder &b, Value word);
/// Stores two 16-bit elements.
void createSharedWordStore(ImplicitLocOpBuilder &b, Value word,
                           SharedAddress address);

/// An address in global memory: an i64, and bytes that the instruction adds.
struct GlobalAddress {
  Value base;
  int64_t offset = 0;
};

/// Copies 16 bytes to shared memory; with `bytes`, an i32, only so many, and
/// zeros for the rest. PTX ISA, "cp.async".
void createThreadCopy(ImplicitLocOpBuilder &b, SharedAddress tile,
                      GlobalAddress source, Value bytes = nullptr);
/// Until all copies of this thread have arrived.
void createThreadCopyWait(ImplicitLocOpBuilder &b);

/// Copies a box of a tensor to shared memory, coordinates innermost first; all
/// addresses of shared memory are i32. PTX ISA, "cp.async.bulk.tensor".
void createTensorCopy(ImplicitLocOpBuilder &b, Value tile, Value tensorMap,
                      ValueRange coordinates, Value barrier);
void createTensorCopyOut(ImplicitLocOpBuilder &b, Value tile, Value tensorMap,
                         ValueRange coordinates);
/// The same for consecutive bytes, whose address is an i64; "cp.async.bulk".
void createBulkCopy(ImplicitLocOpBuilder &b, Value tile, Value address,
                    int64_t bytes, Value barrier);
void createBulkCopyOut(ImplicitLocOpBuilder &b, Value tile, Value address,
                       int64_t bytes);
void createBulkCommit(ImplicitLocOpBuilder &b);
/// Until all groups have read their source, or with `done` until all is
/// written.
void createBulkWait(ImplicitLocOpBuilder &b, bool done);

/// PTX ISA, "mbarrier".
void createMBarrierInit(ImplicitLocOpBuilder &b, Value barrier,
                        int64_t arrivals);
/// Arrives once the thread's copies have; "cp.async.mbarrier.arrive".
void createMBarrierArriveCopies(ImplicitLocOpBuilder &b, Value barrier);
void createMBarrierInitFence(ImplicitLocOpBuilder &b);
/// Arrives that many times, and expects bytes.
void createMBarrierExpect(ImplicitLocOpBuilder &b, Value barrier, int64_t bytes,
                          int64_t arrivals = 1);
/// Only where the i1 says so: no branch, so that the address can be computed
/// earlier.
void createMBarrierArrive(ImplicitLocOpBuilder &b, Value barrier,
                          Value predicate);
void createMBarrierWait(ImplicitLocOpBuilder &b, Value barrier, Value parity);
/// The same by polling, which all chips can.
void createMBarrierPoll(ImplicitLocOpBuilder &b, Value barrier, Value parity);

/// Waits for `threads` threads at barrier `id`, which all come to this
/// instruction; PTX ISA, "barrier", .aligned.
void createNamedBarrier(ImplicitLocOpBuilder &b, Value id, int64_t threads);
/// The same for threads that come to the barrier by different instructions.
void createMeeting(ImplicitLocOpBuilder &b, Value id, int64_t threads);
void createWarpSync(ImplicitLocOpBuilder &b);
/// PTX ISA, "fence.proxy.async".
void createProxyFence(ImplicitLocOpBuilder &b);

} // namespace mlir::gdr

#endif // GDR_TARGET_INLINEASSEMBLY_H
