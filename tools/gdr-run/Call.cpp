//===- Call.cpp - call an entry point -------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include "Error.h"
#include "Interpret.h"

#include <cstring>

using namespace mlir;
using namespace mlir::gdr::run;

static DLDataType getDLType(ElementType type) {
  auto bits = static_cast<uint8_t>(8 * getNumBytes(type));
  if (type == ElementType::BF16)
    return {kDLBfloat, bits, 1};
  return {static_cast<uint8_t>(isFloat(type) ? kDLFloat : kDLInt), bits, 1};
}

TensorView mlir::gdr::run::getTokens(const Argument &argument,
                                     std::optional<TokenRange> tokens) {
  TensorView view = argument.view;
  SmallVector<int64_t> first(view.getRank(), 0);
  for (auto [d, name] : llvm::enumerate(argument.dims))
    if (tokens && name == "T") {
      first[d] = tokens->first;
      view.shape[d] = tokens->second - tokens->first;
    }
  view.data = view.getAddress(first);
  return view;
}

CallArguments::CallArguments(const Program &program, const Device *device,
                             ArrayRef<DeviceBuffer> copies,
                             std::optional<TokenRange> tokens) {
  size_t headerWords = sizeof(gdr_args_header) / sizeof(uint64_t);
  words.resize(headerWords + program.arguments.size());
  *getHeader() = {words.size() * sizeof(uint64_t), 0,
                  device ? device->getStream() : nullptr, nullptr, 0};
  // The struct points to the elements of these.
  tensors.reserve(program.arguments.size());
  shapes.reserve(program.arguments.size());
  for (auto [i, argument] : llvm::enumerate(program.arguments)) {
    uint64_t &slot = words[headerWords + i];
    if (!argument.isTensor()) {
      if (isa<FloatType>(argument.type))
        std::memcpy(&slot, &argument.real, sizeof(slot));
      else
        std::memcpy(&slot, &argument.integer, sizeof(slot));
      continue;
    }
    TensorView view = getTokens(argument, tokens);
    int64_t offset = view.data - argument.buffer.getBegin();
    char *base = device ? static_cast<char *>(copies[i].getData())
                        : argument.buffer.getBegin();
    shapes.push_back(std::move(view.shape));
    tensors.push_back(
        DLTensor{base + offset, DLDevice{device ? kDLCUDA : kDLCPU, 0},
                 static_cast<int>(view.strides.size()), getDLType(view.type),
                 shapes.back().data(),
                 const_cast<int64_t *>(argument.view.strides.data()), 0});
    slot = reinterpret_cast<uintptr_t>(&tensors.back());
  }
}

static llvm::Error getLastError(StringRef what) {
  return makeError("{0} failed: {1}", what, gdr_last_error());
}

llvm::Expected<Caller> Caller::create(const EntryPoints &entry,
                                      Program &program, Device *device) {
  Caller caller(entry, program, device);
  if (!device)
    return caller;
  if (entry.load(0) != GDR_OK)
    return getLastError("loading the kernels");
  for (const Argument &argument : program.arguments) {
    llvm::Expected<DeviceBuffer> copy = device->allocate(
        argument.isTensor() ? argument.buffer.getTotalBytes() : 0);
    if (!copy)
      return copy.takeError();
    caller.copies.push_back(std::move(*copy));
  }
  return caller;
}

Caller Caller::createInterpreted(func::FuncOp hostCode, Program &program) {
  Caller caller({}, program, /*device=*/nullptr);
  caller.interpreted = hostCode;
  return caller;
}

llvm::Error Caller::provideWorkspace(gdr_args_header &header) {
  int64_t bytes = entry.workspaceSize(&header);
  if (bytes < 0)
    return getLastError("the call");
  if (bytes == 0)
    return llvm::Error::success();
  if (device && bytes > deviceWorkspace.getNumBytes()) {
    llvm::Expected<DeviceBuffer> buffer = device->allocate(bytes);
    if (!buffer)
      return buffer.takeError();
    deviceWorkspace = std::move(*buffer);
  } else if (!device && bytes > workspace.getNumBytes()) {
    workspace = Buffer(bytes);
  }
  header.workspace = device ? deviceWorkspace.getData() : workspace.getData();
  header.workspace_bytes = bytes;
  return llvm::Error::success();
}

llvm::Error Caller::launch(CallArguments &arguments) {
  gdr_args_header &header = *arguments.getHeader();
  if (!header.workspace)
    if (llvm::Error error = provideWorkspace(header))
      return error;
  if (entry.call(&header) != GDR_OK)
    return getLastError("the call");
  return llvm::Error::success();
}

llvm::Error Caller::call(std::optional<TokenRange> tokens) {
  if (interpreted)
    return interpret(interpreted, *program, tokens);
  CallArguments arguments(*program, device, copies, tokens);
  if (!device)
    return launch(arguments);
  auto forEachTensor = [&](auto &&copy) -> llvm::Error {
    for (auto [argument, buffer] : llvm::zip(program->arguments, copies))
      if (argument.isTensor())
        if (llvm::Error error = copy(argument.buffer, buffer))
          return error;
    return llvm::Error::success();
  };
  if (llvm::Error error =
          forEachTensor([&](const Buffer &host, DeviceBuffer &copy) {
            return device->copyToDevice(copy.getData(), host.getBegin(),
                                        host.getTotalBytes());
          }))
    return error;
  if (llvm::Error error = launch(arguments))
    return error;
  if (llvm::Error error = device->synchronize())
    return error;
  return forEachTensor([&](const Buffer &host, DeviceBuffer &copy) {
    return device->copyToHost(host.getBegin(), copy.getData(),
                              host.getTotalBytes());
  });
}
