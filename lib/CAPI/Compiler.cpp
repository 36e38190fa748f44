//===- Compiler.cpp - C API of the compiler -------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each compilation has an MLIR context of its own, so that threads share
// nothing but the registry, and nothing outlives gdr_compilation_destroy.
//
//===----------------------------------------------------------------------===//

#include "gdr-c/Compiler.h"

#include "Nesting.h"
#include "Version.h"
#include "gdr/Pipelines/Compile.h"
#include "gdr/Registration.h"
#include "gdr/Target/Backend.h"
#include "gdr/Target/Chips.h"
#include "gdr/Target/Emit.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace mlir;
using namespace mlir::gdr;

/// Far more than any module of this compiler's has, and far less than what the
/// stack of a thread holds.
static constexpr int64_t maxNestingDepth = 256;

static const DialectRegistry &getRegistry() {
  static const DialectRegistry registry = [] {
    DialectRegistry result;
    registerAll(result);
    return result;
  }();
  return registry;
}

struct gdr_compilation {
  gdr_compilation(gdr_diagnostic_fn diagnose, void *diagnoseContext)
      : diagnose(diagnose), diagnoseContext(diagnoseContext),
        context(getRegistry()) {
    context.printOpOnDiagnostic(false);
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      report(diagnostic);
      for (Diagnostic &note : diagnostic.getNotes())
        report(note);
    });
  }

  void report(int32_t severity, const Twine &message, int32_t line = 0,
              int32_t column = 0) {
    if (!diagnose)
      return;
    std::string text = message.str();
    gdr_diagnostic diagnostic = {severity, line, column, text.c_str()};
    diagnose(diagnoseContext, &diagnostic);
  }

  gdr_diagnostic_fn diagnose;
  void *diagnoseContext;
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  EmitOptions options;
  /// Of the last gdr_emit.
  std::string output;

private:
  void report(Diagnostic &diagnostic) {
    int32_t line = 0, column = 0;
    diagnostic.getLocation()->walk([&](Location location) {
      auto place = dyn_cast<FileLineColLoc>(location);
      if (!place)
        return WalkResult::advance();
      line = place.getLine();
      column = place.getColumn();
      return WalkResult::interrupt();
    });
    report(getSeverity(diagnostic), diagnostic.str(), line, column);
  }

  static int32_t getSeverity(const Diagnostic &diagnostic) {
    switch (diagnostic.getSeverity()) {
    case DiagnosticSeverity::Error:
      return GDR_SEVERITY_ERROR;
    case DiagnosticSeverity::Warning:
      return GDR_SEVERITY_WARNING;
    case DiagnosticSeverity::Remark:
      return GDR_SEVERITY_REMARK;
    case DiagnosticSeverity::Note:
      return GDR_SEVERITY_NOTE;
    }
    llvm_unreachable("all severities are handled");
  }
};

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

// The options of the pipeline: the caller's, and the chips.
static LogicalResult setOptions(gdr_compilation &compilation,
                                const gdr_compile_request &request,
                                CompileOptions &options) {
  auto fail = [&](const Twine &message) {
    compilation.report(GDR_SEVERITY_ERROR, message);
    return failure();
  };
  std::string message;
  llvm::raw_string_ostream stream(message);
  StringRef given = request.options ? request.options : "";
  if (failed(options.parseFromString(given, stream)))
    return fail("expected options of --gdr-compile, got '" + given + "'" +
                (message.empty() ? "" : ": ") + StringRef(message).trim());
  if (!options.chips.empty() || options.target.getNumOccurrences() != 0)
    return fail("expected options without chip and target, which the request "
                "has a field for, got '" +
                given + "'");
  StringRef chips = request.chips ? request.chips : "";
  if (chips.empty())
    return fail("expected the name of a chip, or cpu");
  if (chips == "cpu") {
    options.target = std::string("cpu");
    return success();
  }
  for (StringRef name : llvm::split(chips, ',')) {
    if (!getChip(name))
      return fail(getUnknownChipMessage(name) +
                  (name == "cpu" ? "; compile for the CPU apart" : ""));
    options.chips.push_back(name.str());
  }
  return success();
}

static LogicalResult compile(gdr_compilation &compilation,
                             const gdr_compile_request &request) {
  if (!request.text) {
    compilation.report(GDR_SEVERITY_ERROR, "expected a module, got no text");
    return failure();
  }
  StringRef text = request.text;
  if (int64_t depth = getNestingDepth(text); depth > maxNestingDepth) {
    compilation.report(GDR_SEVERITY_ERROR,
                       "expected at most " + Twine(maxNestingDepth) +
                           " brackets within each other, got " + Twine(depth));
    return failure();
  }
  CompileOptions options;
  if (failed(setOptions(compilation, request, options)))
    return failure();
  compilation.options.ptxas = request.ptxas ? request.ptxas : "";
  compilation.module = parseSourceString<ModuleOp>(
      text, ParserConfig(&compilation.context), "module");
  if (!compilation.module)
    return failure();
  PassManager pm(&compilation.context, ModuleOp::getOperationName());
  buildCompilePipeline(pm, options);
  return pm.run(*compilation.module);
}

gdr_compilation *gdr_compile(const gdr_compile_request *given) {
  recoverFromFatalErrors();
  gdr_compile_request request = {};
  if (given)
    std::memcpy(&request, given, std::min(given->size, sizeof(request)));
  auto compilation = std::make_unique<gdr_compilation>(
      request.diagnose, request.diagnose_context);
  if (failed(compile(*compilation, request)))
    return nullptr;
  return compilation.release();
}

//===----------------------------------------------------------------------===//
// Emitting
//===----------------------------------------------------------------------===//

static std::optional<EmitKind> getEmitKind(int32_t kind) {
  switch (kind) {
  case GDR_EMIT_MLIR:
    return EmitKind::MLIR;
  case GDR_EMIT_PTX:
    return EmitKind::PTX;
  case GDR_EMIT_CUBIN:
    return EmitKind::Cubin;
  case GDR_EMIT_FATBIN:
    return EmitKind::Fatbin;
  case GDR_EMIT_OBJECT:
    return EmitKind::Object;
  case GDR_EMIT_LIBRARY:
    return EmitKind::Library;
  case GDR_EMIT_HEADER:
    return EmitKind::Header;
  case GDR_EMIT_DESCRIPTION:
    return EmitKind::Description;
  }
  return std::nullopt;
}

int32_t gdr_emit(gdr_compilation *compilation, int32_t kind, const char **data,
                 size_t *size) {
  if (!compilation || !data || !size)
    return 1;
  std::optional<EmitKind> emitKind = getEmitKind(kind);
  if (!emitKind) {
    compilation->report(GDR_SEVERITY_ERROR,
                        "expected a gdr_emit_kind, got " + Twine(kind));
    return 1;
  }
  compilation->output.clear();
  // Emitting consumes the module.
  OwningOpRef<ModuleOp> module = compilation->module->clone();
  llvm::raw_string_ostream stream(compilation->output);
  if (failed(emitModule(*module, *emitKind, compilation->options, stream)))
    return 1;
  *data = compilation->output.c_str();
  *size = compilation->output.size();
  return 0;
}

void gdr_compilation_destroy(gdr_compilation *compilation) {
  delete compilation;
}

const char *gdr_compiler_version(void) { return GDR_VERSION; }

const char *gdr_compiler_chips(void) {
  static const std::string names = llvm::join(
      llvm::map_range(getChips(), [](const Chip &chip) { return chip.name; }),
      ",");
  return names.c_str();
}
