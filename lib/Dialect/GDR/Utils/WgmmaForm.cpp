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

/// Rows of a product's result, and elements of a row of a shared tile's panel.
static constexpr int64_t tileSize = 64;
/// The transposed state of a warpgroup is [64, K], in f32 and in 16 bits, in the
/// registers of its threads.
static constexpr int64_t maxKeyDim = 128;
/// Warpgroups that hold state.
static constexpr int64_t maxColumns = 128;

bool mlir::gdr::hasWgmmaForm(RuleOpInterface rule, ChunkedAttr schedule,
                             std::string &reason) {
  auto refuse = [&](const auto &why) {
    reason = why;
    return false;
  };
  Type element = getElementTypeOrSelf(rule.getQ().getType());
  if (!element.isBF16() && !element.isF16())
    return refuse("operand 'q' is of f32, and the tensor cores take 16 bits");
  if (int64_t k = rule.getKeyDim(); k % tileSize != 0 || k > maxKeyDim)
    return refuse(llvm::formatv("K is {0}, and the kernels take 64 and 128", k)
                      .str());
  int64_t v = rule.getV() ? rule.getValueDim() : 0;
  if (v % tileSize != 0 || v > 2 * maxColumns)
    return refuse(
        llvm::formatv("V is {0}, and the kernels take multiples of 64 up to 256",
                      v)
            .str());
  if (rule.getCuSeqlens())
    return refuse("operand 'cu_seqlens' is present");
  if (rule.getQkL2norm())
    return refuse("attribute 'qk_l2norm' is set");
  if (rule.getG() && rule.getGateForm() != GateForm::Log)
    return refuse("attribute 'gate_form' is not log");
  if (rule.getBeta() && rule.getBetaForm() != BetaForm::Given)
    return refuse("attribute 'beta_form' is not given");
  if (rule.getSnapshotsInit())
    return refuse("operand 'snapshots' is present");
  if (!schedule)
    return true;
  if (schedule.getChunkSize() != tileSize)
    return refuse(llvm::formatv("chunk_size is {0}, and the kernels take 64",
                                schedule.getChunkSize())
                      .str());
  // A chunk is given back after the next one was taken.
  if (schedule.getStages() == 1)
    return refuse("stages is 1, and the kernels need two slots at a time");
  int64_t columns = schedule.getColumns();
  if (columns % tileSize != 0 || columns > maxColumns ||
      (columns && v % columns != 0))
    return refuse(llvm::formatv("columns is {0}, and the kernels take 64 and "
                                "128 where they divide V",
                                columns)
                      .str());
  return true;
}
