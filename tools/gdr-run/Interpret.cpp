//===- Interpret.cpp - call a function in the interpreter -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interpret.h"

#include "Error.h"
#include "gdr/Interpreter/Interpreter.h"

using namespace mlir;
using namespace mlir::gdr::run;

static gdr::InterpretedArgument getArgument(const Argument &argument,
                                            std::optional<TokenRange> tokens) {
  if (isa<FloatType>(argument.type))
    return static_cast<float>(argument.real);
  if (!argument.isTensor())
    return argument.integer;
  TensorView view = getTokens(argument, tokens);
  char *begin = argument.buffer.getData();
  return gdr::InterpretedTensor{view.data, begin,
                                begin + argument.buffer.getNumBytes(),
                                view.shape, view.strides};
}

llvm::Error mlir::gdr::run::interpret(func::FuncOp hostCode,
                                      const Program &program,
                                      std::optional<TokenRange> tokens) {
  // The first argument is the runtime's call object.
  std::vector<gdr::InterpretedArgument> arguments(1);
  for (const Argument &argument : program.arguments)
    arguments.push_back(getArgument(argument, tokens));
  func::FuncOp function = program.function;
  if (failed(gdr::interpret(hostCode, arguments)))
    return makeError("cannot interpret function '{0}'", function.getName());
  return llvm::Error::success();
}
