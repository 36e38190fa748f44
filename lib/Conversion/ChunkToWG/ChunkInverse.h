//===- ChunkInverse.h - (I - L)^-1 of a chunk -------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_CONVERSION_CHUNKTOWG_CHUNKINVERSE_H
#define GDR_CONVERSION_CHUNKTOWG_CHUNKINVERSE_H

#include "TileBuilder.h"

namespace mlir::gdr {

/// Rows and columns of the blocks on the diagonal that are inverted one by one.
inline constexpr int64_t inverseBlockSize = 16;

/// One value head: its coefficients L, and tiles in shared memory.
struct InverseOperands {
  Value coefficients; // fragment [64, 64], f32, zero on the diagonal and above
  Value below;        // f16: holds the blocks of L below the diagonal; is lost
  Value blocks;       // f16
  Value power;        // f16
  Value betas;        // [64], f32
  Value inverse;      // of the element type; may be where `power` is
};

/// Leaves (I - L)^-1 diag(beta) in `inverse` of each head. Each step is short
/// and waits for the one before, so the heads take it together. `scratch` is
/// that of wg.invert_blocks, and may be where `power` and `inverse` are. What
/// was stored to the tiles before is read after a barrier, and the results are
/// there after the next one.
void createChunkInverses(ImplicitLocOpBuilder &b,
                         ArrayRef<InverseOperands> heads, Value scratch);

} // namespace mlir::gdr

#endif // GDR_CONVERSION_CHUNKTOWG_CHUNKINVERSE_H
