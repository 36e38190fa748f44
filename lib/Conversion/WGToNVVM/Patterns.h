//===- Patterns.h - the groups of patterns of wg to nvvm --------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_WGTONVVM_PATTERNS_H
#define GDR_CONVERSION_WGTONVVM_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace mlir::wg {

/// Register tiles become vectors of what one thread holds, shared tiles, rings
/// and barriers their i32 addresses.
void populateTypeConversions(TypeConverter &converter);

/// arith and math on register tiles, wg.iota, wg.broadcast, wg.cumsum,
/// wg.sum_columns.
void populateElementwisePatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns);
/// wg.load, wg.store, wg.extract.
void populateMovePatterns(const TypeConverter &converter,
                          RewritePatternSet &patterns);
/// wg.fill, wg.drain.
void populateFillPatterns(const TypeConverter &converter,
                          RewritePatternSet &patterns);
/// wg.store of fragments to shared memory without stmatrix, in place of the one
/// with it.
void populateWordStorePatterns(const TypeConverter &converter,
                               RewritePatternSet &patterns);
/// wg.mma, wg.wait: of a warpgroup.
void populateProductPatterns(const TypeConverter &converter,
                             RewritePatternSet &patterns);
/// wg.mma, wg.wait: of its warps.
void populateWarpProductPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns);
/// wg.one_thread, copies by one thread, barriers and the addresses of shared
/// memory. Without bulk copies also without what came with them,
/// mbarrier.try_wait.
void populateSharedPatterns(const TypeConverter &converter,
                            RewritePatternSet &patterns, bool hasBulkCopies);
/// Copies by threads.
void populateThreadCopyPatterns(const TypeConverter &converter,
                                RewritePatternSet &patterns);
/// wg.invert_blocks.
void populateInvertBlocksPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns);

} // namespace mlir::wg

#endif // GDR_CONVERSION_WGTONVVM_PATTERNS_H
