//===- InlineAssembly.cpp - PTX that NVVM has no op for -------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/InlineAssembly.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace {

/// How an access is split over registers: `count` of `bits` each.
struct Registers {
  int64_t count;
  int64_t bits;

  explicit Registers(int64_t bytes)
      : count(bytes > 4 ? bytes / 4 : 1), bits(bytes > 4 ? 32 : bytes * 8) {}

  /// ".v4.b32" and the like.
  std::string getSuffix() const {
    std::string vector = count > 1 ? ".v" + std::to_string(count) : "";
    return vector + ".b" + std::to_string(bits);
  }
  /// "{$0, $1}" from the given operand number, without braces if it is one.
  std::string getList(int64_t first) const {
    SmallVector<std::string> names;
    for (int64_t i = 0; i < count; ++i)
      names.push_back("$" + std::to_string(first + i));
    std::string list = llvm::join(names, ", ");
    return count > 1 ? "{" + list + "}" : list;
  }
  /// A constraint for each register.
  std::string getConstraints(StringRef prefix) const {
    std::string one = prefix.str() + (bits == 16 ? "h" : "r");
    SmallVector<std::string> all(count, one);
    return llvm::join(all, ",");
  }
};

} // namespace

static LLVM::InlineAsmOp createAssembly(ImplicitLocOpBuilder &b,
                                        TypeRange results, ValueRange operands,
                                        const std::string &text,
                                        const std::string &constraints) {
  return LLVM::InlineAsmOp::create(
      b, results, operands, text, constraints, /*has_side_effects=*/true,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      /*asm_dialect=*/nullptr, /*operand_attrs=*/nullptr);
}

// The address in the global address space.
static Value createGlobalAddress(ImplicitLocOpBuilder &b, Value address) {
  constexpr unsigned globalSpace = 1;
  if (cast<LLVM::LLVMPointerType>(address.getType()).getAddressSpace() ==
      globalSpace)
    return address;
  auto type = LLVM::LLVMPointerType::get(b.getContext(), globalSpace);
  return LLVM::AddrSpaceCastOp::create(b, type, address);
}

Value mlir::gdr::createStreamingLoad(ImplicitLocOpBuilder &b, Type type,
                                     int64_t bytes, Value address) {
  Registers registers(bytes);
  Type element = b.getIntegerType(registers.bits);
  std::string text = "ld.global.L1::no_allocate" + registers.getSuffix() + " " +
                     registers.getList(0) + ", [$" +
                     std::to_string(registers.count) + "];";
  std::string constraints = registers.getConstraints("=") + ",l";
  Value pointer = createGlobalAddress(b, address);
  if (registers.count == 1) {
    Value loaded =
        createAssembly(b, element, pointer, text, constraints).getResult(0);
    return LLVM::BitcastOp::create(b, type, loaded);
  }
  SmallVector<Type> elements(registers.count, element);
  auto structType = LLVM::LLVMStructType::getLiteral(b.getContext(), elements);
  Value loaded =
      createAssembly(b, structType, pointer, text, constraints).getResult(0);
  auto vectorType = VectorType::get(registers.count, element);
  Value words = LLVM::PoisonOp::create(b, vectorType);
  for (int64_t i = 0; i < registers.count; ++i) {
    Value word = LLVM::ExtractValueOp::create(b, loaded, i);
    Value position = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(i));
    words = LLVM::InsertElementOp::create(b, words, word, position);
  }
  return LLVM::BitcastOp::create(b, type, words);
}

void mlir::gdr::createStreamingStore(ImplicitLocOpBuilder &b, Value value,
                                     int64_t bytes, Value address) {
  Registers registers(bytes);
  Type element = b.getIntegerType(registers.bits);
  std::string text = "st.global.L1::no_allocate" + registers.getSuffix() +
                     " [$0], " + registers.getList(1) + ";";
  std::string constraints = "l," + registers.getConstraints("");
  SmallVector<Value> operands = {createGlobalAddress(b, address)};
  if (registers.count == 1) {
    operands.push_back(LLVM::BitcastOp::create(b, element, value));
  } else {
    auto vectorType = VectorType::get(registers.count, element);
    Value words = LLVM::BitcastOp::create(b, vectorType, value);
    for (int64_t i = 0; i < registers.count; ++i) {
      Value position = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(i));
      operands.push_back(LLVM::ExtractElementOp::create(b, words, position));
    }
  }
  createAssembly(b, {}, operands, text, constraints);
}
