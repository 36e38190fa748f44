//===- Options.h - command line of gdr-run ----------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_OPTIONS_H
#define GDR_TOOLS_GDR_RUN_OPTIONS_H

#include "Error.h"
#include "Inputs.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace mlir::gdr::run {

enum class TargetKind { CPU, CUDA, Interpreter };

/// "cpu", "cuda" or "interpreter".
StringRef getName(TargetKind target);

struct Options {
  std::string inputFile;
  std::string function;
  TargetKind target = TargetKind::CPU;
  std::string chip;
  bool ptx = false;
  bool racecheck = false;
  bool lowerRings = false;
  bool check = false;
  bool bench = false;
  llvm::StringMap<int64_t> dims;
  /// Argument name and file.
  std::vector<std::pair<std::string, std::string>> inputs, outputs;
  InputOptions random;
  int64_t repeat = 0;
  int64_t steps = 1;
  std::vector<int64_t> splits;
  std::optional<double> toleranceO, toleranceState;
  int64_t threads = 0;
  std::string jsonFile;
};

/// Parses the command line. The command line library itself ends the process
/// for --help and for options that it does not know.
llvm::Expected<Options> parseOptions(int argc, char **argv);

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_OPTIONS_H
