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
/// Of both, where the state and all else that is multiplied is rounded to the
/// element type of q first.
double getDefaultLimitTiles(ElementType type);

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
  /// the last one for the final state.
  void compare();
  /// Carries the reference's final state to the next call.
  void carryState();

  OutputCheck o, finalState;
  /// A sentence if a call wrote where it must not.
  std::string memoryProblem;
  bool isOk() const {
    return memoryProblem.empty() && o.isOk() && finalState.isOk();
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
  void compareOutput(Role role, OutputCheck &check);
  void expectCopy(const TensorView &from, const TensorView &to);
  void verifyMemory();

  const Program &program;
  const ResolvedRule &resolved;
  const Rule &rule;
  std::optional<StatePool> initialState, referenceState;
  std::vector<double> referenceO;
  std::vector<std::vector<char>> memory;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_CHECK_H
