//===- Dimensions.cpp - sizes of named dimensions -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Dimensions.h"

#include "Error.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::gdr::run;

// Splits "N+1" into "N" and 1.
static std::pair<StringRef, int64_t> splitOffset(StringRef name) {
  auto [base, offset] = name.split('+');
  int64_t value = 0;
  if (offset.getAsInteger(10, value))
    return {name, 0};
  return {base, value};
}

void Dimensions::learn(StringRef name, int64_t size) {
  auto [base, offset] = splitOffset(name);
  if (!base.empty())
    known.try_emplace(base, size - offset);
}

std::optional<int64_t> Dimensions::getGiven(StringRef name) {
  asked.insert(name.str());
  auto it = given.find(name);
  if (it == given.end())
    return std::nullopt;
  return it->second;
}

int64_t Dimensions::getSize(StringRef name, int64_t otherwise) {
  auto learned = known.find(name);
  if (learned != known.end())
    return learned->second;
  auto chosen = given.find(name);
  return chosen != given.end() ? chosen->second : otherwise;
}

std::optional<int64_t> Dimensions::getDefault(StringRef name) {
  if (name == "B")
    return isPacked ? 1 : 2;
  if (name == "T")
    return 5;
  if (name == "N")
    return 3;
  // Of one batch, which is N with a pool, the snapshots that there can be.
  if (name == "M")
    return (isPacked ? 1 : getSize("B", getSize("N", 2))) *
           (getSize("T", 5) / snapshotEvery);
  // Pools with spare rows, of which one has to know the number of states.
  if (name == "P")
    return getSize("N", 3) + 3;
  if (name == "snapshots.0")
    return getSize("M", *getDefault("M")) + 3;
  return std::nullopt;
}

llvm::Expected<int64_t> Dimensions::get(StringRef name, int64_t index,
                                        StringRef owner) {
  auto [base, offset] = splitOffset(name);
  std::string ownName = (owner + "." + Twine(index)).str();
  // Dimensions that gdr-describe-arguments leaves without a name are numbers of
  // rows: of a second pool and of snapshots.
  bool isSecondPool = base.empty() && owner == "final_state" && index == 0;
  StringRef key = base.empty() ? StringRef(ownName) : base;
  auto learned = known.find(key);
  std::optional<int64_t> size = getGiven(key);
  if (learned != known.end()) {
    if (size && *size != learned->second)
      return makeError("--dim={0}={1}: expected {2}, as a static dimension "
                       "of that name is",
                       key, *size, learned->second);
    return learned->second + offset;
  }
  if (!size)
    size = getDefault(isSecondPool ? "P" : key);
  if (!size)
    return makeError("dimension {0} of '{1}' is dynamic: give its size with "
                     "--dim={2}=...",
                     index, owner, key);
  known[key] = *size;
  return *size + offset;
}

llvm::Error Dimensions::verifyAllUsed() const {
  for (const auto &entry : given)
    if (!asked.count(entry.first().str()))
      return makeError(
          "--dim={0}={1}: expected the name of a dynamic dimension or index "
          "argument{2}{3}",
          entry.first(), entry.second, asked.empty() ? "" : ", one of ",
          llvm::join(asked, ", "));
  return llvm::Error::success();
}
