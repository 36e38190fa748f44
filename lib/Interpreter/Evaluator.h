//===- Evaluator.h - one sequential program ---------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part that host code and the programs of warpgroups share: SSA values,
// structured control flow, arithmetic and memrefs. The place in the program is
// a stack of its own, so that a program can stop at an op and go on later.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_INTERPRETER_EVALUATOR_H
#define GDR_LIB_INTERPRETER_EVALUATOR_H

#include "Values.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::gdr::interpreter {

/// What became of an op: it has to be tried again later if it is blocked.
enum class Step { Done, Blocked, Failed };

inline Step getStep(LogicalResult result) {
  return succeeded(result) ? Step::Done : Step::Failed;
}

class Evaluator {
public:
  virtual ~Evaluator() = default;

  void start(Block &entry, ArrayRef<Datum> arguments);
  /// Goes on to the end, or to an op that is blocked or fails.
  Step run();
  bool isAtEnd() const { return frames.empty(); }
  /// The next op; not at the end.
  Operation *getCurrent() const { return &*frames.back().next; }
  /// Ops that were done so far.
  int64_t getNumDone() const { return numDone; }

protected:
  /// Ops that are neither arithmetic, nor on memrefs, nor of scf.
  virtual Step execute(Operation *op) = 0;
  /// Called at the end of a region that `execute` has entered.
  virtual void leave(Operation *parent) {}
  /// An error at the op, with a note that says where it is running.
  virtual InFlightDiagnostic emitError(Operation *op);
  Step fail(Operation *op, const Twine &message);

  /// Goes on in a block, and after the end of it behind the current op.
  void enter(Operation *parent, Block &block, ArrayRef<Datum> arguments = {});

  /// References live until the next `set`.
  const Datum &get(Value value) const;
  template <typename T>
  const T &getAs(Value value) const {
    return std::get<T>(get(value));
  }
  const Tile &getTile(Value value) const { return *getAs<TilePtr>(value); }
  int64_t getInteger(Value value) const { return getTile(value).integers[0]; }
  SmallVector<int64_t> getIntegers(ValueRange values) const;
  void set(Value value, Datum datum);

  /// The address of an element; null, and an error, outside of the memory.
  char *getAddress(Operation *op, const MemRef &memref,
                   ArrayRef<int64_t> indices);

private:
  struct Frame {
    Operation *parent;
    Block *block;
    Block::iterator next;
    int64_t iteration = 0, iterations = 0; // of a loop
  };

  Step step(Operation *op);
  Step executeControl(Operation *op);
  Step startLoop(Operation *op);
  void beginIteration(Frame &frame, ArrayRef<Datum> carried);
  void finishBlock(ArrayRef<Datum> yielded);
  Step executeOnNumbers(Operation *op);
  /// False if the op is none on memrefs that is known.
  bool executeOnMemRefs(Operation *op, Step &step);
  Step createView(Operation *op);
  Step createMetadata(Operation *op);
  Step moveElement(Operation *op);

  std::vector<Frame> frames;
  llvm::DenseMap<Value, Datum> values;
  int64_t numDone = 0;
};

} // namespace mlir::gdr::interpreter

#endif // GDR_LIB_INTERPRETER_EVALUATOR_H
