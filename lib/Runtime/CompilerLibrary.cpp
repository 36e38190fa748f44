//===- CompilerLibrary.cpp - libgdr_compiler, opened at need --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler is large, and a program whose kernels are all on disk never
// opens it. It is not closed again: LLVM does not expect that.
//
//===----------------------------------------------------------------------===//

#include "CompilerLibrary.h"
#include "Error.h"

#include "gdr-c/Compiler.h"
#include <dlfcn.h>
#include <mutex>

using namespace gdr::runtime;

static constexpr char libraryName[] = "libgdr_compiler.so";

namespace {
/// What the runtime calls of gdr-c/Compiler.h.
struct CompilerFunctions {
  decltype(&gdr_compile) compile;
  decltype(&gdr_emit) emit;
  decltype(&gdr_compilation_destroy) destroy;
  decltype(&gdr_compiler_version) getVersion;
};

struct CompilerState {
  std::mutex mutex;
  /// From the library's user; empty if not set.
  std::string path, ptxas;
  gdr_find_ptxas_fn findPtxas = nullptr;
  bool isOpen = false;
  CompilerFunctions functions = {};
};
} // namespace

// Never destroyed: threads may compile until the process ends.
static CompilerState &getState() {
  static auto *state = new CompilerState;
  return *state;
}

// Beside this library, if the loader knows where that is.
static std::string getDefaultPath() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&gdr_cache_get), &info) ||
      !info.dli_fname)
    return libraryName;
  std::string path = info.dli_fname;
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return libraryName;
  return path.substr(0, slash + 1) + libraryName;
}

static int32_t failWithoutCompiler(const CacheKey &key,
                                   const std::string &directory,
                                   const char *reason) {
  return fail(GDR_NO_COMPILER,
              "no compiled kernel for %s in %s%s%s, and no compiler to make "
              "one: %s; compile it ahead of time where there is one, or name "
              "one with gdr_set_compiler_library",
              key.chip.c_str(), directory.empty() ? "memory" : "'",
              directory.c_str(), directory.empty() ? "" : "'", reason);
}

static int32_t openCompiler(CompilerState &state, const CacheKey &key,
                            const std::string &directory) {
  if (state.isOpen)
    return GDR_OK;
  std::string path = state.path.empty() ? getDefaultPath() : state.path;
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return failWithoutCompiler(key, directory, dlerror());
  CompilerFunctions &functions = state.functions;
  bool isComplete = true;
  auto lookUp = [&](auto &function, const char *name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(
        dlsym(library, name));
    isComplete &= function != nullptr;
  };
  lookUp(functions.compile, "gdr_compile");
  lookUp(functions.emit, "gdr_emit");
  lookUp(functions.destroy, "gdr_compilation_destroy");
  lookUp(functions.getVersion, "gdr_compiler_version");
  std::string version = isComplete ? functions.getVersion() : "unknown";
  if (version != gdr_version()) {
    std::string reason = "expected version " + std::string(gdr_version()) +
                         " of '" + path + "', got " + version;
    return failWithoutCompiler(key, directory, reason.c_str());
  }
  state.isOpen = true;
  return GDR_OK;
}

// Keeps the first error, where it is, and its notes.
static void collectErrors(void *context, const gdr_diagnostic *diagnostic) {
  auto &sentence = *static_cast<std::string *>(context);
  if (diagnostic->severity == GDR_SEVERITY_ERROR && sentence.empty()) {
    sentence = diagnostic->message;
    if (diagnostic->line > 0)
      sentence +=
          " (line " + std::to_string(diagnostic->line) + " of the module)";
  } else if (diagnostic->severity == GDR_SEVERITY_NOTE && !sentence.empty()) {
    sentence += "; " + std::string(diagnostic->message);
  }
}

int32_t gdr::runtime::compileLibrary(const CacheKey &key,
                                     const std::string &directory,
                                     std::string &library) {
  CompilerState &state = getState();
  std::string ptxas;
  gdr_find_ptxas_fn findPtxas;
  {
    std::lock_guard<std::mutex> lock(state.mutex);
    if (int32_t status = openCompiler(state, key, directory))
      return status;
    ptxas = state.ptxas;
    findPtxas = state.findPtxas;
  }
  // Not under the lock: it is the user's code.
  if (ptxas.empty() && findPtxas && key.chip != "cpu")
    if (const char *found = findPtxas())
      ptxas = found;
  const CompilerFunctions &compiler = state.functions;
  std::string sentence;
  gdr_compile_request request = {};
  request.size = sizeof(request);
  request.text = key.text.c_str();
  request.chips = key.chip.c_str();
  request.options = key.options.c_str();
  request.ptxas = ptxas.empty() ? nullptr : ptxas.c_str();
  request.diagnose = collectErrors;
  request.diagnose_context = &sentence;
  gdr_compilation *compilation = compiler.compile(&request);
  const char *data;
  size_t size;
  bool isEmitted = compilation && compiler.emit(compilation, GDR_EMIT_LIBRARY,
                                                &data, &size) == 0;
  if (isEmitted)
    library.assign(data, size);
  compiler.destroy(compilation);
  if (!isEmitted)
    return fail(GDR_COMPILE_ERROR, "%s", sentence.c_str());
  return GDR_OK;
}

int32_t gdr_set_compiler_library(const char *path) {
  CompilerState &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.path = path ? path : "";
  return GDR_OK;
}

int32_t gdr_set_ptxas(const char *path) {
  CompilerState &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.ptxas = path ? path : "";
  return GDR_OK;
}

int32_t gdr_set_ptxas_finder(gdr_find_ptxas_fn find) {
  CompilerState &state = getState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.findPtxas = find;
  return GDR_OK;
}
