//===- Backend.cpp - errors of LLVM's backends ----------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A jump leads out of LLVM's handler of fatal errors, and what it skips is
// leaked. Signals are left alone: they belong to the program.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Backend.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include <csetjmp>
#include <mutex>

using namespace mlir;
using namespace mlir::gdr;

namespace {
struct Recovery {
  std::jmp_buf place;
  std::string reason;
};
} // namespace

static thread_local Recovery *recovery = nullptr;

static void handleFatalError(void *, const char *reason, bool) {
  if (recovery) {
    recovery->reason = StringRef(reason).split('\n').first.str();
    std::longjmp(recovery->place, 1);
  }
  // As LLVM would say it; then it ends the process.
  llvm::errs() << "LLVM ERROR: " << reason << "\n";
}

void mlir::gdr::recoverFromFatalErrors() {
  static std::once_flag once;
  std::call_once(once,
                 [] { llvm::install_fatal_error_handler(handleFatalError); });
}

LogicalResult mlir::gdr::runBackend(Operation *op,
                                    llvm::function_ref<LogicalResult()> body) {
  Recovery here;
  if (setjmp(here.place) != 0) {
    recovery = nullptr;
    return op->emitError("LLVM's backend gave up: ") << here.reason;
  }
  recovery = &here;
  LogicalResult result = body();
  recovery = nullptr;
  return result;
}

namespace {
struct ErrorForwarder : llvm::DiagnosticHandler {
  ErrorForwarder(Operation *op, bool &hasErrors)
      : op(op), hasErrors(hasErrors) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() != llvm::DS_Error)
      return true;
    std::string message;
    llvm::raw_string_ostream stream(message);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    op->emitError(StringRef(message).trim());
    hasErrors = true;
    return true;
  }

  Operation *op;
  bool &hasErrors;
};
} // namespace

void mlir::gdr::forwardErrors(llvm::LLVMContext &context, Operation *op,
                              bool &hasErrors) {
  context.setDiagnosticHandler(std::make_unique<ErrorForwarder>(op, hasErrors));
}
