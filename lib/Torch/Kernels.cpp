//===- Kernels.cpp - compiled functions of this process -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table from signatures to functions in front of the cache, which goes by the
// text of the module: a call does not write that text again.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include <atomic>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_map>

using namespace gdr::torch;

const char *const gdr::torch::cpuChip = "cpu";

namespace {

/// Equal as bytes: there is no padding.
struct Key {
  gdr_signature signature;
  const char *chip; // by its address

  bool operator==(const Key &other) const {
    return std::memcmp(this, &other, sizeof(Key)) == 0;
  }
};
static_assert(sizeof(gdr_signature) == sizeof(size_t) + 16 + 16 * 4 &&
              sizeof(Key) % sizeof(uint64_t) == 0);

struct KeyHash {
  size_t operator()(const Key &key) const {
    uint64_t words[sizeof(Key) / sizeof(uint64_t)];
    std::memcpy(words, &key, sizeof(key));
    uint64_t hash = 0;
    for (uint64_t word : words) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    }
    return hash;
  }
};

struct Table {
  std::shared_mutex mutex;
  std::unordered_map<Key, const gdr_module *, KeyHash> kernels;
};

} // namespace

// Never destroyed: calls may come from threads that outlive static objects.
static Table &getTable() {
  static Table &table = *new Table;
  return table;
}

static const gdr_module *compile(const Key &key) {
  std::string text(gdr_signature_module(&key.signature, nullptr, 0), ' ');
  gdr_signature_module(&key.signature, text.data(), text.size() + 1);
  gdr_cache_request request = {sizeof(request), text.c_str(),
                               GDR_SIGNATURE_FUNCTION, key.chip, nullptr};
  gdr_module *module = nullptr;
  if (gdr_cache_get(&request, &module) != GDR_OK)
    throw std::runtime_error(gdr_last_error());
  return module;
}

static const gdr_module &getFromTable(const Key &key) {
  Table &table = getTable();
  {
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    auto found = table.kernels.find(key);
    if (found != table.kernels.end())
      return *found->second;
  }
  // Not under the lock, so that other signatures can be called meanwhile. The
  // cache gives all threads that come here the same module.
  const gdr_module *module = compile(key);
  std::unique_lock<std::shared_mutex> lock(table.mutex);
  return *table.kernels.emplace(key, module).first->second;
}

const gdr_module &gdr::torch::getKernel(const gdr_signature &signature,
                                        const char *chip) {
  Key key = {signature, chip};
  // Most calls have the signature of the one before.
  thread_local Key lastKey = {};
  thread_local const gdr_module *last = nullptr;
  if (last && lastKey == key)
    return *last;
  last = &getFromTable(key);
  lastKey = key;
  return *last;
}

const char *gdr::torch::getDeviceChip(int32_t device) {
  constexpr int32_t maxDevices = 64;
  static std::atomic<const char *> chips[maxDevices];
  bool isKept = device >= 0 && device < maxDevices;
  const char *chip =
      isKept ? chips[device].load(std::memory_order_relaxed) : nullptr;
  if (chip)
    return chip;
  chip = gdr_device_chip(device);
  if (!chip)
    throw std::runtime_error(gdr_last_error());
  if (isKept)
    chips[device].store(chip, std::memory_order_relaxed);
  return chip;
}
