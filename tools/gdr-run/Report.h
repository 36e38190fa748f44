//===- Report.h - what gdr-run prints ---------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every fact goes to standard output, and as a figure to the file of --json.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TOOLS_GDR_RUN_REPORT_H
#define GDR_TOOLS_GDR_RUN_REPORT_H

#include "Bench.h"
#include "Check.h"
#include "Options.h"
#include "llvm/Support/JSON.h"

namespace mlir::gdr::run {

class Report {
public:
  /// The function, the target, which device it is, and the shapes.
  void addTitle(const Program &program, ArrayRef<ResolvedRule> rules,
                TargetKind target, StringRef deviceName);
  /// The errors of the outputs.
  void addCheck(const Checker &checker, const Rule &rule);
  void addBench(const BenchResult &result);
  /// The norms of the outputs: enough to see that something came out.
  void addOutputs(const Program &program, ArrayRef<ResolvedRule> rules);
  /// Writes the figures.
  llvm::Error write(const Options &options);

private:
  void addSizes(const Rule &rule);
  void addOutput(const OutputCheck &check);

  llvm::json::Object figures;
};

} // namespace mlir::gdr::run

#endif // GDR_TOOLS_GDR_RUN_REPORT_H
