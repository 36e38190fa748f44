//===- FatalErrors.cpp - surviving what LLVM gives up on ------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A jump out of LLVM's handler of fatal errors, with what the jump skips
// leaked. Signals are left alone: they belong to the program.
//
//===----------------------------------------------------------------------===//

#include "FatalErrors.h"

#include "llvm/Support/ErrorHandling.h"
#include <csetjmp>
#include <mutex>

using namespace mlir;

namespace {
struct Recovery {
  std::jmp_buf place;
  std::string *reason;
};
} // namespace

static thread_local Recovery *recovery = nullptr;

// In a thread without a place to go back to, returning ends the process.
static void jumpToRecovery(void *, const char *reason, bool) {
  if (!recovery)
    return;
  *recovery->reason = StringRef(reason).split('\n').first.str();
  std::longjmp(recovery->place, 1);
}

LogicalResult mlir::gdr::runOrGiveUp(llvm::function_ref<void()> body,
                                     std::string &reason) {
  static std::once_flag once;
  std::call_once(once,
                 [] { llvm::install_fatal_error_handler(jumpToRecovery); });
  Recovery here;
  here.reason = &reason;
  if (setjmp(here.place) != 0) {
    recovery = nullptr;
    return failure();
  }
  recovery = &here;
  body();
  recovery = nullptr;
  return success();
}
