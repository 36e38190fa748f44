/*===- Cache.h - compiled functions on demand ---------------------*- C -*-===*\
 *
 * Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Turns the text of an MLIR module into a function that can be called: from a
 * table in this process, else from a directory on disk, else by compiling it
 * with libgdr_compiler, which is opened only then. In the shared
libgdr_runtime.
 *
 * The directory holds, per compiled module and target, HASH.so (host entry and
 * kernels) and HASH.json (readable: what it was made from). Several processes
 * may use one directory: entries appear by an atomic rename, a lock makes one
 * process compile while the others wait for its result, and the least recently
 * used entries go when the directory exceeds its limit.
 *
 * All functions may be called from any thread. Failures return a gdr_status,
 * and gdr_last_error() has the sentence.
 *
\*===----------------------------------------------------------------------===*/

#ifndef GDR_C_CACHE_H
#define GDR_C_CACHE_H

#include "gdr-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What to compile. A struct may grow at its end; fields beyond `size` count as
 * zero. */
typedef struct gdr_cache_request {
  size_t size;          /* sizeof(gdr_cache_request) */
  const char *text;     /* the MLIR module */
  const char *function; /* the function in it whose entry is wanted */
  const char *chip;     /* as "sm_90a", or "cpu" */
  const char *options;  /* more options of --gdr-compile, as
                           "schedule=#gdr.chunked<columns=64>"; or NULL */
} gdr_cache_request;

/* A compiled function, ready to be called. It and what it points to stay valid
 * until the process ends. */
typedef struct gdr_module {
  int32_t (*entry)(const struct gdr_args_header *args);
  int64_t (*workspace_size)(const struct gdr_args_header *args);
  int32_t (*load)(int32_t device);
  const char *path; /* of the shared library; "" if it is only in memory */
  const char *description; /* JSON: what the function takes and launches */
} gdr_module;

/* Returns the compiled function: the same pointer for the same request. */
int32_t gdr_cache_get(const gdr_cache_request *request, gdr_module **module);

/* The directory on disk: what was set here, else $GDR_CACHE_DIR, else
 * $XDG_CACHE_HOME/gdr/kernels, else ~/.cache/gdr/kernels. NULL restores that
 * order. Where it cannot be written, compiled functions live in memory. */
int32_t gdr_set_cache_directory(const char *path);

/* Writes the directory, cut to `size` bytes with the final NUL, and returns its
 * length; 0 if there is none. */
size_t gdr_cache_directory(char *buffer, size_t size);

/* The most bytes that the directory may hold; 1 GiB by default. */
int32_t gdr_set_cache_limit(int64_t bytes);

/* Removes every entry from the directory. Functions in use stay valid. */
int32_t gdr_cache_clear(void);

/* Path of libgdr_compiler.so, instead of the one beside libgdr_runtime.so. NULL
 * restores that. No effect once a compiler is open. */
int32_t gdr_set_compiler_library(const char *path);

/* Path of ptxas, which makes machine code of PTX; instead of the one on the
 * PATH or in /usr/local/cuda. NULL restores that. Without any, compiled
 * functions hold PTX, which the driver translates when they are loaded. */
int32_t gdr_set_ptxas(const char *path);

/* Called for that path whenever something is compiled for a GPU, instead; may
 * return NULL. The path stays valid. */
typedef const char *(*gdr_find_ptxas_fn)(void);
int32_t gdr_set_ptxas_finder(gdr_find_ptxas_fn find);

/* The name, as "sm_90a", of the chip that code for a CUDA device is best
 * compiled for; NULL on failure. */
const char *gdr_device_chip(int32_t device);

/* Version of the sources that this library was built from. Entries of another
 * version are not used. */
const char *gdr_version(void);

#ifdef __cplusplus
}
#endif

#endif /* GDR_C_CACHE_H */
