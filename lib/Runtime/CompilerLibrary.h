//===- CompilerLibrary.h - libgdr_compiler, opened at need ------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_COMPILERLIBRARY_H
#define GDR_LIB_RUNTIME_COMPILERLIBRARY_H

#include "CacheKey.h"

namespace gdr::runtime {

/// Compiles to the bytes of a shared library. GDR_NO_COMPILER if there is no
/// compiler, with `directory` named as where no entry was found.
int32_t compileLibrary(const CacheKey &key, const std::string &directory,
                       std::string &library);

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_COMPILERLIBRARY_H
