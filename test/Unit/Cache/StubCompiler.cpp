//===- StubCompiler.cpp - a compiler for the cache's tests ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stands in for libgdr_compiler. Takes its time, and appends a line to the file
// that the options name. Refuses text "wrong".
//
//===----------------------------------------------------------------------===//

#include "gdr-c/Compiler.h"

#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>

struct gdr_compilation {
  std::string output;
};

static void report(const gdr_compile_request &request, int32_t severity,
                   const char *message) {
  gdr_diagnostic diagnostic = {severity, 1, 1, message};
  request.diagnose(request.diagnose_context, &diagnostic);
}

gdr_compilation *gdr_compile(const gdr_compile_request *request) {
  std::string line = std::string(request->chips) + " " +
                     (request->ptxas ? request->ptxas : "none") + "\n";
  int file = open(request->options, O_WRONLY | O_APPEND | O_CREAT, 0644);
  bool isWritten = write(file, line.data(), line.size()) > 0;
  close(file);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  if (std::strcmp(request->text, "wrong") == 0 || !isWritten) {
    report(*request, GDR_SEVERITY_WARNING, "a warning");
    report(*request, GDR_SEVERITY_ERROR, "expected something, got nothing");
    report(*request, GDR_SEVERITY_NOTE, "here");
    report(*request, GDR_SEVERITY_ERROR, "another error");
    return nullptr;
  }
  return new gdr_compilation;
}

int32_t gdr_emit(gdr_compilation *compilation, int32_t kind, const char **data,
                 size_t *size) {
  if (kind != GDR_EMIT_LIBRARY)
    return 1;
  std::ostringstream stream;
  stream << std::ifstream(GDR_STUB_MODULE, std::ios::binary).rdbuf();
  compilation->output = stream.str();
  *data = compilation->output.data();
  *size = compilation->output.size();
  return 0;
}

void gdr_compilation_destroy(gdr_compilation *compilation) {
  delete compilation;
}

const char *gdr_compiler_version(void) { return GDR_STUB_VERSION; }
