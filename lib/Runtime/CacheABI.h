//===- CacheABI.h - the C ABI of the cache, seen from inside ----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As ABI.h, for the part of the library that only the shared one has: compiled
// libraries ask for it by its name.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_CACHEABI_H
#define GDR_LIB_RUNTIME_CACHEABI_H

#include "ABI.h"

#pragma GCC visibility push(default)
#include "gdr-c/Cache.h"
#pragma GCC visibility pop

#endif // GDR_LIB_RUNTIME_CACHEABI_H
