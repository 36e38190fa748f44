/*===- Compiler.h - C API of the compiler -------------------------*- C -*-===*\
 *
 * Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What libgdr_compiler exports: the text of an MLIR module in, compiled code
 * out. Different threads may compile at the same time; one compilation is used
 * by one thread at a time. Wrong text and wrong options are errors that are
 * reported, and never end the process.
 *
\*===----------------------------------------------------------------------===*/

#ifndef GDR_C_COMPILER_H
#define GDR_C_COMPILER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum gdr_severity {
  GDR_SEVERITY_ERROR = 0,
  GDR_SEVERITY_WARNING = 1,
  GDR_SEVERITY_REMARK = 2,
  /* Belongs to the diagnostic before it. */
  GDR_SEVERITY_NOTE = 3
};

typedef struct gdr_diagnostic {
  int32_t severity;    /* gdr_severity */
  int32_t line;        /* in the module's text, from 1; 0 if not known */
  int32_t column;      /* from 1; 0 if not known */
  const char *message; /* a sentence; valid during the call */
} gdr_diagnostic;

/* Called for each diagnostic, in the thread that compiles or in one of its
 * helpers, but never by two threads at once for one compilation. */
typedef void (*gdr_diagnostic_fn)(void *context,
                                  const gdr_diagnostic *diagnostic);

/* What to compile. The struct may grow at its end; fields beyond `size` count
 * as zero. */
typedef struct gdr_compile_request {
  size_t size;                /* sizeof(gdr_compile_request) */
  const char *text;           /* the MLIR module */
  const char *chips;          /* as "sm_90a", "sm_80,sm_90a" or "cpu" */
  const char *options;        /* more options of --gdr-compile, as
                                 "schedule=#gdr.chunked<columns=64>"; or NULL */
  const char *ptxas;          /* path of ptxas; NULL finds it on the PATH or in
                                 /usr/local/cuda */
  gdr_diagnostic_fn diagnose; /* or NULL */
  void *diagnose_context;     /* passed to it */
} gdr_compile_request;

enum gdr_emit_kind {
  GDR_EMIT_MLIR = 0,    /* the compiled module, as text */
  GDR_EMIT_PTX = 1,     /* of the only function for the only chip */
  GDR_EMIT_CUBIN = 2,   /* likewise */
  GDR_EMIT_FATBIN = 3,  /* needs the toolkit's fatbinary */
  GDR_EMIT_OBJECT = 4,  /* relocatable host object with kernels and entries */
  GDR_EMIT_LIBRARY = 5, /* shared library of it, for dlopen */
  GDR_EMIT_HEADER = 6,  /* C declarations of the entries */
  GDR_EMIT_DESCRIPTION = 7 /* JSON: what each entry takes and launches */
};

/* A compiled module. */
typedef struct gdr_compilation gdr_compilation;

/* Compiles a module. Returns NULL after at least one error was reported. */
gdr_compilation *gdr_compile(const gdr_compile_request *request);

/* Writes the compiled module as one of gdr_emit_kind. Returns 0, and data of
 * `*size` bytes, followed by a NUL byte, which stay valid until the next call
 * with this compilation; or 1 after at least one error was reported. */
int32_t gdr_emit(gdr_compilation *compilation, int32_t kind, const char **data,
                 size_t *size);

/* Frees a compilation; NULL is fine. */
void gdr_compilation_destroy(gdr_compilation *compilation);

/* Version of the sources that this library was built from: that of a
 * libgdr_runtime which belongs to it. */
const char *gdr_compiler_version(void);

/* Names of the supported chips, separated by commas. */
const char *gdr_compiler_chips(void);

#ifdef __cplusplus
}
#endif

#endif /* GDR_C_COMPILER_H */
