//===- FormChoice.cpp - recurrent or chunked, and how ---------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares predicted times (CostModel.h). Where T or N is known only at run
// time, it looks for the sizes at which the fastest form changes.
//
//===----------------------------------------------------------------------===//

#include "FormChoice.h"

#include "gdr/Dialect/GDR/Utils/WgmmaForm.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::gdr;

static constexpr int64_t chunkSize = 64;
/// Columns of V a CTA, and the name of the form in remarks.
static constexpr std::pair<int64_t, StringLiteral> columnChoices[] = {
    {32, "chunked, columns = 32"},
    {64, "chunked, columns = 64"},
    {128, "chunked, columns = 128"}};
/// With mma.sync the operands take more registers, and chips may have less
/// shared memory.
static constexpr int64_t columnsWithoutWgmma = 64;
/// Tokens that stand for many.
static constexpr int64_t manyTokens = 4096;
/// Sequences beyond which nothing changes any more: the GPU is full.
static constexpr int64_t manySequences = 64;

namespace {

class Chooser {
public:
  Chooser(GatedDeltaRuleOp rule, ChunkedAttr given, int64_t smCount,
          bool hasWgmma)
      : rule(rule), given(given) {
    sizes.hasWgmma = hasWgmma;
    sizes.keyHeads = rule.getNumKeyHeads();
    sizes.valueHeads = rule.getNumValueHeads();
    sizes.keyDim = rule.getKeyDim();
    sizes.valueDim = rule.getValueDim();
    sizes.elementBytes =
        getElementTypeOrSelf(rule.getQ()).getIntOrFloatBitWidth() / 8;
    sizes.stateBytes = rule.getStateElementBytes();
    sizes.smCount = smCount;
  }

  FormChoice choose();

private:
  /// With what the given schedule says.
  ChunkedAttr getSchedule(int64_t columns, int64_t heads = 0,
                          bool overlap = true) {
    if (heads == getDefaultHeads())
      heads = 0;
    if (given && given.getHeads())
      heads = given.getHeads();
    if (given)
      overlap &= given.getOverlap();
    return ChunkedAttr::get(rule.getContext(),
                            given ? given.getChunkSize() : chunkSize, columns,
                            given ? given.getStages() : 0, heads, overlap);
  }
  double predictChunked(int64_t columns) {
    return gdr::predictChunked(sizes, getHeads(), columns);
  }
  int64_t getDefaultHeads() const {
    return ChunkedAttr::getDefaultHeads(sizes.valueHeads / sizes.keyHeads);
  }
  /// Value heads of a CTA of prepare, at the current sizes.
  int64_t getHeads();
  /// The fastest chunked schedule at the current sizes.
  ChunkedAttr getFastest();
  /// The least tokens from which on it beats the recurrent form.
  int64_t getLeastTokens(ChunkedAttr schedule);
  SmallVector<AlternativeAttr> getAlternatives(bool isDynamicN);
  void addTimes(FormChoice &choice);

  GatedDeltaRuleOp rule;
  ChunkedAttr given;
  RuleSizes sizes = {};
  SmallVector<int64_t> columns; // that the kernels can do
};

} // namespace

// Prepare takes two heads at once. More, one after another, would keep what
// they share in registers that each needs.
int64_t Chooser::getHeads() {
  int64_t most = getDefaultHeads();
  return predictPrepare(sizes, 1) < predictPrepare(sizes, most) ? 1 : most;
}

ChunkedAttr Chooser::getFastest() {
  int64_t best = columns.front();
  for (int64_t other : ArrayRef(columns).drop_front())
    if (predictChunked(other) < predictChunked(best))
      best = other;
  return getSchedule(best, getHeads(), isOverlapFaster(sizes, best));
}

int64_t Chooser::getLeastTokens(ChunkedAttr schedule) {
  // The chunked form takes the same time for all lengths of a last chunk.
  for (sizes.tokens = 2; sizes.tokens < chunkSize; ++sizes.tokens)
    if (predictChunked(schedule.getColumns()) < predictRecurrent(sizes))
      break;
  return sizes.tokens;
}

SmallVector<AlternativeAttr> Chooser::getAlternatives(bool isDynamicN) {
  SmallVector<AlternativeAttr> alternatives;
  // Packed sequences of one length each.
  int64_t tokens = ShapedType::isDynamic(rule.getNumTokens()) || isDynamicN
                       ? manyTokens
                       : rule.getNumTokens() / sizes.sequences;
  int64_t first = isDynamicN ? 1 : sizes.sequences;
  int64_t last = isDynamicN ? manySequences : sizes.sequences;
  for (int64_t n = first; n <= last; ++n) {
    sizes.sequences = n;
    sizes.tokens = tokens;
    ChunkedAttr schedule = getFastest();
    // One more kernel is not worth another number of heads or overlap.
    int64_t from = n == first ? 0 : n;
    if (!alternatives.empty() &&
        alternatives.back().getSchedule().getColumns() == schedule.getColumns())
      from = alternatives.pop_back_val().getLeastSequences();
    alternatives.push_back(AlternativeAttr::get(
        rule.getContext(), getLeastTokens(schedule), from, schedule));
  }
  // The largest first.
  std::reverse(alternatives.begin(), alternatives.end());
  return alternatives;
}

void Chooser::addTimes(FormChoice &choice) {
  if (!given)
    choice.times.push_back({"recurrent", sizes, predictRecurrent(sizes)});
  for (auto [number, form] : columnChoices)
    if (llvm::is_contained(columns, number))
      choice.times.push_back({form, sizes, predictChunked(number)});
}

FormChoice Chooser::choose() {
  FormChoice choice;
  if (rule.getNumTokens() == 1 && !given)
    return choice;
  if (!rule.hasChunkedForm(&choice.reason))
    return choice;
  for (auto [number, form] : columnChoices)
    if ((sizes.hasWgmma || number == columnsWithoutWgmma) &&
        hasWgmmaForm(rule, getSchedule(number), choice.reason))
      columns.push_back(number);
  if (columns.empty())
    return choice;
  choice.reason.clear();

  sizes.sequences = rule.getNumSequences();
  sizes.tokens = rule.getNumTokens();
  bool isDynamicN = ShapedType::isDynamic(sizes.sequences);
  // Lengths of packed sequences are not known.
  bool isDynamicT = ShapedType::isDynamic(sizes.tokens) || rule.getCuSeqlens();
  if (given && (isDynamicN || isDynamicT)) {
    // The form is decided.
    sizes.sequences = isDynamicN ? 1 : sizes.sequences;
    sizes.tokens = manyTokens;
    addTimes(choice);
    choice.schedule = getFastest();
    return choice;
  }
  if (isDynamicN || isDynamicT) {
    SmallVector<AlternativeAttr> alternatives = getAlternatives(isDynamicN);
    choice.schedule = AlternativesAttr::get(rule.getContext(), alternatives);
    // At sizes that stand for these.
    sizes.sequences = isDynamicN ? 1 : rule.getNumSequences();
    sizes.tokens = manyTokens;
    addTimes(choice);
    return choice;
  }
  addTimes(choice);
  ChunkedAttr fastest = getFastest();
  if (given || predictChunked(fastest.getColumns()) < predictRecurrent(sizes))
    choice.schedule = fastest;
  return choice;
}

FormChoice mlir::gdr::chooseForm(GatedDeltaRuleOp rule, ChunkedAttr given,
                                 int64_t smCount, bool hasWgmma) {
  return Chooser(rule, given, smCount, hasWgmma).choose();
}
