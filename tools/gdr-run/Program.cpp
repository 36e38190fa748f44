//===- Program.cpp - a function and its arguments -------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "Dimensions.h"
#include "Error.h"
#include "gdr/Dialect/GDR/IR/GDR.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::gdr;
using namespace mlir::gdr::run;

// What dynamic strides leave between rows, so that a kernel that ignores them
// reads NaN: a multiple of every alignment that a kernel can ask for.
static constexpr int64_t paddingBytes = 64;

Argument *Program::find(StringRef name) {
  for (Argument &argument : arguments)
    if (argument.name == name)
      return &argument;
  return nullptr;
}

static std::string getNames(ArrayRef<func::FuncOp> functions) {
  std::string names;
  for (func::FuncOp function : functions)
    names += (names.empty() ? "" : ", ") + function.getName().str();
  return names;
}

static bool hasRule(func::FuncOp function) {
  return function.walk([](GatedDeltaRuleOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

llvm::Expected<func::FuncOp> mlir::gdr::run::findFunction(ModuleOp module,
                                                          StringRef name) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      functions.push_back(function);
  if (functions.empty())
    return makeError("expected a public function in the module");
  if (!name.empty()) {
    for (func::FuncOp function : functions)
      if (function.getName() == name)
        return function;
    return makeError("--function={0}: expected a public function of the "
                     "module, one of {1}",
                     name, getNames(functions));
  }
  if (llvm::any_of(functions, hasRule))
    llvm::erase_if(functions, [](func::FuncOp f) { return !hasRule(f); });
  if (functions.size() > 1)
    return makeError("the module has {0} functions ({1}): choose one with "
                     "--function=NAME",
                     functions.size(), getNames(functions));
  return functions.front();
}

// Returns the argument whose buffer a value is: through casts, and through ops
// that update a tensor in place.
static BlockArgument getUpdatedArgument(Value value) {
  while (true) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return argument;
    Operation *op = value.getDefiningOp();
    if (isa<tensor::CastOp, memref::CastOp>(op))
      value = op->getOperand(0);
    else if (auto dps = dyn_cast<DestinationStyleOpInterface>(op);
             dps && isa<TensorType>(value.getType()))
      value = dps.getTiedOpOperand(cast<OpResult>(value))->get();
    else
      return {};
  }
}

namespace {

class ProgramBuilder {
public:
  ProgramBuilder(func::FuncOp function, const llvm::StringMap<int64_t> &dims)
      : function(function), dimensions(dims) {
    program.function = function;
  }
  llvm::Expected<Program> build(ArrayRef<std::string> slotNames);

private:
  /// Appends a slot of this type, without memory.
  llvm::Error addSlot(Type type, DictionaryAttr attributes,
                      StringRef fallbackName);
  /// Adds slots for the results that are not the buffer of an argument.
  llvm::Error addResults(ArrayRef<std::string> slotNames);
  llvm::Error allocate(Argument &argument);

  func::FuncOp function;
  Dimensions dimensions;
  llvm::StringSet<> names;
  Program program;
};

} // namespace

llvm::Error ProgramBuilder::addSlot(Type type, DictionaryAttr attributes,
                                    StringRef fallbackName) {
  Argument argument;
  argument.type = type;
  argument.name = fallbackName.str();
  if (auto name = attributes.getAs<StringAttr>("gdr.name"))
    argument.name = name.str();
  std::string base = argument.name;
  for (int i = 2; !names.insert(argument.name).second; ++i)
    argument.name = base + "_" + std::to_string(i);
  auto shaped = dyn_cast<ShapedType>(type);
  if (shaped && (!shaped.hasRank() || !getElementType(shaped.getElementType())))
    return makeError(
        "'{0}' has type {1}: expected a ranked tensor or memref of "
        "bf16, f16, f32, f64, i32 or i64",
        argument.name, type);
  if (!shaped && !type.isIntOrIndexOrFloat())
    return makeError("'{0}' has type {1}: expected a tensor, memref, index, "
                     "integer or float",
                     argument.name, type);
  if (shaped) {
    argument.dims.resize(shaped.getRank());
    if (auto dims = attributes.getAs<ArrayAttr>("gdr.dims"))
      for (auto [name, dim] :
           llvm::zip(dims.getAsRange<StringAttr>(), argument.dims))
        dim = name.str();
    for (auto [name, size] : llvm::zip(argument.dims, shaped.getShape()))
      if (ShapedType::isStatic(size))
        dimensions.learn(name, size);
  }
  program.arguments.push_back(std::move(argument));
  return llvm::Error::success();
}

// Gives a tensor its shape, its strides and memory.
llvm::Error ProgramBuilder::allocate(Argument &argument) {
  if (!argument.isTensor()) {
    std::optional<int64_t> given = dimensions.getGiven(argument.name);
    argument.integer = given.value_or(0);
    argument.real = static_cast<double>(argument.integer);
    return llvm::Error::success();
  }
  auto type = cast<ShapedType>(argument.type);
  ElementType elementType = *getElementType(type.getElementType());
  int64_t elementBytes = getNumBytes(elementType);
  SmallVector<int64_t> shape(type.getShape());
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (ShapedType::isStatic(size))
      continue;
    llvm::Expected<int64_t> value =
        dimensions.get(argument.dims[i], i, argument.name);
    if (!value)
      return value.takeError();
    size = *value;
  }
  SmallVector<int64_t> strides = getRowMajorStrides(shape);
  if (auto memref = dyn_cast<MemRefType>(type);
      memref && !memref.getLayout().isIdentity()) {
    int64_t offset;
    strides.clear();
    if (failed(memref.getStridesAndOffset(strides, offset)))
      return makeError("'{0}' has type {1}: expected a strided layout",
                       argument.name, type);
    for (int64_t i = type.getRank() - 1; i >= 0; --i)
      if (ShapedType::isDynamic(strides[i]))
        strides[i] = i + 1 == type.getRank()
                         ? 1
                         : strides[i + 1] * std::max<int64_t>(shape[i + 1], 1) +
                               paddingBytes / elementBytes;
  }
  int64_t numElements = 1;
  for (auto [size, stride] : llvm::zip(shape, strides))
    numElements += (size - 1) * stride;
  if (llvm::is_contained(shape, 0))
    numElements = 0;
  argument.buffer = Buffer(numElements * elementBytes);
  argument.view = {elementType, argument.buffer.getData(), shape, strides};
  return llvm::Error::success();
}

static DictionaryAttr getOrEmpty(DictionaryAttr attributes,
                                 MLIRContext *context) {
  return attributes ? attributes : DictionaryAttr::get(context);
}

// A result that is updated in the buffer of an argument has no slot, unless the
// compiler found that it needs a copy.
llvm::Error ProgramBuilder::addResults(ArrayRef<std::string> slotNames) {
  auto returnOp =
      dyn_cast<func::ReturnOp>(function.getBody().back().getTerminator());
  if (!returnOp)
    return makeError("expected function '{0}' to end in a return",
                     function.getName());
  ArrayRef<std::string> added = slotNames.drop_front(
      std::min<size_t>(slotNames.size(), function.getNumArguments()));
  for (auto [i, value] : llvm::enumerate(returnOp.getOperands())) {
    DictionaryAttr attributes =
        getOrEmpty(function.getResultAttrDict(i), function.getContext());
    auto name = attributes.getAs<StringAttr>("gdr.name");
    bool isCopied = name && llvm::is_contained(added, name.str());
    BlockArgument updated = getUpdatedArgument(value);
    if (updated && !isCopied) {
      program.resultSlots.push_back(updated.getArgNumber());
      continue;
    }
    program.resultSlots.push_back(program.arguments.size());
    if (llvm::Error error =
            addSlot(value.getType(), attributes, "result" + std::to_string(i)))
      return error;
    program.arguments.back().isResult = true;
  }
  if (program.arguments.size() != slotNames.size())
    return makeError("cannot tell which results of function '{0}' are slots of "
                     "its entry point: expected {1} slots, got {2}",
                     function.getName(), program.arguments.size(),
                     slotNames.size());
  return llvm::Error::success();
}

llvm::Expected<Program> ProgramBuilder::build(ArrayRef<std::string> slotNames) {
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    if (llvm::Error error = addSlot(
            type, getOrEmpty(function.getArgAttrDict(i), function.getContext()),
            "arg" + std::to_string(i)))
      return error;
  if (llvm::Error error = addResults(slotNames))
    return error;
  function.walk([&](GatedDeltaRuleOp rule) {
    if (rule.getCuSeqlens())
      dimensions.setPacked();
    if (std::optional<uint64_t> every = rule.getSnapshotEvery())
      dimensions.setSnapshotEvery(static_cast<int64_t>(*every));
  });
  for (Argument &argument : program.arguments)
    if (llvm::Error error = allocate(argument))
      return error;
  if (llvm::Error error = dimensions.verifyAllUsed())
    return error;
  return std::move(program);
}

llvm::Expected<Program>
mlir::gdr::run::createProgram(func::FuncOp function,
                              const llvm::StringMap<int64_t> &dims,
                              ArrayRef<std::string> slotNames) {
  return ProgramBuilder(function, dims).build(slotNames);
}
