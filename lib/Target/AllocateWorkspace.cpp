//===- AllocateWorkspace.cpp - allocations in the caller's workspace ------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns `memref.alloc` in host code of entry points on the device into views of
// the workspace, and writes the function that computes its size. Both compute
// the offsets with the same code, at their beginning: what an allocation's size
// depends on is copied there.
//
//===----------------------------------------------------------------------===//

#include "gdr/Target/Passes.h"

#include "HostCode.h"
#include "gdr/Target/Entry.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_ALLOCATEWORKSPACE
#include "gdr/Target/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;
using namespace mlir::gdr;

/// Of the workspace (include/gdr-c/Runtime.h) and of each part, in bytes.
static constexpr int64_t partAlignment = 256;

static LogicalResult verifyAllocation(memref::AllocOp op) {
  MemRefType type = op.getType();
  if (!type.getLayout().isIdentity())
    return op.emitOpError("expected a contiguous memref in the workspace, got ")
           << type;
  if (Attribute space = type.getMemorySpace())
    return op.emitOpError("expected a memref in the default memory space, got ")
           << space;
  Type element = type.getElementType();
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8 != 0)
    return op.emitOpError("expected elements of whole bytes, got ") << element;
  if (op.getAlignment().value_or(1) > partAlignment)
    return op.emitOpError("expected an alignment of at most ")
           << partAlignment << " bytes, that of the workspace, got "
           << *op.getAlignment();
  return success();
}

namespace {

/// Computes where each allocation is, at the builder's insertion point.
class LayoutBuilder {
public:
  /// `mapping` has the values for the host code's arguments.
  LayoutBuilder(ImplicitLocOpBuilder &b, const IRMapping &mapping)
      : b(b), mapping(mapping) {}

  /// Returns the end of what the region allocates from `begin` on, in bytes.
  FailureOr<Value> createLayout(Region &region, Value begin);

  Value getOffset(memref::AllocOp op) const { return offsets.lookup(op); }

private:
  FailureOr<Value> createLayout(Operation *op, Value begin);
  FailureOr<Value> createBytes(memref::AllocOp op);
  LogicalResult copy(memref::AllocOp op, Value size);

  ImplicitLocOpBuilder &b;
  IRMapping mapping;
  llvm::DenseMap<Operation *, Value> offsets;
};

} // namespace

static Value createIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

FailureOr<Value> LayoutBuilder::createLayout(Region &region, Value begin) {
  FailureOr<Value> end = begin;
  for (Operation &op : region.getOps())
    if (failed(end = createLayout(&op, *end)))
      return failure();
  return end;
}

FailureOr<Value> LayoutBuilder::createLayout(Operation *op, Value begin) {
  if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
    FailureOr<Value> bytes = createBytes(alloc);
    if (failed(bytes))
      return failure();
    offsets[alloc] = begin;
    return Value(arith::AddIOp::create(b, begin, *bytes));
  }
  // Only one side of a branch runs.
  bool areExclusive = isa<scf::IfOp, scf::IndexSwitchOp>(op);
  Value end = begin;
  for (Region &region : op->getRegions()) {
    FailureOr<Value> regionEnd =
        createLayout(region, areExclusive ? begin : end);
    if (failed(regionEnd))
      return failure();
    if (!areExclusive || end == begin)
      end = *regionEnd;
    else if (*regionEnd != begin)
      end = arith::MaxSIOp::create(b, end, *regionEnd);
  }
  return end;
}

// The bytes of an allocation, as a multiple of the alignment of parts.
FailureOr<Value> LayoutBuilder::createBytes(memref::AllocOp op) {
  if (failed(verifyAllocation(op)))
    return failure();
  MemRefType type = op.getType();
  int64_t fixed = type.getElementTypeBitWidth() / 8;
  for (int64_t size : type.getShape())
    fixed *= ShapedType::isDynamic(size) ? 1 : size;
  Value bytes = createIndex(b, fixed);
  Value zero = createIndex(b, 0);
  for (Value size : op.getDynamicSizes()) {
    if (failed(copy(op, size)))
      return failure();
    Value positive = arith::MaxSIOp::create(b, mapping.lookup(size), zero);
    bytes = arith::MulIOp::create(b, bytes, positive);
  }
  bytes = arith::AddIOp::create(b, bytes, createIndex(b, partAlignment - 1));
  return Value(arith::AndIOp::create(b, bytes, createIndex(b, -partAlignment)));
}

// Copies to the insertion point what computes a size of `op`.
LogicalResult LayoutBuilder::copy(memref::AllocOp op, Value size) {
  if (mapping.contains(size))
    return success();
  Operation *definition = size.getDefiningOp();
  if (!definition || !isPure(definition)) {
    InFlightDiagnostic diagnostic = op.emitOpError(
        "expected sizes in the workspace that follow from the function's "
        "arguments alone");
    diagnostic.attachNote(size.getLoc()) << "a size depends on this value";
    return diagnostic;
  }
  llvm::SetVector<Value> operands(llvm::from_range, definition->getOperands());
  getUsedValuesDefinedAbove(definition->getRegions(), operands);
  for (Value operand : operands)
    if (failed(copy(op, operand)))
      return failure();
  b.clone(*definition, mapping);
  return success();
}

// A memref<?xi8> of the workspace; the type converter of memrefs to the LLVM
// dialect takes the cast away.
static Value createWorkspace(ImplicitLocOpBuilder &b, Value call, Value bytes) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Type i64 = b.getI64Type();
  auto array = LLVM::LLVMArrayType::get(i64, 1);
  auto type = LLVM::LLVMStructType::getLiteral(
      b.getContext(), {pointer, pointer, i64, array, array});
  Value base =
      createRuntimeCall(b, "gdr_call_workspace", pointer, call).getResult();
  Value size = arith::IndexCastOp::create(b, i64, bytes);
  Value descriptor = LLVM::PoisonOp::create(b, type);
  auto insert = [&](Value part, ArrayRef<int64_t> place) {
    descriptor = LLVM::InsertValueOp::create(b, descriptor, part, place);
  };
  insert(base, 0);
  insert(base, 1);
  insert(createI64(b, 0), 2);
  insert(size, {3, 0});
  insert(createI64(b, 1), {4, 0});
  auto memref = MemRefType::get({ShapedType::kDynamic}, b.getI8Type());
  return UnrealizedConversionCastOp::create(b, memref, descriptor).getResult(0);
}

// Adds @name.workspace_size, which takes the entry point's arguments.
static LogicalResult createSizeFunction(func::FuncOp hostCode,
                                        const Entry &entry) {
  ImplicitLocOpBuilder b(hostCode.getLoc(), hostCode.getContext());
  auto type = b.getFunctionType(hostCode.getArgumentTypes().drop_front(),
                                b.getI64Type());
  auto function = func::FuncOp::create(
      b.getLoc(), (entry.getName() + ".workspace_size").str(), type);
  function.setPrivate();
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(b.getContext(), LLVM::Linkage::Internal));
  SymbolTable symbols(hostCode->getParentOp());
  hostCode->setAttr(workspaceSizeAttrName,
                    FlatSymbolRefAttr::get(
                        symbols.insert(function, ++hostCode->getIterator())));

  Block *block = function.addEntryBlock();
  b.setInsertionPointToStart(block);
  IRMapping mapping;
  mapping.map(hostCode.getArguments().drop_front(), block->getArguments());
  FailureOr<Value> bytes =
      LayoutBuilder(b, mapping)
          .createLayout(hostCode.getBody(), createIndex(b, 0));
  if (failed(bytes))
    return failure();
  func::ReturnOp::create(
      b, arith::IndexCastOp::create(b, b.getI64Type(), *bytes).getResult());
  return success();
}

static LogicalResult replaceAllocations(func::FuncOp hostCode,
                                        ArrayRef<memref::AllocOp> allocs) {
  Block &block = hostCode.getBody().front();
  ImplicitLocOpBuilder b(hostCode.getLoc(), OpBuilder::atBlockBegin(&block));
  IRMapping mapping;
  for (BlockArgument argument : hostCode.getArguments())
    mapping.map(argument, argument);
  LayoutBuilder layout(b, mapping);
  FailureOr<Value> bytes =
      layout.createLayout(hostCode.getBody(), createIndex(b, 0));
  if (failed(bytes))
    return failure();
  Value workspace = createWorkspace(b, getCallObject(hostCode), *bytes);
  for (memref::AllocOp op : allocs) {
    for (Operation *user : llvm::make_early_inc_range(op->getUsers()))
      if (isa<memref::DeallocOp>(user))
        user->erase();
    b.setInsertionPoint(op);
    b.setLoc(op.getLoc());
    op.replaceAllUsesWith(memref::ViewOp::create(b, op.getType(), workspace,
                                                 layout.getOffset(op),
                                                 op.getDynamicSizes())
                              .getResult());
    op.erase();
  }
  return success();
}

namespace {

struct AllocateWorkspace : gdr::impl::AllocateWorkspaceBase<AllocateWorkspace> {
  void runOnOperation() override {
    for (auto func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      std::optional<Entry> entry = Entry::get(func);
      if (!entry || !entry->isOnDevice())
        continue;
      SmallVector<memref::AllocOp> allocs;
      func.walk([&](memref::AllocOp op) { allocs.push_back(op); });
      if (allocs.empty())
        continue;
      if (failed(createSizeFunction(func, *entry)) ||
          failed(replaceAllocations(func, allocs)))
        return signalPassFailure();
    }
  }
};

} // namespace
