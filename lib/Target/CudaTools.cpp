//===- CudaTools.cpp - running ptxas and fatbinary ------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/CudaTools.h"

#include "TemporaryFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using namespace mlir::gdr;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::string> mlir::gdr::findCudaTool(StringRef tool,
                                                    StringRef given) {
  if (!given.empty()) {
    if (llvm::sys::fs::can_execute(given))
      return given.str();
    return makeError("expected an executable " + tool + ", got '" + given +
                     "'");
  }
  if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(tool))
    return *path;
  if (llvm::ErrorOr<std::string> path =
          llvm::sys::findProgramByName(tool, {"/usr/local/cuda/bin"}))
    return *path;
  return makeError(tool + " was not found on the PATH or in /usr/local/cuda; "
                          "install a CUDA toolkit or PyPI's nvidia-cuda-nvcc, "
                          "or stop at PTX");
}

// The number before `unit` in a report line, such as "96" for "registers".
static int64_t getNumberBefore(StringRef line, StringRef unit) {
  size_t end = line.find(unit);
  if (end == StringRef::npos)
    return 0;
  StringRef before = line.take_front(end).rtrim();
  StringRef digits =
      before.drop_front(before.find_last_not_of("0123456789") == StringRef::npos
                            ? 0
                            : before.find_last_not_of("0123456789") + 1);
  int64_t number = 0;
  digits.getAsInteger(10, number);
  return number;
}

// The report of a kernel is in lines of these forms:
//
//   ptxas info    : Compiling entry function 'name' for 'sm_90a'
//       0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
//   ptxas info    : Used 37 registers, used 1 barriers, 384 bytes smem
void mlir::gdr::parsePtxasReport(StringRef report, AssembledModule &module) {
  KernelResources *kernel = nullptr;
  for (StringRef line : llvm::split(report, '\n')) {
    if (line.contains("Compiling entry function")) {
      StringRef name = line.split('\'').second.split('\'').first;
      kernel = &module.kernels[name];
    } else if (kernel && line.contains("spill stores")) {
      kernel->spillStoreBytes = getNumberBefore(line, "bytes spill stores");
      kernel->spillLoadBytes = getNumberBefore(line, "bytes spill loads");
    } else if (kernel && line.contains("registers")) {
      kernel->registers = getNumberBefore(line, "registers");
      kernel->sharedMemoryBytes = getNumberBefore(line, "bytes smem");
    }
    if (line.contains("warning") || line.contains("(C7"))
      module.messages += (line + "\n").str();
  }
}

// Runs a tool and returns what it printed.
static llvm::Expected<std::string> runTool(StringRef tool,
                                           ArrayRef<StringRef> arguments) {
  TemporaryFile report;
  if (llvm::Error error = report.create("log"))
    return error;
  SmallVector<StringRef> all = {tool};
  llvm::append_range(all, arguments);
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(report.path),
                                          StringRef(report.path)};
  std::string message;
  int status = llvm::sys::ExecuteAndWait(tool, all, std::nullopt, redirects, 0,
                                         0, &message);
  llvm::Expected<std::string> log = readFile(report.path);
  if (status == 0 || !log)
    return log;
  return makeError(
      llvm::sys::path::filename(tool) + " failed: " +
      (message.empty() ? StringRef(*log).trim() : StringRef(message)));
}

llvm::Expected<AssembledModule>
mlir::gdr::runPtxas(StringRef ptxas, StringRef ptx, StringRef chip) {
  TemporaryFile input, output;
  if (llvm::Error error = input.create("ptx"))
    return error;
  if (llvm::Error error = output.create("cubin"))
    return error;
  if (llvm::Error error = writeFile(input.path, ptx))
    return error;
  std::string arch = ("-arch=" + chip).str();
  llvm::Expected<std::string> log =
      runTool(ptxas, {"-v", arch, input.path, "-o", output.path});
  if (!log)
    return log.takeError();
  llvm::Expected<std::string> cubin = readFile(output.path);
  if (!cubin)
    return cubin.takeError();
  AssembledModule module;
  module.cubin = std::move(*cubin);
  parsePtxasReport(*log, module);
  return module;
}

llvm::Expected<std::string>
mlir::gdr::runFatbinary(ArrayRef<DeviceImage> images) {
  llvm::Expected<std::string> tool = findCudaTool("fatbinary", "");
  if (!tool)
    return tool.takeError();
  TemporaryFile output;
  if (llvm::Error error = output.create("fatbin"))
    return error;
  std::vector<TemporaryFile> inputs(images.size());
  SmallVector<std::string> arguments = {"--create=" + output.path.str().str()};
  for (auto [input, image] : llvm::zip_equal(inputs, images)) {
    if (llvm::Error error = input.create("cubin"))
      return error;
    if (llvm::Error error = writeFile(input.path, image.cubin))
      return error;
    // "sm_90a" is "90a" here.
    arguments.push_back(
        ("--image3=kind=elf,sm=" + image.chip.drop_front(strlen("sm_")) +
         ",file=" + input.path)
            .str());
  }
  SmallVector<StringRef> references(arguments.begin(), arguments.end());
  llvm::Expected<std::string> log = runTool(*tool, references);
  if (!log)
    return log.takeError();
  return readFile(output.path);
}
