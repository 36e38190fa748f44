//===- Check.h - compare results with the reference -------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Errors are relative, ||x - reference|| / ||reference||, over all that a
// function has to write. All else must stay as it was, byte by byte: rows that
// are not written, inputs, gaps between rows and the memory around a tensor.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_CHECK_H
#define GDR_TOOLS_GDR_RUN_CHECK_H

#include "Program.h"
#include "Reference.h"
#include "ResolvedRule.h"

namespace mlir::gdr::run {

/// What is known of one output.
struct OutputCheck {
  StringRef name;
  double limit = 0;
  double error = 0;
  /// A sentence if something else is wrong than the error.
  std::string problem;
  /// Sequences of which the error is above the limit.
  std::vector<std::string> details;

  bool isOk() const { return problem.empty() && error <= limit; }
};

/// The limits of the relative errors unless options say otherwise; `numTokens`
/// is the number of tokens that a state is carried through.
double getDefaultLimitO(const TensorView &o);
double getDefaultLimitState(ElementType type, int64_t numTokens);
/// Of both, if products on the tensor cores take their operands in this type.
double getTensorCoreLimit(ElementType type);

/// Checks the calls of a program with one rule.
class Checker {
public:
  Checker(const Program &program, const ResolvedRule &resolved);

  /// Computes the reference from the operands as they are, with the state that
  /// it carried so far, and remembers the memory of all arguments.
  void expect();
  /// Remembers the memory of the tensor of this role again.
  void remember(Role role);
  /// Compares after a call. Errors are the largest of all calls for o, and of
  /// the last one for states.
  void compare();
  /// Carries the reference's final state to the next call.
  void carryState();

  OutputCheck o, finalState, snapshots;
  /// A sentence if a call wrote where it must not.
  std::string memoryProblem;
  bool isOk() const {
    return memoryProblem.empty() && o.isOk() && finalState.isOk() &&
           snapshots.isOk();
  }

private:
  /// What a sequence writes in an output, and the reference for it in row-major
  /// order.
  struct Piece {
    size_t sequence;
    TensorView view;
    const double *reference;
  };
  SmallVector<Piece> getPieces(Role role) const;
  /// The piece of a row of states.
  Piece getStatePiece(Role role, size_t sequence, int64_t row) const;
  void compareOutput(Role role, OutputCheck &check);
  void expectCopy(const TensorView &from, const TensorView &to);
  void verifyMemory();

  const Program &program;
  const ResolvedRule &resolved;
  const Rule &rule;
  std::optional<StatePool> initialState, referenceState, referenceSnapshots;
  std::vector<double> referenceO;
  std::vector<std::vector<char>> memory;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_CHECK_H
