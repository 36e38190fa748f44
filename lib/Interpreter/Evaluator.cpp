//===- Evaluator.cpp - values and control flow ----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include "Elementwise.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::gdr::interpreter;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

const Datum &Evaluator::get(Value value) const {
  auto it = values.find(value);
  assert(it != values.end() && "expected a value that was computed");
  return it->second;
}

SmallVector<int64_t> Evaluator::getIntegers(ValueRange range) const {
  return llvm::map_to_vector(range,
                             [&](Value value) { return getInteger(value); });
}

void Evaluator::set(Value value, Datum datum) {
  values[value] = std::move(datum);
}

InFlightDiagnostic Evaluator::emitError(Operation *op) {
  // Without a note that prints the op, which would be all of a kernel if it has
  // regions.
  return mlir::emitError(op->getLoc()) << "'" << op->getName() << "' op ";
}

Step Evaluator::fail(Operation *op, const Twine &message) {
  emitError(op) << message;
  return Step::Failed;
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void Evaluator::start(Block &entry, ArrayRef<Datum> arguments) {
  for (auto [argument, datum] : llvm::zip(entry.getArguments(), arguments))
    set(argument, datum);
  frames.push_back({entry.getParentOp(), &entry, entry.begin()});
}

Step Evaluator::run() {
  while (!frames.empty()) {
    Frame &frame = frames.back();
    // Regions of wg have no terminator.
    if (frame.next == frame.block->end()) {
      finishBlock({});
      continue;
    }
    Step result = step(&*frame.next);
    if (result != Step::Done)
      return result;
    ++numDone;
  }
  return Step::Done;
}

Step Evaluator::step(Operation *op) {
  // These go on elsewhere themselves.
  if (op->getNumRegions() != 0 || op->hasTrait<OpTrait::IsTerminator>())
    return executeControl(op);
  Step result;
  if (isOnNumbers(op))
    result = executeOnNumbers(op);
  else if (!executeOnMemRefs(op, result))
    result = execute(op);
  if (result == Step::Done)
    ++frames.back().next;
  return result;
}

void Evaluator::enter(Operation *parent, Block &block,
                      ArrayRef<Datum> arguments) {
  ++frames.back().next;
  start(block, arguments);
  frames.back().parent = parent;
}

Step Evaluator::executeControl(Operation *op) {
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    Region &region = getInteger(branch.getCondition()) ? branch.getThenRegion()
                                                       : branch.getElseRegion();
    if (region.empty())
      ++frames.back().next;
    else
      enter(op, region.front());
    return Step::Done;
  }
  if (isa<scf::ForOp>(op))
    return startLoop(op);
  if (isa<scf::YieldOp>(op)) {
    finishBlock(llvm::map_to_vector(op->getOperands(),
                                    [&](Value value) { return get(value); }));
    return Step::Done;
  }
  if (isa<func::ReturnOp, gpu::ReturnOp>(op)) {
    frames.clear();
    return Step::Done;
  }
  return execute(op);
}

Step Evaluator::startLoop(Operation *op) {
  auto loop = cast<scf::ForOp>(op);
  int64_t lower = getInteger(loop.getLowerBound());
  int64_t upper = getInteger(loop.getUpperBound());
  int64_t step = getInteger(loop.getStep());
  if (step <= 0)
    return fail(op, "expected a positive step, got " + Twine(step));
  bool isEmpty = loop.getUnsignedCmp() ? static_cast<uint64_t>(lower) >=
                                             static_cast<uint64_t>(upper)
                                       : lower >= upper;
  SmallVector<Datum> carried = llvm::map_to_vector(
      loop.getInitArgs(), [&](Value value) { return get(value); });
  if (isEmpty) {
    ++frames.back().next;
    for (auto [result, datum] : llvm::zip(op->getResults(), carried))
      set(result, datum);
    return Step::Done;
  }
  enter(op, *loop.getBody());
  frames.back().iterations = (upper - lower + step - 1) / step;
  beginIteration(frames.back(), carried);
  return Step::Done;
}

void Evaluator::beginIteration(Frame &frame, ArrayRef<Datum> carried) {
  auto loop = cast<scf::ForOp>(frame.parent);
  const Tile &lower = getTile(loop.getLowerBound());
  set(loop.getInductionVar(),
      createInteger(lower.element,
                    lower.integers[0] +
                        frame.iteration * getInteger(loop.getStep())));
  for (auto [argument, datum] : llvm::zip(loop.getRegionIterArgs(), carried))
    set(argument, datum);
  frame.next = frame.block->begin();
}

void Evaluator::finishBlock(ArrayRef<Datum> yielded) {
  Frame &frame = frames.back();
  if (isa<scf::ForOp>(frame.parent) && ++frame.iteration < frame.iterations)
    return beginIteration(frame, yielded);
  Operation *parent = frame.parent;
  frames.pop_back();
  for (auto [result, datum] : llvm::zip(parent->getResults(), yielded))
    set(result, datum);
  leave(parent);
}

Step Evaluator::executeOnNumbers(Operation *op) {
  SmallVector<TilePtr> operands = llvm::map_to_vector(
      op->getOperands(), [&](Value value) { return getAs<TilePtr>(value); });
  FailureOr<TilePtr> result =
      evaluate(op, operands, [&] { return emitError(op); });
  if (failed(result))
    return Step::Failed;
  if (!*result)
    return fail(op, "is not known to the interpreter");
  set(op->getResult(0), *result);
  return Step::Done;
}
