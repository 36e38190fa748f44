//===- DescribeEntry.cpp - host code of entry points ----------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes public functions private, adds the runtime's call object as their first
// argument and keeps what the entry point has to check in attribute
// `gdr.entry`, because the LLVM dialect no longer knows it.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "gdr-c/Runtime.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_DESCRIBEENTRY
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

// An integer that the memory of a slot or of a tensor holds as it is.
static bool isWholeInteger(Type type) {
  return llvm::any_of(ArrayRef<unsigned>{8, 16, 32, 64}, [&](unsigned width) {
    return type.isSignlessInteger(width);
  });
}

static LogicalResult verifyArgument(func::FuncOp func, unsigned number) {
  Type type = func.getArgumentTypes()[number];
  if (type.isIndex() || type.isF32() || type.isF64() || isWholeInteger(type))
    return success();
  if (isa<IntegerType>(type))
    return func.emitOpError("expected argument #")
           << number << " to be an index or i8, i16, i32 or i64, got " << type;
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return func.emitOpError("expected argument #")
           << number << " to be a ranked memref, an integer or a float, got "
           << type;
  if (memref.getRank() > GDR_MAX_RANK)
    return func.emitOpError("expected argument #")
           << number << " to have at most " << GDR_MAX_RANK
           << " dimensions, got " << memref.getRank();
  if (!memref.isStrided())
    return func.emitOpError("expected argument #")
           << number << " to have a strided layout, got " << type;
  Type element = memref.getElementType();
  if (!element.isF64() && !element.isF32() && !element.isF16() &&
      !element.isBF16() && !isWholeInteger(element))
    return func.emitOpError("expected argument #")
           << number
           << " to have elements of type f64, f32, f16, bf16, i8, i16, i32 or "
              "i64, got "
           << element;
  if (Attribute space = memref.getMemorySpace())
    return func.emitOpError("expected argument #")
           << number << " to be in the default memory space, got " << space;
  return success();
}

// Words that a C or C++ compiler does not take as a name.
static bool isKeyword(StringRef name) {
  static constexpr StringLiteral keywords =
      " alignas alignof and and_eq asm auto bitand bitor bool break case catch"
      " char char16_t char32_t char8_t class co_await co_return co_yield compl"
      " concept const const_cast consteval constexpr constinit continue"
      " decltype default delete do double dynamic_cast else enum explicit"
      " export extern false float for friend goto if inline int long mutable"
      " namespace new noexcept not not_eq nullptr operator or or_eq private"
      " protected public register reinterpret_cast requires restrict return"
      " short signed sizeof static static_assert static_cast struct switch"
      " template this thread_local throw true try typedef typeid typename"
      " typeof typeof_unqual union unsigned using virtual void volatile"
      " wchar_t while xor xor_eq ";
  return keywords.contains((" " + name + " ").str());
}

// The fields of gdr_args_header, which a header repeats.
static bool isHeaderField(StringRef name) {
  return llvm::is_contained(ArrayRef<StringRef>{"size", "flags", "stream",
                                                "workspace", "workspace_bytes"},
                            name);
}

static LogicalResult verifyName(func::FuncOp func) {
  StringRef name = func.getName();
  auto isLetter = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  if (name.empty() || !llvm::all_of(name, isLetter) ||
      llvm::isDigit(name.front()) || isKeyword(name))
    return func.emitOpError("expected the function's name to be a C "
                            "identifier, got '")
           << name << "'";
  Operation *module = func->getParentOp();
  for (StringRef suffix :
       {".host", "_description", "_load", "_workspace_size"}) {
    std::string symbol = (name + suffix).str();
    if (SymbolTable::lookupSymbolIn(module, symbol))
      return func.emitOpError("expected no other symbol '")
             << symbol << "' in the module, which the function's entry points "
             << "need";
  }
  return success();
}

// Whether the op allocates or frees a part of the workspace.
static bool isOnWorkspace(Operation *op) {
  auto dealloc = dyn_cast<memref::DeallocOp>(op);
  return isa<memref::AllocOp>(op) ||
         (dealloc && dealloc.getMemref().getDefiningOp<memref::AllocOp>());
}

// The host must not touch what is in the device's memory.
static LogicalResult verifyOnlyLaunches(func::FuncOp func) {
  WalkResult result = func.walk([](Operation *op) -> WalkResult {
    if (op->getNumRegions() != 0 || isa<gpu::LaunchFuncOp, ExpectBoxesOp>(op) ||
        isMemoryEffectFree(op) || isOnWorkspace(op))
      return WalkResult::advance();
    InFlightDiagnostic diagnostic =
        op->emitOpError("accesses tensors from the host, which it cannot for "
                        "target cuda; only gdr.gated_delta_rule can");
    if (isa<memref::CopyOp>(op))
      diagnostic.attachNote()
          << "a copy is needed where a tensor is used after it was updated, or "
             "a state is read and written through different indices; pass "
             "another tensor for the result";
    return diagnostic;
  });
  return failure(result.wasInterrupted());
}

// A C identifier for an argument that no other has.
static std::string getUniqueName(func::FuncOp func, unsigned number,
                                 llvm::StringSet<> &taken) {
  std::string name = "arg" + std::to_string(number);
  if (auto given = func.getArgAttrOfType<StringAttr>(number, "gdr.name"))
    name = given.str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name.insert(name.begin(), '_');
  if (isKeyword(name) || isHeaderField(name))
    name += '_';
  std::string unique = name;
  for (unsigned i = 2; !taken.insert(unique).second; ++i)
    unique = name + "_" + std::to_string(i);
  return unique;
}

namespace {

struct DescribeEntry : gdr::impl::DescribeEntryBase<DescribeEntry> {
  using Base::Base;

  void runOnOperation() override {
    if (target != "cuda" && target != "cpu") {
      getOperation().emitError("expected target cuda or cpu, got '")
          << target << "'";
      return signalPassFailure();
    }
    SmallVector<func::FuncOp> entries;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func.isPublic() && !func.isExternal())
        entries.push_back(func);
    if (failed(verifyNoCalls()))
      return signalPassFailure();
    for (func::FuncOp func : entries)
      if (failed(verify(func)))
        return signalPassFailure();
    for (func::FuncOp func : entries)
      if (failed(describe(func)))
        return signalPassFailure();
  }

private:
  // A call would pass no call object, and launches belong to one entry point.
  LogicalResult verifyNoCalls() {
    WalkResult result =
        getOperation()->walk([](func::CallOp call) -> WalkResult {
          return call.emitOpError("expected functions that call no other, got "
                                  "a call of '")
                 << call.getCallee() << "'; inline the callee first (--inline)";
        });
    return failure(result.wasInterrupted());
  }

  LogicalResult verify(func::FuncOp func) {
    if (failed(verifyName(func)))
      return failure();
    if (func.getNumResults() != 0)
      return func.emitOpError("expected no results; run one-shot-bufferize "
                              "and buffer-results-to-out-params before "
                              "gdr-describe-entry");
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      if (failed(verifyArgument(func, i)))
        return failure();
    if (target == "cuda" && failed(verifyOnlyLaunches(func)))
      return failure();
    return success();
  }

  LogicalResult describe(func::FuncOp func) {
    Builder b(&getContext());
    llvm::StringSet<> taken;
    SmallVector<Attribute> arguments;
    for (unsigned i = 0; i < func.getNumArguments(); ++i) {
      NamedAttrList argument;
      argument.set("name", b.getStringAttr(getUniqueName(func, i, taken)));
      argument.set("type", TypeAttr::get(func.getArgumentTypes()[i]));
      for (StringRef key : {"dims", "alignment"})
        if (Attribute value = func.getArgAttr(i, ("gdr." + key).str()))
          argument.set(key, value);
      arguments.push_back(argument.getDictionary(&getContext()));
      for (StringRef key : {"gdr.name", "gdr.dims", "gdr.alignment"})
        func.removeArgAttr(i, b.getStringAttr(key));
    }
    NamedAttrList entry;
    entry.set("name", func.getNameAttr());
    entry.set("device", b.getStringAttr(target));
    entry.set("arguments", b.getArrayAttr(arguments));
    func->setAttr(entryAttrName, entry.getDictionary(&getContext()));

    func.setName((func.getName() + ".host").str());
    func.setPrivate();
    func->setAttr("llvm.linkage", LLVM::LinkageAttr::get(
                                      &getContext(), LLVM::Linkage::Internal));
    return func.insertArgument(0, LLVM::LLVMPointerType::get(&getContext()), {},
                               func.getLoc());
  }
};

} // namespace
