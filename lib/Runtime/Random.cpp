//===- Random.cpp - a function of newer C libraries -----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where glibc has arc4random (2.36), libstdc++ and LLVM were built to call it,
// and a library that holds parts of them would not run with an older glibc.
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <sys/random.h>

extern "C" [[gnu::visibility("hidden")]] uint32_t arc4random() noexcept {
  uint32_t value;
  while (getrandom(&value, sizeof(value), 0) != sizeof(value))
    continue;
  return value;
}
