//===- Nesting.cpp - how deep a text nests --------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Nesting.h"

#include <algorithm>

using namespace mlir;

// Drops a string literal, whose opening quote has been read.
static StringRef dropString(StringRef text) {
  while (!text.empty() && text.front() != '"' && text.front() != '\n')
    text = text.drop_front(text.starts_with("\\") && text.size() > 1 ? 2 : 1);
  return text.drop_front(text.empty() ? 0 : 1);
}

int64_t mlir::gdr::getNestingDepth(StringRef text) {
  int64_t depth = 0, deepest = 0;
  while (!text.empty()) {
    char c = text.front();
    if (text.starts_with("//")) {
      text = text.drop_until([](char each) { return each == '\n'; });
      continue;
    }
    // Not a bracket.
    bool isArrow = text.starts_with("->") || text.starts_with(">=");
    text = text.drop_front(isArrow ? 2 : 1);
    if (isArrow)
      continue;
    if (c == '"')
      text = dropString(text);
    else if (StringRef("([{<").contains(c))
      deepest = std::max(deepest, ++depth);
    else if (StringRef(")]}>").contains(c))
      depth = std::max<int64_t>(0, depth - 1);
  }
  return deepest;
}
