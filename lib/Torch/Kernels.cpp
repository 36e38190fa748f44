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
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <unordered_map>

using namespace gdr::torch;

namespace {
struct Table {
  std::shared_mutex mutex;
  std::unordered_map<Signature, const gdr_module *, SignatureHash> kernels;
};
} // namespace

// Never destroyed: calls may come from threads that outlive static objects.
static Table &getTable() {
  static Table &table = *new Table;
  return table;
}

static const gdr_module *compile(const Signature &signature) {
  std::string text = getModule(signature);
  gdr_cache_request request = {sizeof(request), text.c_str(), functionName,
                               signature.chip, nullptr};
  gdr_module *module = nullptr;
  if (gdr_cache_get(&request, &module) != GDR_OK)
    throw std::runtime_error(gdr_last_error());
  return module;
}

const gdr_module &gdr::torch::getKernel(const Signature &signature) {
  Table &table = getTable();
  {
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    auto found = table.kernels.find(signature);
    if (found != table.kernels.end())
      return *found->second;
  }
  // Not under the lock, so that other signatures can be called meanwhile. The
  // cache gives all threads that come here the same module.
  const gdr_module *module = compile(signature);
  std::unique_lock<std::shared_mutex> lock(table.mutex);
  return *table.kernels.emplace(signature, module).first->second;
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
