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

//===----------------------------------------------------------------------===//
// Warpgroup products
//===----------------------------------------------------------------------===//

// "{$0, $1, ...}" of consecutive operands.
static std::string getBracedList(int64_t first, int64_t count) {
  SmallVector<std::string> names;
  for (int64_t i = 0; i < count; ++i)
    names.push_back("$" + std::to_string(first + i));
  return "{" + llvm::join(names, ", ") + "}";
}

// The registers of one assembly statement with f32 results.
static SmallVector<Value>
createFloatAssembly(ImplicitLocOpBuilder &b, int64_t count, ValueRange operands,
                    const std::string &text, ArrayRef<std::string> inputs) {
  SmallVector<std::string> constraints(count, "=f");
  llvm::append_range(constraints, inputs);
  SmallVector<Type> types(count, b.getF32Type());
  auto structType = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  Value all = createAssembly(b, structType, operands, text,
                             llvm::join(constraints, ","))
                  .getResult(0);
  SmallVector<Value> results;
  for (int64_t i = 0; i < count; ++i)
    results.push_back(LLVM::ExtractValueOp::create(b, all, i));
  return results;
}

SmallVector<Value> mlir::gdr::createWgmma(ImplicitLocOpBuilder &b,
                                          StringRef type, int64_t columns,
                                          const WgmmaOperand &lhs,
                                          const WgmmaOperand &rhs,
                                          ArrayRef<Value> accumulators) {
  int64_t count = columns / 2;
  bool isInRegisters = lhs.stepBytes.empty();
  // Operand numbers: results, accumulators tied to them, lhs, rhs.
  int64_t firstLhs = count + static_cast<int64_t>(accumulators.size());
  int64_t firstRhs = firstLhs + static_cast<int64_t>(lhs.values.size());
  SmallVector<Value> operands(accumulators);
  SmallVector<std::string> inputs;
  for (size_t i = 0; i < accumulators.size(); ++i)
    inputs.push_back(std::to_string(i));
  llvm::append_range(operands, lhs.values);
  inputs.append(lhs.values.size(), isInRegisters ? "r" : "l");
  llvm::append_range(operands, rhs.values);
  inputs.push_back("l");

  std::string text;
  llvm::raw_string_ostream os(text);
  os << "{\n.reg .pred first, later;\n.reg .b64 a, b;\n"
     << "setp.ne.u32 first, " << (accumulators.empty() ? 0 : 1)
     << ", 0;\nsetp.ne.u32 later, 1, 0;\nwgmma.fence.sync.aligned;\n";
  for (auto [step, bytes] : llvm::enumerate(rhs.stepBytes)) {
    // The address field of a descriptor is in units of 16 bytes.
    os << "add.s64 b, $" << firstRhs << ", " << bytes / 16 << ";\n";
    std::string left = "a";
    if (isInRegisters)
      left = getBracedList(firstLhs + 4 * static_cast<int64_t>(step), 4);
    else
      os << "add.s64 a, $" << firstLhs << ", " << lhs.stepBytes[step] / 16
         << ";\n";
    os << "wgmma.mma_async.sync.aligned.m64n" << columns << "k16.f32." << type
       << "." << type << " " << getBracedList(0, count) << ", " << left
       << ", b, " << (step == 0 ? "first" : "later") << ", 1, 1";
    if (!isInRegisters)
      os << ", " << (lhs.isAlongDepth ? 0 : 1);
    os << ", " << (rhs.isAlongDepth ? 0 : 1) << ";\n";
  }
  os << "wgmma.commit_group.sync.aligned;\n}";
  return createFloatAssembly(b, count, operands, text, inputs);
}

SmallVector<Value> mlir::gdr::createWgmmaWait(ImplicitLocOpBuilder &b,
                                              int64_t newer,
                                              ArrayRef<Value> registers) {
  std::string text =
      "wgmma.wait_group.sync.aligned " + std::to_string(newer) + ";";
  if (registers.empty()) {
    createAssembly(b, {}, {}, text, "");
    return {};
  }
  SmallVector<std::string> inputs;
  for (size_t i = 0; i < registers.size(); ++i)
    inputs.push_back(std::to_string(i));
  return createFloatAssembly(b, static_cast<int64_t>(registers.size()),
                             registers, text, inputs);
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

// "[$number+offset]".
static std::string getAddress(int64_t number, int64_t offset) {
  return "[$" + std::to_string(number) + "+" + std::to_string(offset) + "]";
}

static std::string getVectorSuffix(size_t count) {
  return count == 1 ? "" : ".v" + std::to_string(count);
}

SmallVector<Value> mlir::gdr::createSharedLoad(ImplicitLocOpBuilder &b,
                                               int64_t count,
                                               SharedAddress address) {
  std::string text = "ld.shared" + getVectorSuffix(count) + ".f32 " +
                     (count == 1 ? "$0" : getBracedList(0, count)) + ", " +
                     getAddress(count, address.offset) + ";";
  if (count == 1)
    return {createAssembly(b, b.getF32Type(), address.base, text, "=f,r")
                .getResult(0)};
  return createFloatAssembly(b, count, address.base, text, {"r"});
}

void mlir::gdr::createSharedStore(ImplicitLocOpBuilder &b,
                                  ArrayRef<Value> values,
                                  SharedAddress address) {
  int64_t count = static_cast<int64_t>(values.size());
  SmallVector<Value> operands = {address.base};
  llvm::append_range(operands, values);
  SmallVector<std::string> constraints(count + 1, "f");
  constraints.front() = "r";
  createAssembly(b, {}, operands,
                 "st.shared" + getVectorSuffix(count) + ".f32 " +
                     getAddress(0, address.offset) + ", " +
                     (count == 1 ? "$1" : getBracedList(1, count)) + ";",
                 llvm::join(constraints, ","));
}

static std::string getMatrixInstruction(StringRef name, bool transposed) {
  return name.str() + ".sync.aligned.m8n8.x4" + (transposed ? ".trans" : "") +
         ".shared.b16 ";
}

SmallVector<Value> mlir::gdr::createMatrixLoad(ImplicitLocOpBuilder &b,
                                               bool transposed,
                                               SharedAddress address) {
  SmallVector<Type> types(4, b.getI32Type());
  auto structType = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  Value all = createAssembly(b, structType, address.base,
                             getMatrixInstruction("ldmatrix", transposed) +
                                 "{$0, $1, $2, $3}, " +
                                 getAddress(4, address.offset) + ";",
                             "=r,=r,=r,=r,r")
                  .getResult(0);
  SmallVector<Value> words;
  for (int64_t i = 0; i < 4; ++i)
    words.push_back(LLVM::ExtractValueOp::create(b, all, i));
  return words;
}

void mlir::gdr::createMatrixStore(ImplicitLocOpBuilder &b, bool transposed,
                                  ArrayRef<Value> words,
                                  SharedAddress address) {
  SmallVector<Value> operands = {address.base};
  llvm::append_range(operands, words);
  createAssembly(b, {}, operands,
                 getMatrixInstruction("stmatrix", transposed) +
                     getAddress(0, address.offset) + ", {$1, $2, $3, $4};",
                 "r,r,r,r,r");
}

Value mlir::gdr::createMatrixTranspose(ImplicitLocOpBuilder &b, Value word) {
  return createAssembly(b, b.getI32Type(), word,
                        "movmatrix.sync.aligned.m8n8.trans.b16 $0, $1;", "=r,r")
      .getResult(0);
}

void mlir::gdr::createSharedWordStore(ImplicitLocOpBuilder &b, Value word,
                                      SharedAddress address) {
  createAssembly(b, {}, {address.base, word},
                 "st.shared.b32 " + getAddress(0, address.offset) + ", $1;",
                 "r,r");
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void mlir::gdr::createThreadCopy(ImplicitLocOpBuilder &b, SharedAddress tile,
                                 GlobalAddress source, Value bytes) {
  SmallVector<Value> operands = {tile.base, source.base};
  if (bytes)
    operands.push_back(bytes);
  createAssembly(b, {}, operands,
                 "cp.async.cg.shared.global.L2::128B " +
                     getAddress(0, tile.offset) + ", " +
                     getAddress(1, source.offset) + ", 16" +
                     (bytes ? ", $2;" : ";"),
                 bytes ? "r,l,r" : "r,l");
}

void mlir::gdr::createThreadCopyWait(ImplicitLocOpBuilder &b) {
  createAssembly(b, {}, {}, "cp.async.wait_all;", "");
}

// "$first, $first+1, ...", and a constraint for each.
static std::string getList(int64_t first, int64_t count) {
  std::string braced = getBracedList(first, count);
  return braced.substr(1, braced.size() - 2);
}

static std::string getCoordinateConstraints(size_t count) {
  std::string constraints;
  for (size_t i = 0; i < count; ++i)
    constraints += ",r";
  return constraints;
}

void mlir::gdr::createTensorCopy(ImplicitLocOpBuilder &b, Value tile,
                                 Value tensorMap, ValueRange coordinates,
                                 Value barrier) {
  std::string text =
      "cp.async.bulk.tensor." + std::to_string(coordinates.size()) +
      "d.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1, {" +
      getList(3, static_cast<int64_t>(coordinates.size())) + "}], [$2];";
  SmallVector<Value> operands = {tile, tensorMap, barrier};
  llvm::append_range(operands, coordinates);
  createAssembly(b, {}, operands, text,
                 "r,l,r" + getCoordinateConstraints(coordinates.size()));
}

void mlir::gdr::createTensorCopyOut(ImplicitLocOpBuilder &b, Value tile,
                                    Value tensorMap, ValueRange coordinates) {
  std::string text =
      "cp.async.bulk.tensor." + std::to_string(coordinates.size()) +
      "d.global.shared::cta.bulk_group [$1, {" +
      getList(2, static_cast<int64_t>(coordinates.size())) + "}], [$0];";
  SmallVector<Value> operands = {tile, tensorMap};
  llvm::append_range(operands, coordinates);
  createAssembly(b, {}, operands, text,
                 "r,l" + getCoordinateConstraints(coordinates.size()));
}

void mlir::gdr::createBulkCopy(ImplicitLocOpBuilder &b, Value tile,
                               Value address, int64_t bytes, Value barrier) {
  createAssembly(b, {}, {tile, address, barrier},
                 "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::"
                 "bytes [$0], [$1], " +
                     std::to_string(bytes) + ", [$2];",
                 "r,l,r");
}

void mlir::gdr::createBulkCopyOut(ImplicitLocOpBuilder &b, Value tile,
                                  Value address, int64_t bytes) {
  createAssembly(b, {}, {tile, address},
                 "cp.async.bulk.global.shared::cta.bulk_group [$1], [$0], " +
                     std::to_string(bytes) + ";",
                 "r,l");
}

void mlir::gdr::createBulkCommit(ImplicitLocOpBuilder &b) {
  createAssembly(b, {}, {}, "cp.async.bulk.commit_group;", "");
}

void mlir::gdr::createBulkWait(ImplicitLocOpBuilder &b, bool done) {
  createAssembly(b, {}, {},
                 done ? "cp.async.bulk.wait_group 0;"
                      : "cp.async.bulk.wait_group.read 0;",
                 "");
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void mlir::gdr::createMBarrierInit(ImplicitLocOpBuilder &b, Value barrier,
                                   int64_t arrivals) {
  createAssembly(b, {}, barrier,
                 "mbarrier.init.shared::cta.b64 [$0], " +
                     std::to_string(arrivals) + ";",
                 "r");
}

void mlir::gdr::createMBarrierInitFence(ImplicitLocOpBuilder &b) {
  createAssembly(b, {}, {}, "fence.mbarrier_init.release.cluster;", "");
}

void mlir::gdr::createMBarrierExpect(ImplicitLocOpBuilder &b, Value barrier,
                                     int64_t bytes, int64_t arrivals) {
  std::string text = "mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], " +
                     std::to_string(bytes) + ";";
  if (arrivals > 1)
    text += "\nmbarrier.arrive.shared::cta.b64 _, [$0], " +
            std::to_string(arrivals - 1) + ";";
  createAssembly(b, {}, barrier, text, "r");
}

void mlir::gdr::createMBarrierArrive(ImplicitLocOpBuilder &b, Value barrier,
                                     Value predicate) {
  createAssembly(b, {}, {barrier, predicate},
                 "@$1 mbarrier.arrive.shared::cta.b64 _, [$0];", "r,b");
}

void mlir::gdr::createMBarrierWait(ImplicitLocOpBuilder &b, Value barrier,
                                   Value parity) {
  createAssembly(b, {}, {barrier, parity},
                 "{\n.reg .pred done;\nwait:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [$0], $1;\n"
                 "@!done bra wait;\n}",
                 "r,r");
}

void mlir::gdr::createMBarrierPoll(ImplicitLocOpBuilder &b, Value barrier,
                                   Value parity) {
  createAssembly(b, {}, {barrier, parity},
                 "{\n.reg .pred done;\nwait:\n"
                 "mbarrier.test_wait.parity.shared::cta.b64 done, [$0], $1;\n"
                 "@done bra end;\nnanosleep.u32 20;\nbra wait;\nend:\n}",
                 "r,r");
}

void mlir::gdr::createMBarrierArriveCopies(ImplicitLocOpBuilder &b,
                                           Value barrier) {
  createAssembly(b, {}, barrier,
                 "cp.async.mbarrier.arrive.noinc.shared::cta.b64 [$0];", "r");
}

void mlir::gdr::createNamedBarrier(ImplicitLocOpBuilder &b, Value id,
                                   int64_t threads) {
  createAssembly(b, {}, id, "bar.sync $0, " + std::to_string(threads) + ";",
                 "r");
}

void mlir::gdr::createMeeting(ImplicitLocOpBuilder &b, Value id,
                              int64_t threads) {
  createAssembly(b, {}, id,
                 "barrier.cta.sync $0, " + std::to_string(threads) + ";", "r");
}

void mlir::gdr::createWarpSync(ImplicitLocOpBuilder &b) {
  createAssembly(b, {}, {}, "bar.warp.sync 0xffffffff;", "");
}

void mlir::gdr::createProxyFence(ImplicitLocOpBuilder &b) {
  createAssembly(b, {}, {}, "fence.proxy.async.shared::cta;", "");
}
