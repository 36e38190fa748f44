//===- WgmmaForm.cpp - what the warpgroup kernels can compute -------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Utils/WgmmaForm.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::gdr;

static constexpr int64_t chunkSize = 64;
/// A CTA with 64 or 128 columns of V has the transposed state in the registers
/// of a warpgroup for each 64 columns: [64, K] in f32 and in 16 bits. One with
/// 32 divides the rows of the state between two warpgroups.
static constexpr int64_t maxKeyDimInRegisters = 128;
static constexpr int64_t maxDim = 256;
/// 16-bit elements of the 16 bytes to which copies align rows.
static constexpr int64_t rowUnit = 8;

// A stride in the type of q, k, v or o that no copy of boxes can have, in a
// sentence, or nothing. Strides over one element do not matter.
static std::string getOddStride(RuleOpInterface rule) {
  for (auto [name, operand] : {std::pair{"q", rule.getQ()},
                               {"k", rule.getK()},
                               {"v", rule.getV()},
                               {"o", rule.getOInit()}}) {
    auto type = operand ? dyn_cast<MemRefType>(operand.getType()) : nullptr;
    if (!type)
      continue;
    auto [strides, offset] = type.getStridesAndOffset();
    for (int64_t dim : {0, 1, 2}) {
      // Of dynamic sizes T alone is never one here.
      int64_t size = type.getDimSize(dim);
      bool isStepped = size > 1 || (dim == 1 && ShapedType::isDynamic(size));
      if (isStepped && ShapedType::isStatic(strides[dim]) &&
          strides[dim] % rowUnit != 0)
        return llvm::formatv("operand '{0}' has a stride of {1} elements, and "
                             "the kernels take multiples of 8",
                             name, strides[dim])
            .str();
    }
  }
  return "";
}

bool mlir::gdr::hasWgmmaForm(RuleOpInterface rule, ChunkedAttr schedule,
                             std::string &reason) {
  auto refuse = [&](const auto &why) {
    reason = why;
    return false;
  };
  Type element = getElementTypeOrSelf(rule.getQ().getType());
  if (!element.isBF16() && !element.isF16())
    return refuse("operand 'q' is of f32, and the tensor cores take 16 bits");
  for (auto [name, dim] : {std::pair{"K", rule.getKeyDim()},
                           {"V", rule.getV() ? rule.getValueDim() : rowUnit}})
    if (dim % rowUnit != 0 || dim > maxDim)
      return refuse(llvm::formatv("{0} is {1}, and the kernels take multiples "
                                  "of 8 up to 256",
                                  name, dim)
                        .str());
  if (!rule.hasSnapshotsAfterChunks(chunkSize))
    return refuse(llvm::formatv("snapshot_every is {0}, and the kernels store "
                                "states after chunks of {1} tokens",
                                rule.getSnapshotEveryAttr().getInt(), chunkSize)
                      .str());
  if (std::string why = getOddStride(rule); !why.empty())
    return refuse(why);
  if (!schedule)
    return true;
  if (schedule.getChunkSize() != chunkSize)
    return refuse(llvm::formatv("chunk_size is {0}, and the kernels take 64",
                                schedule.getChunkSize())
                      .str());
  int64_t ratio = rule.getNumValueHeads() / rule.getNumKeyHeads();
  if (schedule.getHeads() && ratio % schedule.getHeads() != 0)
    return refuse(llvm::formatv("heads is {0}, and it has to divide the {1} "
                                "value heads of a key head",
                                schedule.getHeads(), ratio)
                      .str());
  int64_t columns = schedule.getColumns();
  // A chunk is given back after the next one was taken.
  if (schedule.getStages() == 1 && columns == 32)
    return refuse("stages is 1, and the kernel with 32 columns needs two");
  if (columns != 0 && columns != 32 && columns != 64 && columns != 128)
    return refuse(
        llvm::formatv("columns is {0}, and the kernels take 32, 64 and 128",
                      columns)
            .str());
  if (columns >= 64 && rule.getKeyDim() > maxKeyDimInRegisters)
    return refuse(
        llvm::formatv("K is {0}, and kernels with {1} columns take up "
                      "to 128; use columns = 32",
                      rule.getKeyDim(), columns)
            .str());
  return true;
}
