//===- Hash.h - names for contents ------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// FNV-1a with 128 bits. It gives names, and finds damage that was not meant;
// what it names is compared in full.
//
//===----------------------------------------------------------------------===//

#ifndef GDR_LIB_RUNTIME_HASH_H
#define GDR_LIB_RUNTIME_HASH_H

#include <cstdint>
#include <string>
#include <string_view>

namespace gdr::runtime {

class Hash {
public:
  /// Adds a text, and its length, so that parts do not run together.
  void add(std::string_view text) {
    for (unsigned char c : text)
      value = (value ^ c) * prime;
    value = (value ^ text.size()) * prime;
  }

  uint64_t getLow() const { return static_cast<uint64_t>(value); }

  /// 32 hexadecimal digits.
  std::string getDigits() const {
    std::string digits(32, '0');
    for (int i = 0; i < 32; ++i)
      digits[i] = "0123456789abcdef"[(value >> (124 - 4 * i)) & 15];
    return digits;
  }

private:
  using Word = unsigned __int128;
  // 2^88 + 2^8 + 0x3b, and the offset basis, of the FNV specification.
  static constexpr Word prime = (Word(1) << 88) + 0x13b;
  Word value = (Word(0x6c62272e07bb0142) << 64) + 0x62b821756295c58d;
};

} // namespace gdr::runtime

#endif // GDR_LIB_RUNTIME_HASH_H
