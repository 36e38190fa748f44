//===- Call.h - one call of an entry point ----------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What gdr_invoke hands through the host code to gdr_launch and
// gdr_encode_tensor_map.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CALL_H
#define GDR_LIB_RUNTIME_CALL_H

#include "Load.h"

struct gdr_call {
  /// On a device the variant that runs on it.
  const gdr_function *function;
  const gdr_args_header *args;
  /// From the arguments, or from their source; null if none is needed.
  void *workspace;
  /// Null on the CPU.
  gdr::runtime::LoadedFunction *loaded;
  /// Of the first launch that failed.
  int32_t status;
  /// Whether the next launch may overlap the previous one: there is one, and it
  /// began after all that is before the call had ended.
  bool canOverlapPrevious;
};

#endif // GDR_LIB_RUNTIME_CALL_H
