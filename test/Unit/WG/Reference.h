//===- Reference.h - layouts as the PTX ISA gives them ----------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TEST_UNIT_WG_REFERENCE_H
#define GDR_TEST_UNIT_WG_REFERENCE_H

#include "llvm/Support/FormatVariadic.h"
#include <cstdint>
#include <string>

namespace mlir::wg::reference {

struct Place {
  int64_t row, column;
};

/// Element i of a thread of a warpgroup; PTX ISA, "Register Fragments for
/// wgmma.mma_async.m64nNk16", accumulator D.
inline Place getFragmentPlace(int64_t thread, int64_t i) {
  int64_t warp = thread / 32, lane = thread % 32;
  return {16 * warp + lane / 4 + 8 * (i / 2 % 2),
          8 * (i / 4) + 2 * (lane % 4) + i % 2};
}

/// What a swizzle of so many bytes does to an address: bits 4 and up are xored
/// with bits 7 and up, three of them for 128 bytes and two for 64; PTX ISA,
/// "Swizzling modes".
inline int64_t swizzle(int64_t address, int64_t bytes) {
  return address ^ ((address >> 7) & (bytes / 16 - 1)) << 4;
}

/// A swizzled tile of 16-bit elements: panels as wide as the swizzle, one after
/// the other, as copies of boxes write them.
struct Tile {
  int64_t rows, columns, swizzleBytes;

  std::string getType(StringRef element = "bf16") const {
    return llvm::formatv("!wg.shared<{0}x{1}x{2}, swizzle = {3}>", rows,
                         columns, element, swizzleBytes)
        .str();
  }
  int64_t getByte(Place place) const {
    int64_t inRow = 2 * place.column;
    int64_t inPanel = place.row * swizzleBytes + inRow % swizzleBytes;
    return inRow / swizzleBytes * rows * swizzleBytes +
           swizzle(inPanel, swizzleBytes);
  }
};

} // namespace mlir::wg::reference

#endif // GDR_TEST_UNIT_WG_REFERENCE_H
