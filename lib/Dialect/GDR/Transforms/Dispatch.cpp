//===- Dispatch.cpp - choose the form that computes a rule ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rewrites each `gdr.gated_delta_rule`, on tensors or memrefs, into
// `gdr.recurrent` or, for many tokens, into its chunked form. Where the number
// of tokens is known only at run time, branches in host code separate one
// token, for which the operands are cast to T = 1, from few and from many. No
// `gdr.gated_delta_rule` is left.
//
//===----------------------------------------------------------------------===//

#include "gdr/Dialect/GDR/Transforms/Passes.h"

#include "gdr/Dialect/GDR/Utils/WgmmaForm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_DISPATCH
#include "gdr/Dialect/GDR/Transforms/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

#define DEBUG_TYPE "gdr-dispatch"

// The recurrent form of `rule` on the given operands, which are the rule's or
// casts of them; returns the results.
static SmallVector<Value> createRecurrent(ImplicitLocOpBuilder &b,
                                          GatedDeltaRuleOp rule,
                                          ValueRange operands) {
  SmallVector<Type> resultTypes;
  for (OpOperand &init : rule.getDpsInitsMutable())
    if (Type type = operands[init.getOperandNumber()].getType();
        isa<TensorType>(type))
      resultTypes.push_back(type);
  OperationState state(rule.getLoc(), RecurrentOp::getOperationName());
  state.addOperands(operands);
  state.addTypes(resultTypes);
  state.addAttributes(rule->getDiscardableAttrDictionary().getValue());
  // The two ops have the same properties.
  NamedAttrList properties(
      cast<DictionaryAttr>(rule->getPropertiesAsAttribute()));
  if (std::optional<float> scale = rule.getScaleOrDefault())
    properties.set("scale", b.getF32FloatAttr(*scale));
  // Schedules of the chunked form are of no use to it.
  if (!isa_and_present<ScheduleAttr>(rule.getScheduleAttr()))
    properties.erase("schedule");
  state.propertiesAttr = properties.getDictionary(b.getContext());
  return llvm::to_vector_of<Value>(b.create(state)->getResults());
}

// Casts a tensor or memref whose dimension 1 is dynamic to one token.
static Value createCastToOneToken(ImplicitLocOpBuilder &b, Value value) {
  auto type = cast<ShapedType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] = 1;
  Type cast = type.clone(shape);
  if (isa<MemRefType>(type))
    return memref::CastOp::create(b, cast, value);
  return tensor::CastOp::create(b, cast, value);
}

// The operands with those that have a token dimension cast to T = 1.
static SmallVector<Value> createOneTokenOperands(ImplicitLocOpBuilder &b,
                                                 GatedDeltaRuleOp rule) {
  SmallVector<Value> operands(rule->getOperands());
  SmallVector<Value> withTokens = {rule.getQ(),    rule.getK(),
                                   rule.getV(),    rule.getG(),
                                   rule.getBeta(), rule.getOInit()};
  for (OpOperand &operand : rule->getOpOperands())
    if (llvm::is_contained(withTokens, operand.get()) &&
        rule.getShape(operand.get())[1] != 1)
      operands[operand.getOperandNumber()] =
          createCastToOneToken(b, operand.get());
  return operands;
}

// A dimension of a tensor or memref.
static Value createDim(ImplicitLocOpBuilder &b, Value value, int64_t dim) {
  if (isa<MemRefType>(value.getType()))
    return memref::DimOp::create(b, value, dim);
  return tensor::DimOp::create(b, value, dim);
}

// Whether there are enough tokens for the chunked form: a static answer, or a
// condition at run time. A packed batch is judged by its longest sequence; if
// that is not known, by whether any sequence has more than one token.
static std::pair<std::optional<bool>, Value>
createHasManyTokens(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule,
                    int64_t leastTokens) {
  auto createCompare = [&](arith::CmpIPredicate predicate, Value x, Value y) {
    return std::pair<std::optional<bool>, Value>(
        std::nullopt, arith::CmpIOp::create(b, predicate, x, y));
  };
  Value least = arith::ConstantIndexOp::create(b, leastTokens);
  if (Value maxSeqlen = rule.getMaxSeqlen())
    return createCompare(arith::CmpIPredicate::uge, maxSeqlen, least);
  int64_t tokens = rule.getNumTokens();
  if (!rule.getCuSeqlens()) {
    if (!ShapedType::isDynamic(tokens))
      return {tokens >= leastTokens, Value()};
    return createCompare(arith::CmpIPredicate::uge,
                         createDim(b, rule.getQ(), 1), least);
  }
  int64_t sequences = rule.getNumSequences();
  if (!ShapedType::isDynamic(tokens) && !ShapedType::isDynamic(sequences))
    return {tokens > sequences, Value()};
  // T > N, which is T >= the size of cu_seqlens
  return createCompare(arith::CmpIPredicate::uge, createDim(b, rule.getQ(), 1),
                       createDim(b, rule.getCuSeqlens(), 0));
}

// Whether there are enough sequences, likewise.
static std::pair<std::optional<bool>, Value>
createHasManySequences(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule,
                       int64_t leastSequences) {
  int64_t sequences = rule.getNumSequences();
  if (leastSequences == 0 || !ShapedType::isDynamic(sequences))
    return {leastSequences == 0 || sequences >= leastSequences, Value()};
  // Of what has an entry for each sequence, cu_seqlens has one more.
  Value counted = rule.getQ();
  int64_t least = leastSequences;
  for (Value indices : {rule.getReadIndices(), rule.getWriteIndices()})
    if (indices)
      counted = indices;
  if (counted == rule.getQ() && rule.getCuSeqlens()) {
    counted = rule.getCuSeqlens();
    ++least;
  }
  return {std::nullopt,
          arith::CmpIOp::create(b, arith::CmpIPredicate::uge,
                                createDim(b, counted, 0),
                                arith::ConstantIndexOp::create(b, least))};
}

namespace {

struct Dispatch : gdr::impl::DispatchBase<Dispatch> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(verifyOptions()))
      return signalPassFailure();
    WalkResult result = getOperation()->walk(
        [&](GatedDeltaRuleOp rule) { return WalkResult(rewriteRule(rule)); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult verifyOptions();
  bool hasChunkedForm(GatedDeltaRuleOp rule, ChunkedAttr schedule,
                      std::string &reason) {
    if (!rule.hasChunkedForm(&reason) ||
        (chunked == ChunkedKernels::Tiles &&
         !hasWgmmaForm(rule, schedule, reason)))
      return false;
    if (rule.hasSnapshotsAfterChunks(schedule.getChunkSize()))
      return true;
    reason = llvm::formatv("snapshot_every is {0}, and it has to be a multiple "
                           "of the chunk size, {1}",
                           *rule.getSnapshotEvery(), schedule.getChunkSize());
    return false;
  }
  ChunkedAttr getDefaultSchedule(GatedDeltaRuleOp rule);
  LogicalResult rewriteRule(GatedDeltaRuleOp rule);
  SmallVector<Value> createForm(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule);
  SmallVector<Value> createManyTokens(ImplicitLocOpBuilder &b,
                                      GatedDeltaRuleOp rule);
  SmallVector<Value> createAlternatives(ImplicitLocOpBuilder &b,
                                        GatedDeltaRuleOp rule,
                                        ArrayRef<AlternativeAttr> alternatives,
                                        Value fits);
  /// Whether the chunked form can take the operands as they are in memory; null
  /// if it can take all.
  Value createFits(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule);
  SmallVector<Value> createChunked(ImplicitLocOpBuilder &b,
                                   GatedDeltaRuleOp rule, ChunkedAttr schedule);

  using CreateResults = function_ref<SmallVector<Value>()>;
  /// scf.if with the results of the rule.
  SmallVector<Value> createBranch(ImplicitLocOpBuilder &b,
                                  GatedDeltaRuleOp rule, Value condition,
                                  CreateResults createThen,
                                  CreateResults createElse);
};

} // namespace

LogicalResult Dispatch::verifyOptions() {
  auto refuse = [&] { return getOperation().emitError(); };
  if (failed(ChunkedAttr::verify(refuse, chunkSize, /*columns=*/0,
                                 /*stages=*/0, /*heads=*/0, /*overlap=*/true)))
    return failure();
  if (leastTokens < 1)
    return refuse() << "expected least-tokens to be positive, got "
                    << leastTokens.getValue();
  return success();
}

LogicalResult Dispatch::rewriteRule(GatedDeltaRuleOp rule) {
  SmallVector<ChunkedAttr> schedules;
  if (auto alternatives =
          dyn_cast_if_present<AlternativesAttr>(rule.getScheduleAttr()))
    for (AlternativeAttr alternative : alternatives.getAlternatives())
      schedules.push_back(alternative.getSchedule());
  else if (auto schedule =
               dyn_cast_if_present<ChunkedAttr>(rule.getScheduleAttr()))
    schedules.push_back(schedule);
  for (ChunkedAttr schedule : schedules) {
    std::string reason = "the target has none";
    if (chunked == ChunkedKernels::None ||
        !hasChunkedForm(rule, schedule, reason))
      return rule.emitOpError() << "expected an op that has a chunked form, as "
                                   "attribute schedule asks for; "
                                << reason;
  }
  ImplicitLocOpBuilder b(rule.getLoc(), rule);
  SmallVector<Value> results = createForm(b, rule);
  rule->replaceAllUsesWith(results);
  rule->erase();
  return success();
}

SmallVector<Value> Dispatch::createForm(ImplicitLocOpBuilder &b,
                                        GatedDeltaRuleOp rule) {
  if (auto schedule =
          dyn_cast_if_present<ChunkedAttr>(rule.getScheduleAttr())) {
    auto createChunkedForm = [&] { return createChunked(b, rule, schedule); };
    Value fits = createFits(b, rule);
    return fits ? createBranch(b, rule, fits, createChunkedForm,
                               [&] {
                                 return createRecurrent(b, rule,
                                                        rule->getOperands());
                               })
                : createChunkedForm();
  }
  // A packed batch has many tokens even if every sequence has one; its
  // recurrent form is the same for one and for more.
  if (rule.getCuSeqlens() || !ShapedType::isDynamic(rule.getNumTokens()))
    return createManyTokens(b, rule);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value isOneToken = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                           createDim(b, rule.getQ(), 1), one);
  return createBranch(
      b, rule, isOneToken,
      [&] { return createRecurrent(b, rule, createOneTokenOperands(b, rule)); },
      [&] { return createManyTokens(b, rule); });
}

// With the chunk size of the option, or a smaller one that ends chunks where
// snapshots are taken, if there is one.
ChunkedAttr Dispatch::getDefaultSchedule(GatedDeltaRuleOp rule) {
  int64_t size = chunkSize;
  while (!rule.hasSnapshotsAfterChunks(size) && size > leastChunkSize)
    size /= 2;
  return ChunkedAttr::get(&getContext(), size, /*columns=*/0, /*stages=*/0,
                          /*heads=*/0, /*overlap=*/true);
}

// The chunked form, if there is one and there are enough tokens for it, else
// the recurrent form.
SmallVector<Value> Dispatch::createManyTokens(ImplicitLocOpBuilder &b,
                                              GatedDeltaRuleOp rule) {
  auto createRecurrentForm = [&] {
    return createRecurrent(b, rule, rule->getOperands());
  };
  if (auto alternatives =
          dyn_cast_if_present<AlternativesAttr>(rule.getScheduleAttr())) {
    Value fits = createFits(b, rule);
    SmallVector<Value> results =
        createAlternatives(b, rule, alternatives.getAlternatives(), fits);
    if (fits && fits.use_empty())
      fits.getDefiningOp()->erase();
    return results;
  }
  // For tile programs gdr-select-schedule has chosen already.
  bool isFixed = rule.getScheduleAttr() || rule.getNumTokens() == 1;
  if (chunked != ChunkedKernels::Loops || isFixed)
    return createRecurrentForm();
  std::string reason;
  ChunkedAttr schedule = getDefaultSchedule(rule);
  if (!hasChunkedForm(rule, schedule, reason)) {
    remark::missed(rule.getLoc(),
                   remark::RemarkOpts::name("chunked").category(DEBUG_TYPE))
        << remark::reason("{0}", reason);
    return createRecurrentForm();
  }
  auto createChunkedForm = [&] { return createChunked(b, rule, schedule); };
  auto [isMany, condition] = createHasManyTokens(b, rule, leastTokens);
  if (isMany)
    return *isMany ? createChunkedForm() : createRecurrentForm();
  return createBranch(b, rule, condition, createChunkedForm,
                      createRecurrentForm);
}

Value Dispatch::createFits(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule) {
  if (chunked != ChunkedKernels::Tiles || !fallback)
    return nullptr;
  llvm::SmallSetVector<Value, 4> tensors;
  for (Value value : {Value(rule.getQ()), Value(rule.getK()),
                      Value(rule.getV()), Value(rule.getOInit())})
    tensors.insert(value);
  return FitsBoxesOp::create(b, b.getI1Type(), tensors.getArrayRef());
}

// The first of the alternatives whose bounds are reached, if `fits`, else the
// recurrent form.
SmallVector<Value>
Dispatch::createAlternatives(ImplicitLocOpBuilder &b, GatedDeltaRuleOp rule,
                             ArrayRef<AlternativeAttr> alternatives,
                             Value fits) {
  if (alternatives.empty())
    return createRecurrent(b, rule, rule->getOperands());
  AlternativeAttr first = alternatives.front();
  auto createRest = [&] {
    return createAlternatives(b, rule, alternatives.drop_front(), fits);
  };
  auto createFirst = [&] {
    return createChunked(b, rule, first.getSchedule());
  };
  Value all = fits;
  for (auto [isReached, condition] :
       {createHasManyTokens(b, rule, first.getLeastTokens()),
        createHasManySequences(b, rule, first.getLeastSequences())}) {
    if (isReached && !*isReached)
      return createRest();
    if (condition)
      all = all ? arith::AndIOp::create(b, all, condition).getResult()
                : condition;
  }
  return all ? createBranch(b, rule, all, createFirst, createRest)
             : createFirst();
}

SmallVector<Value> Dispatch::createChunked(ImplicitLocOpBuilder &b,
                                           GatedDeltaRuleOp rule,
                                           ChunkedAttr schedule) {
  ChunkedFormOptions options;
  options.schedule = schedule;
  options.matrixElementType = b.getF32Type();
  if (chunked == ChunkedKernels::Tiles) {
    options.matrixElementType = getElementTypeOrSelf(rule.getQ());
    options.tileLayout = TileLayout::Swizzle128B;
  }
  return cast<ChunkedFormOpInterface>(rule.getOperation())
      .decomposeIntoChunks(b, options);
}

SmallVector<Value> Dispatch::createBranch(ImplicitLocOpBuilder &b,
                                          GatedDeltaRuleOp rule,
                                          Value condition,
                                          CreateResults createThen,
                                          CreateResults createElse) {
  auto branch = scf::IfOp::create(b, rule->getResultTypes(), condition,
                                  /*withElseRegion=*/true);
  auto fill = [&](Block *block, CreateResults createResults) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(block);
    SmallVector<Value> yielded;
    for (auto [result, type] :
         llvm::zip(createResults(), rule->getResultTypes()))
      yielded.push_back(result.getType() == type
                            ? result
                            : tensor::CastOp::create(b, type, result));
    if (!yielded.empty())
      scf::YieldOp::create(b, yielded);
  };
  fill(branch.thenBlock(), createThen);
  fill(branch.elseBlock(), createElse);
  return llvm::to_vector_of<Value>(branch.getResults());
}
