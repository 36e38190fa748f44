//===- Npy.cpp - NumPy array files ----------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format: six bytes of magic, two of version, the length of the header (two
// bytes in version 1, four in later ones), a header that is a Python dictionary
// in ASCII, and the elements.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "Error.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace mlir;
using namespace mlir::gdr::run;

static constexpr StringLiteral magic = "\x93NUMPY";

namespace {

/// What the dictionary of a file says.
struct NpyHeader {
  StringRef type;
  SmallVector<int64_t> shape;
};

} // namespace

// The type strings that a file may have for an element type; the first is the
// one that is written.
static ArrayRef<StringLiteral> getTypeStrings(ElementType type) {
  static constexpr StringLiteral bf16[] = {"<u2", "<V2", "|V2"};
  static constexpr StringLiteral others[] = {"",    "<f2", "<f4",
                                             "<f8", "<i4", "<i8"};
  if (type == ElementType::BF16)
    return bf16;
  return others[static_cast<int>(type)];
}

// Returns the text after `key` and a colon in a dictionary.
static std::optional<StringRef> getEntry(StringRef dictionary, StringRef key) {
  size_t position = dictionary.find(key);
  if (position == StringRef::npos)
    return std::nullopt;
  StringRef rest = dictionary.drop_front(position + key.size()).ltrim();
  if (!rest.consume_front(":"))
    return std::nullopt;
  return rest.ltrim();
}

// Returns the part of a header that "descr" and "shape" say, or nothing if it
// is malformed or in Fortran order.
static std::optional<NpyHeader> parseDictionary(StringRef dictionary) {
  std::optional<StringRef> type = getEntry(dictionary, "'descr'");
  std::optional<StringRef> order = getEntry(dictionary, "'fortran_order'");
  std::optional<StringRef> shape = getEntry(dictionary, "'shape'");
  if (!type || !order || !shape || !type->consume_front("'") ||
      !shape->consume_front("("))
    return std::nullopt;
  NpyHeader header;
  header.type = type->take_until([](char c) { return c == '\''; });
  SmallVector<StringRef> sizes;
  shape->take_until([](char c) { return c == ')'; })
      .split(sizes, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  bool hasTransposedOrder = order->starts_with("True");
  for (StringRef size : sizes)
    if (size = size.trim(); !size.empty()) {
      int64_t value;
      if (size.getAsInteger(10, value) || value < 0)
        return std::nullopt;
      header.shape.push_back(value);
    }
  if (hasTransposedOrder && header.shape.size() > 1)
    return std::nullopt;
  return header;
}

// Splits a file into its dictionary and its elements.
static bool splitFile(StringRef file, StringRef &dictionary,
                      StringRef &elements) {
  if (!file.consume_front(magic) || file.size() < 4)
    return false;
  bool isVersion1 = file[0] == 1;
  file = file.drop_front(2);
  size_t lengthBytes = isVersion1 ? 2 : 4;
  if (file.size() < lengthBytes)
    return false;
  size_t length = isVersion1 ? llvm::support::endian::read16le(file.data())
                             : llvm::support::endian::read32le(file.data());
  file = file.drop_front(lengthBytes);
  if (file.size() < length)
    return false;
  dictionary = file.take_front(length);
  elements = file.drop_front(length);
  return true;
}

static std::string getShapeString(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

llvm::Error mlir::gdr::run::readNpy(StringRef path, StringRef name,
                                    const TensorView &tensor) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                  /*RequiresNullTerminator=*/false);
  if (std::error_code code = file.getError())
    return makeError("cannot read {0} for '{1}': {2}", path, name,
                     code.message());
  StringRef dictionary, elements;
  std::optional<NpyHeader> header;
  if (splitFile((*file)->getBuffer(), dictionary, elements))
    header = parseDictionary(dictionary);
  if (!header)
    return makeError("{0} for '{1}': expected a .npy file in C order", path,
                     name);
  ArrayRef<StringLiteral> types = getTypeStrings(tensor.type);
  if (!llvm::is_contained(types, header->type))
    return makeError("{0} for '{1}': expected elements of type {2} ({3}), got "
                     "{4}",
                     path, name, getName(tensor.type), types.front(),
                     header->type);
  if (header->shape != tensor.shape)
    return makeError("{0} for '{1}': expected shape {2}, got {3}", path, name,
                     getShapeString(tensor.shape),
                     getShapeString(header->shape));
  if (static_cast<int64_t>(elements.size()) < tensor.getNumBytes())
    return makeError("{0} for '{1}': expected {2} bytes of elements, got {3}",
                     path, name, tensor.getNumBytes(), elements.size());
  int64_t bytes = getNumBytes(tensor.type);
  const char *next = elements.data();
  tensor.forEachAddress([&](char *element) {
    std::memcpy(element, next, bytes);
    next += bytes;
  });
  return llvm::Error::success();
}

llvm::Error mlir::gdr::run::writeNpy(StringRef path, const TensorView &tensor) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code, llvm::sys::fs::OF_None);
  if (code)
    return makeError("cannot write {0}: {1}", path, code.message());
  std::string shape;
  for (int64_t size : tensor.shape)
    shape += std::to_string(size) + ", ";
  std::string dictionary = "{'descr': '" +
                           getTypeStrings(tensor.type).front().str() +
                           "', 'fortran_order': False, 'shape': (" +
                           StringRef(shape).rtrim(' ').str() + "), }";
  // The elements begin at a multiple of 64 bytes.
  size_t unpadded = magic.size() + 4 + dictionary.size() + 1;
  dictionary.append(llvm::alignTo(unpadded, 64) - unpadded, ' ');
  dictionary += '\n';
  char length[2];
  llvm::support::endian::write16le(length, dictionary.size());
  os << magic << StringRef("\1\0", 2) << StringRef(length, 2) << dictionary;
  int64_t bytes = getNumBytes(tensor.type);
  tensor.forEachAddress([&](char *element) { os.write(element, bytes); });
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return makeError("cannot write {0}: {1}", path, code.message());
  }
  return llvm::Error::success();
}
