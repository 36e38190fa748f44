//===- CacheKey.cpp - what a compiled library is made from ----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The description is JSON for people and scripts, and is never parsed here: an
// entry is right if its description is, byte for byte, what it has to be.
//
//===----------------------------------------------------------------------===//

#include "CacheKey.h"
#include "Version.h"

#include <cstdio>

using namespace gdr::runtime;

/// A library has host code, so machines of different kinds that share a
/// directory have entries of their own.
#if defined(__x86_64__)
static constexpr char processor[] = "x86_64";
#elif defined(__aarch64__)
static constexpr char processor[] = "aarch64";
#else
static constexpr char processor[] = "other";
#endif

const char *gdr_version(void) { return GDR_VERSION; }

Hash CacheKey::getHash() const {
  Hash hash;
  for (std::string_view part :
       {std::string_view(GDR_VERSION), std::string_view(processor),
        std::string_view(chip), std::string_view(options),
        std::string_view(text)})
    hash.add(part);
  return hash;
}

static std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", c);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string CacheKey::describe(std::string_view library) const {
  Hash hash;
  hash.add(library);
  std::string json = "{\n";
  auto addField = [&](const char *name, const std::string &value) {
    json += "  " + quote(name) + ": " + value + ",\n";
  };
  addField("version", quote(GDR_VERSION));
  addField("processor", quote(processor));
  addField("chip", quote(chip));
  addField("options", quote(options));
  addField("library_bytes", std::to_string(library.size()));
  addField("library_hash", quote(hash.getDigits()));
  json += "  \"text\": [";
  // A line of text a line.
  const char *separator = "\n    ";
  for (std::string_view rest = text; !rest.empty();) {
    size_t end = rest.find('\n');
    json += separator + quote(rest.substr(0, end));
    separator = ",\n    ";
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
  return json + "\n  ]\n}\n";
}
