//===- Program.h - a function and its arguments -----------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The function to run and memory for each slot of its entry point's argument
// struct: the function's arguments in order, then the results that are not the
// buffer of an argument.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_PROGRAM_H
#define GDR_TOOLS_GDR_RUN_PROGRAM_H

#include "Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mlir::gdr::run {

/// One slot of the argument struct.
struct Argument {
  std::string name;
  Type type;
  /// Of a tensor.
  SmallVector<std::string> dims;
  Buffer buffer;
  TensorView view;
  /// Of an index or integer, and of a float.
  int64_t integer = 0;
  double real = 0;
  /// Whether it was a result of the function.
  bool isResult = false;

  bool isTensor() const { return isa<ShapedType>(type); }
};

struct Program {
  func::FuncOp function;
  std::vector<Argument> arguments;
  /// For each result of the function, the slot that holds it.
  SmallVector<unsigned> resultSlots;
  /// Whether it multiplies states and tokens on the tensor cores.
  bool usesTensorCores = false;

  /// The slot with a name, or null.
  Argument *find(StringRef name);
};

/// Finds the function of a module to run: by name, or the only public one with
/// a gated delta rule, or the only public one.
llvm::Expected<func::FuncOp> findFunction(ModuleOp module, StringRef name);

/// Makes the slots of a function and allocates the tensors, all of them 0xFF.
/// Dynamic dimensions get their sizes from `dims`. `slotNames` are those of the
/// compiled function: they tell which results it has as slots.
llvm::Expected<Program> createProgram(func::FuncOp function,
                                      const llvm::StringMap<int64_t> &dims,
                                      ArrayRef<std::string> slotNames);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_PROGRAM_H
