//===- Call.h - call an entry point -----------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls a compiled function as a C program does: through the argument struct of
// gdr-c/Runtime.h, with DLPack tensors. The tensors are in host memory, or in
// copies of it on the GPU.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_CALL_H
#define GDR_TOOLS_GDR_RUN_CALL_H

#include "Compile.h"
#include "DeviceMemory.h"
#include "Program.h"

namespace mlir::gdr::run {

/// Tokens [begin, end) of T.
using TokenRange = std::pair<int64_t, int64_t>;

/// A tensor, or a view of those tokens in it if it has a dimension T.
TensorView getTokens(const Argument &argument,
                     std::optional<TokenRange> tokens);

/// The argument struct of one call, with what it points to.
class CallArguments {
public:
  /// The tensors of a program in host memory or, if `device` is not null, in
  /// its copies in `copies`. With `tokens`, views of those tokens in all
  /// tensors that have a dimension T.
  CallArguments(const Program &program, const Device *device,
                ArrayRef<DeviceBuffer> copies,
                std::optional<TokenRange> tokens = std::nullopt);

  gdr_args_header *getHeader() {
    return reinterpret_cast<gdr_args_header *>(words.data());
  }

private:
  std::vector<uint64_t> words;
  std::vector<SmallVector<int64_t>> shapes;
  std::vector<DLTensor> tensors;
};

/// Calls one function of a program, on the host, on a GPU or interpreted, as
/// often as one likes.
class Caller {
public:
  /// Loads the kernels; `device` is null for the host.
  static llvm::Expected<Caller> create(const EntryPoints &entry,
                                       Program &program, Device *device);

  /// For host code of tile programs, which is interpreted.
  static Caller createInterpreted(func::FuncOp hostCode, Program &program);

  /// Copies the arguments to the GPU, calls, waits, and copies all of them
  /// back; on the host, only calls.
  llvm::Error call(std::optional<TokenRange> tokens = std::nullopt);

  /// Calls with arguments that are in place. Does not wait.
  llvm::Error launch(CallArguments &arguments);

private:
  Caller(const EntryPoints &entry, Program &program, Device *device)
      : entry(entry), program(&program), device(device) {}
  /// Makes the workspace large enough for a call.
  llvm::Error provideWorkspace(gdr_args_header &header);

  func::FuncOp interpreted;
  EntryPoints entry;
  Program *program;
  Device *device;
  std::vector<DeviceBuffer> copies;
  Buffer workspace;
  DeviceBuffer deviceWorkspace;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_CALL_H
