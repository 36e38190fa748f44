//===- Cache.cpp - compiled functions on demand ---------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table in this process has a slot for each key, with a lock of its own:
// while one kernel is compiled, others are found. A failure leaves the slot
// empty, so that the next call tries again.
//
//===----------------------------------------------------------------------===//

#include "CacheDirectory.h"
#include "CompilerLibrary.h"
#include "Error.h"

#include <dlfcn.h>
#include <map>
#include <memory>
#include <mutex>
#include <sys/mman.h>

using namespace gdr::runtime;

namespace {
/// The libraries of a key. Never freed, as nothing is that a caller got.
struct Slot {
  explicit Slot(CacheKey key) : key(std::move(key)) {}

  const CacheKey key;
  std::mutex mutex;
  void *library = nullptr;
  /// Of the library; "" if it is only in memory.
  std::string path;
  /// By the names of the functions that were asked for.
  std::map<std::string, gdr_module> modules;
};

struct Table {
  std::mutex mutex;
  std::multimap<uint64_t, std::unique_ptr<Slot>> slots;
};
} // namespace

static Slot &getSlot(CacheKey key) {
  static auto *table = new Table;
  uint64_t hash = key.getHash().getLow();
  std::lock_guard<std::mutex> lock(table->mutex);
  auto [first, last] = table->slots.equal_range(hash);
  for (; first != last; ++first)
    if (first->second->key == key)
      return *first->second;
  return *table->slots.emplace(hash, std::make_unique<Slot>(std::move(key)))
              ->second;
}

// Opens a library that is only in memory.
static void *openInMemory(const std::string &library) {
  int file = memfd_create("gdr", MFD_CLOEXEC);
  if (file < 0 || !writeAll(file, library))
    return nullptr;
  // The file stays open: the loader takes another of the same number for it.
  std::string path = "/proc/self/fd/" + std::to_string(file);
  return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

// Opens a library whose contents are known: from its file or, where that is
// gone again or may not be executed, from memory.
static bool openLibrary(Slot &slot, const std::string &path,
                        const std::string &library) {
  if (!path.empty())
    slot.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (slot.library) {
    slot.path = path;
    return true;
  }
  slot.library = openInMemory(library);
  return slot.library;
}

static int32_t compileInMemory(Slot &slot, const std::string &directory) {
  std::string library;
  if (int32_t status = compileLibrary(slot.key, directory, library))
    return status;
  if (!openLibrary(slot, "", library))
    return fail(GDR_IO_ERROR, "cannot load a compiled library: %s", dlerror());
  return GDR_OK;
}

static int32_t fillSlot(Slot &slot) {
  std::string directory = getCacheDirectory();
  // The loader takes a name without a slash for one to search for.
  if (!directory.empty() && directory.find('/') == std::string::npos)
    directory = "./" + directory;
  if (directory.empty() || !createDirectories(directory))
    return compileInMemory(slot, directory);

  CachePlace place(directory, slot.key);
  std::string library;
  auto tryEntry = [&] {
    return readEntry(place, slot.key, library) &&
           openLibrary(slot, place.getLibraryPath(), library);
  };
  if (tryEntry())
    return GDR_OK;
  EntryLock lock(place);
  if (tryEntry())
    return GDR_OK;
  if (int32_t status = compileLibrary(slot.key, directory, library))
    return status;
  bool isWritten = writeEntry(place, slot.key, library);
  if (!openLibrary(slot, isWritten ? place.getLibraryPath() : "", library))
    return fail(GDR_IO_ERROR, "cannot load a compiled library: %s", dlerror());
  return GDR_OK;
}

static int32_t findFunction(Slot &slot, const std::string &name,
                            gdr_module *&module) {
  auto found = slot.modules.find(name);
  if (found != slot.modules.end()) {
    module = &found->second;
    return GDR_OK;
  }
  gdr_module created = {};
  auto lookUp = [&](auto &function, const std::string &symbol) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(
        dlsym(slot.library, symbol.c_str()));
  };
  lookUp(created.entry, name);
  lookUp(created.workspace_size, name + "_workspace_size");
  lookUp(created.load, name + "_load");
  lookUp(created.description, name + "_description");
  if (!created.entry || !created.workspace_size || !created.load ||
      !created.description)
    return fail(GDR_INVALID_ARGUMENT,
                "expected a function of the module, got '%s'", name.c_str());
  created.path = slot.path.c_str();
  module = &slot.modules.emplace(name, created).first->second;
  return GDR_OK;
}

int32_t gdr_cache_get(const gdr_cache_request *given, gdr_module **module) {
  gdr_cache_request request = {};
  if (given)
    std::memcpy(&request, given, std::min(given->size, sizeof(request)));
  if (!request.text || !request.function || !request.chip || !module)
    return fail(GDR_INVALID_ARGUMENT,
                "expected a text, a function, a chip and a place for the "
                "module, got NULL");
  Slot &slot = getSlot(
      {request.text, request.chip, request.options ? request.options : ""});
  std::lock_guard<std::mutex> lock(slot.mutex);
  if (!slot.library)
    if (int32_t status = fillSlot(slot))
      return status;
  return findFunction(slot, request.function, *module);
}
