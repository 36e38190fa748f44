//===- EmitEntry.cpp - C entry points -------------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Adds to a module in the LLVM dialect the entry points of described host code,
// as include/gdr-c/Runtime.h specifies them: tables of 64-bit integers and
// pointers, and functions that hand them to the runtime.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "ArgumentTable.h"
#include "gdr-c/Runtime.h"
#include "gdr/Target/Chips.h"
#include "gdr/Target/Emit.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include <variant>

namespace mlir::gdr {
#define GEN_PASS_DEF_EMITENTRY
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

namespace {

/// A field of a constant struct: an integer, or the address of a symbol; an
/// empty name is the null pointer.
using Field = std::variant<int64_t, std::string>;

class EntryEmitter {
public:
  /// `hosts` are the host code of each variant of the function.
  EntryEmitter(ModuleOp module, ArrayRef<LLVM::LLVMFuncOp> hosts,
               const Entry &entry)
      : b(module.getLoc(), OpBuilder::atBlockEnd(module.getBody())),
        module(module), hosts(hosts), entry(entry), name(entry.getName()) {
    b.setLoc(this->hosts.front().getLoc());
  }

  LogicalResult emit();

private:
  LogicalResult verifyVariants();
  LogicalResult verifyNames();
  std::string addString(const Twine &suffix, StringRef text);
  void addDescription();
  std::string addNames(const Twine &suffix, ArrayRef<StringRef> names);
  std::string addArguments(const DimSymbols &symbols);
  std::optional<int64_t> getKernelNumber(LLVM::LLVMFuncOp host,
                                         gpu::ObjectAttr object);
  FailureOr<std::pair<std::string, int64_t>> addImages(LLVM::LLVMFuncOp host,
                                                       const Twine &prefix);
  FailureOr<std::string> addVariant(size_t number,
                                    ArrayRef<Field> argumentFields,
                                    const Field &state, const Field &next);
  std::string addStruct(const Twine &suffix, ArrayRef<Field> fields,
                        bool isConstant = true);
  Value createField(const Field &field);
  SmallVector<Value> createHostOperands(Value arguments,
                                        ArrayRef<Type> parameters);
  std::string addHostThunk(LLVM::LLVMFuncOp host, const Twine &prefix);
  std::string addWorkspaceThunk(LLVM::LLVMFuncOp host, const Twine &prefix);
  void addEntryPoint(const Twine &entryName, Type result, StringRef body,
                     Type parameter, StringRef function);

  std::string getName(const Twine &suffix) {
    return (name + "." + suffix).str();
  }
  Type getPointer() { return LLVM::LLVMPointerType::get(b.getContext()); }

  ImplicitLocOpBuilder b;
  ModuleOp module;
  SmallVector<LLVM::LLVMFuncOp> hosts;
  const Entry &entry;
  StringRef name;
};

} // namespace

std::string EntryEmitter::addString(const Twine &suffix, StringRef text) {
  std::string symbol = getName(suffix);
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), text.size());
  LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                         symbol, b.getStringAttr(text));
  return symbol;
}

// const char name_description[], of which the host code knows the contents.
void EntryEmitter::addDescription() {
  std::string text =
      getDescription(llvm::to_vector_of<Operation *>(hosts)) + '\0';
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), text.size());
  LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::External,
                         (name + "_description").str(), b.getStringAttr(text));
}

std::string EntryEmitter::addNames(const Twine &suffix,
                                   ArrayRef<StringRef> names) {
  std::string text;
  for (StringRef each : names)
    text += each.str() + '\0';
  text += '\0';
  return addString(suffix, text);
}

std::string EntryEmitter::addArguments(const DimSymbols &symbols) {
  constexpr size_t words = sizeof(gdr_argument) / sizeof(int64_t);
  SmallVector<int64_t> table;
  for (const EntryArgument &argument : entry.getArguments()) {
    gdr_argument spec = getArgumentSpec(argument, symbols);
    int64_t flat[words];
    std::memcpy(flat, &spec, sizeof(spec));
    llvm::append_range(table, flat);
  }
  std::string symbol = getName("arguments");
  auto type = LLVM::LLVMArrayType::get(b.getI64Type(), table.size());
  auto tensor = RankedTensorType::get(table.size(), b.getI64Type());
  LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                         symbol,
                         DenseElementsAttr::get(tensor, ArrayRef(table)));
  return symbol;
}

Value EntryEmitter::createField(const Field &field) {
  if (auto *integer = std::get_if<int64_t>(&field))
    return LLVM::ConstantOp::create(b, b.getI64IntegerAttr(*integer));
  const std::string &symbol = std::get<std::string>(field);
  if (symbol.empty())
    return LLVM::ZeroOp::create(b, getPointer());
  return LLVM::AddressOfOp::create(b, getPointer(), symbol);
}

std::string EntryEmitter::addStruct(const Twine &suffix, ArrayRef<Field> fields,
                                    bool isConstant) {
  std::string symbol = getName(suffix);
  SmallVector<Type> types;
  for (const Field &field : fields)
    types.push_back(std::holds_alternative<int64_t>(field)
                        ? Type(b.getI64Type())
                        : getPointer());
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  auto global = LLVM::GlobalOp::create(
      b, type, isConstant, LLVM::Linkage::Internal, symbol, Attribute());
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&global.getInitializerRegion());
  Value value = LLVM::UndefOp::create(b, type);
  for (auto [i, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(b, value, createField(field), i);
  LLVM::ReturnOp::create(b, value);
  return symbol;
}

// The number, among those that the host code launches, of the only kernel in an
// object; -1 if it has all.
std::optional<int64_t> EntryEmitter::getKernelNumber(LLVM::LLVMFuncOp host,
                                                     gpu::ObjectAttr object) {
  gpu::KernelTableAttr table = object.getKernels();
  if (!table)
    return -1;
  auto kernels = host->getAttrOfType<ArrayAttr>(kernelsAttrName);
  for (auto [i, kernel] : llvm::enumerate(kernels.getAsRange<StringAttr>()))
    if (table.lookup(kernel))
      return i;
  return std::nullopt;
}

// The images, as consecutive gdr_image; their symbol and number.
FailureOr<std::pair<std::string, int64_t>>
EntryEmitter::addImages(LLVM::LLVMFuncOp host, const Twine &prefix) {
  auto kernelModule =
      host->getAttrOfType<FlatSymbolRefAttr>(kernelModuleAttrName);
  if (!kernelModule)
    return std::pair<std::string, int64_t>("", 0);
  auto binary = module.lookupSymbol<gpu::BinaryOp>(kernelModule.getValue());
  if (!binary)
    return host.emitOpError("expected its kernels in a gpu.binary; run "
                            "gdr-serialize-kernels before gdr-emit-entry");
  SmallVector<Field> fields;
  int64_t count = 0;
  for (auto object : binary.getObjects().getAsRange<gpu::ObjectAttr>()) {
    std::optional<int64_t> kernel = getKernelNumber(host, object);
    // Nobody launches it.
    if (!kernel)
      continue;
    auto target = dyn_cast<NVVM::NVVMTargetAttr>(object.getTarget());
    std::optional<Chip> chip =
        target ? getChip(target.getChip()) : std::nullopt;
    if (!chip)
      return binary.emitOpError("expected objects for supported NVVM targets");
    bool isPtx = object.getFormat() == gpu::CompilationTarget::Assembly;
    StringRef data = object.getObject().getValue();
    fields.push_back(int64_t{isPtx ? GDR_IMAGE_PTX : GDR_IMAGE_CUBIN});
    fields.push_back(chip->computeCapability);
    fields.push_back(int64_t{chip->isArchitectureSpecific});
    fields.push_back(addString(prefix + "image" + Twine(count), data));
    fields.push_back(static_cast<int64_t>(data.size()));
    fields.push_back(*kernel);
    ++count;
  }
  return std::pair(addStruct(prefix + "images", fields), count);
}

// Loads the parts of the arguments' descriptors, one for each parameter. All
// parts are 64 bits wide, in the order of the parameters.
SmallVector<Value> EntryEmitter::createHostOperands(Value arguments,
                                                    ArrayRef<Type> parameters) {
  SmallVector<Value> operands;
  for (auto [i, argument] : llvm::enumerate(entry.getArguments())) {
    Value place =
        LLVM::GEPOp::create(b, getPointer(), getPointer(), arguments,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    Value parts = LLVM::LoadOp::create(b, getPointer(), place);
    auto memref = dyn_cast<MemRefType>(argument.type);
    int64_t count = memref ? 3 + 2 * memref.getRank() : 1;
    for (int64_t part = 0; part < count; ++part) {
      Value address = LLVM::GEPOp::create(
          b, getPointer(), b.getI64Type(), parts,
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(part)});
      Type parameter = parameters[operands.size()];
      // Floats arrive as double, the only type of float slots.
      if (parameter.isF32()) {
        Value wide = LLVM::LoadOp::create(b, b.getF64Type(), address);
        operands.push_back(LLVM::FPTruncOp::create(b, parameter, wide));
      } else {
        operands.push_back(LLVM::LoadOp::create(b, parameter, address));
      }
    }
  }
  return operands;
}

// void name.call(gdr_call *call, void *const *arguments); returns its name.
std::string EntryEmitter::addHostThunk(LLVM::LLVMFuncOp host,
                                       const Twine &prefix) {
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(b.getContext()), {getPointer(), getPointer()});
  auto thunk = LLVM::LLVMFuncOp::create(b, getName(prefix + "call"), type,
                                        LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(thunk.addEntryBlock(b));
  SmallVector<Value> operands = createHostOperands(
      thunk.getArgument(1), host.getFunctionType().getParams().drop_front());
  operands.insert(operands.begin(), thunk.getArgument(0));
  LLVM::CallOp::create(b, host, operands);
  LLVM::ReturnOp::create(b, ValueRange());
  return thunk.getName().str();
}

// int64_t name.workspace(void *const *arguments); returns its name, or "" if
// the variant needs no workspace.
std::string EntryEmitter::addWorkspaceThunk(LLVM::LLVMFuncOp host,
                                            const Twine &prefix) {
  auto symbol = host->getAttrOfType<FlatSymbolRefAttr>(workspaceSizeAttrName);
  if (!symbol)
    return "";
  auto size = module.lookupSymbol<LLVM::LLVMFuncOp>(symbol.getValue());
  auto thunk = LLVM::LLVMFuncOp::create(
      b, getName(prefix + "workspace"),
      LLVM::LLVMFunctionType::get(b.getI64Type(), getPointer()),
      LLVM::Linkage::Internal);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(thunk.addEntryBlock(b));
  auto call = LLVM::CallOp::create(
      b, size,
      createHostOperands(thunk.getArgument(0),
                         size.getFunctionType().getParams()));
  LLVM::ReturnOp::create(b, call.getResult());
  return thunk.getName().str();
}

// result entryName(parameter) { return body(&function, parameter); }
void EntryEmitter::addEntryPoint(const Twine &entryName, Type result,
                                 StringRef body, Type parameter,
                                 StringRef function) {
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(body);
  if (!callee)
    callee = LLVM::LLVMFuncOp::create(
        b, body,
        LLVM::LLVMFunctionType::get(result, {getPointer(), parameter}));
  auto point = LLVM::LLVMFuncOp::create(
      b, entryName.str(), LLVM::LLVMFunctionType::get(result, {parameter}));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(point.addEntryBlock(b));
  Value address = LLVM::AddressOfOp::create(b, getPointer(), function);
  auto call = LLVM::CallOp::create(b, callee,
                                   ValueRange{address, point.getArgument(0)});
  LLVM::ReturnOp::create(b, call.getResult());
}

LogicalResult EntryEmitter::verifyNames() {
  for (StringRef suffix : {"", "_workspace_size", "_load", "_description"}) {
    std::string symbol = (name + suffix).str();
    bool isRuntime = symbol == "gdr_invoke" || symbol == "gdr_workspace_size" ||
                     symbol == "gdr_load";
    if (isRuntime || module.lookupSymbol(symbol))
      return hosts.front().emitOpError("expected no other symbol '")
             << symbol << "', which is an entry point of '" << name << "'";
  }
  return success();
}

LogicalResult EntryEmitter::verifyVariants() {
  Attribute first = hosts.front()->getAttr(entryAttrName);
  for (LLVM::LLVMFuncOp host : llvm::drop_begin(hosts))
    if (host->getAttr(entryAttrName) != first) {
      InFlightDiagnostic diagnostic =
          host.emitOpError("expected variants of '");
      diagnostic << name << "' to have the same entry";
      diagnostic.attachNote(hosts.front().getLoc()) << "the first variant";
      return diagnostic;
    }
  return success();
}

// Adds the gdr_function of a variant; returns its symbol.
FailureOr<std::string> EntryEmitter::addVariant(size_t number,
                                                ArrayRef<Field> argumentFields,
                                                const Field &state,
                                                const Field &next) {
  LLVM::LLVMFuncOp host = hosts[number];
  std::string prefix;
  if (number > 0)
    prefix = ("variant" + Twine(number) + ".").str();
  FailureOr<std::pair<std::string, int64_t>> images = addImages(host, prefix);
  if (failed(images))
    return failure();
  SmallVector<StringRef> kernelNames;
  if (auto kernels = host->getAttrOfType<ArrayAttr>(kernelsAttrName))
    for (auto kernel : kernels.getAsRange<StringAttr>())
      kernelNames.push_back(kernel.getValue());
  std::string call = addHostThunk(host, prefix);
  std::string workspace = addWorkspaceThunk(host, prefix);
  // The fields of gdr_function, in order.
  SmallVector<Field> fields(argumentFields);
  fields.append({static_cast<int64_t>(kernelNames.size()),
                 addNames(prefix + "kernel_names", kernelNames), images->second,
                 images->first, call, workspace, state, next});
  return addStruct(prefix + "function", fields);
}

LogicalResult EntryEmitter::emit() {
  if (failed(verifyVariants()) || failed(verifyNames()))
    return failure();
  SmallVector<EntryArgument> arguments = entry.getArguments();
  DimSymbols symbols(arguments);
  SmallVector<StringRef> argumentNames = llvm::map_to_vector(
      arguments, [](const EntryArgument &argument) { return argument.name; });
  Field fields[] = {int64_t{GDR_ABI_VERSION},
                    int64_t{entry.isOnDevice() ? kDLCUDA : kDLCPU},
                    addString("name", (name + Twine('\0')).str()),
                    static_cast<int64_t>(arguments.size()),
                    addArguments(symbols),
                    addNames("argument_names", argumentNames),
                    static_cast<int64_t>(symbols.getNames().size()),
                    addNames("symbol_names", symbols.getNames())};
  std::string state = addStruct("state", {std::string()}, /*isConstant=*/false);
  std::string function;
  // The last one first, so that each can point to the next.
  for (size_t number = hosts.size(); number-- > 0;) {
    FailureOr<std::string> variant =
        addVariant(number, fields, state, /*next=*/function);
    if (failed(variant))
      return failure();
    function = *variant;
  }
  addDescription();
  addEntryPoint(name, b.getI32Type(), "gdr_invoke", getPointer(), function);
  addEntryPoint(name + "_workspace_size", b.getI64Type(), "gdr_workspace_size",
                getPointer(), function);
  addEntryPoint(name + "_load", b.getI32Type(), "gdr_load", b.getI32Type(),
                function);
  for (LLVM::LLVMFuncOp host : hosts)
    for (StringRef attribute :
         {StringRef(entryAttrName), StringRef(kernelsAttrName),
          StringRef(kernelModuleAttrName), StringRef(workspaceSizeAttrName)})
      host->removeAttr(attribute);
  return success();
}

namespace {

struct EmitEntry : gdr::impl::EmitEntryBase<EmitEntry> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto &[name, variants] : getHostCode(module)) {
      auto hosts = llvm::map_to_vector<1>(variants, [](Operation *variant) {
        return cast<LLVM::LLVMFuncOp>(variant);
      });
      std::optional<Entry> entry = Entry::get(hosts.front());
      if (failed(EntryEmitter(module, hosts, *entry).emit()))
        return signalPassFailure();
    }
    // Their images are in the entries' constants now.
    for (auto binary :
         llvm::make_early_inc_range(module.getOps<gpu::BinaryOp>()))
      binary.erase();
  }
};

} // namespace
