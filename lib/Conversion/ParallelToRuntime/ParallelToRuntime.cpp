//===- ParallelToRuntime.cpp - scf.parallel to gdr_parallel_for -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Outlines each outermost `scf.parallel` of a `func.func` into a function of
// its own and calls `gdr_parallel_for` of the runtime with it. Runs while
// memrefs are still memrefs: values enter and leave the context struct as the
// types that LLVMTypeConverter gives them, through casts that cancel out when
// the rest of the module is converted to the LLVM dialect.
//
//===----------------------------------------------------------------------===//

#include "gdr/Conversion/Passes.h"

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::gdr {
#define GEN_PASS_DEF_PARALLELTORUNTIME
#include "gdr/Conversion/Passes.h.inc"
} // namespace mlir::gdr

using namespace mlir;

static constexpr StringLiteral parallelForName = "gdr_parallel_for";

namespace {

/// Outlines the loops of one function.
class LoopOutliner {
public:
  LoopOutliner(func::FuncOp function, func::FuncOp runtime,
               SymbolTable &symbols, const LLVMTypeConverter &types)
      : function(function), runtime(runtime), symbols(symbols), types(types) {}

  LogicalResult outline(scf::ParallelOp loop);

private:
  LogicalResult collectCaptures(scf::ParallelOp loop,
                                ArrayRef<Value> iterations);
  SmallVector<Value> createIterations(ImplicitLocOpBuilder &b,
                                      scf::ParallelOp loop);
  Value createContext(ImplicitLocOpBuilder &b);
  func::FuncOp createBody(scf::ParallelOp loop, ArrayRef<Value> iterations);
  void createIndices(ImplicitLocOpBuilder &b, scf::ParallelOp loop,
                     ArrayRef<Value> iterations, Value linear,
                     IRMapping &mapping);
  Value createFieldPointer(ImplicitLocOpBuilder &b, Value context,
                           int32_t field);

  func::FuncOp function;
  func::FuncOp runtime;
  SymbolTable &symbols;
  const LLVMTypeConverter &types;

  /// What the body of the current loop uses from outside: values that go
  /// through the context, whose type is `contextType`, and constants.
  SmallVector<Value> captures;
  SmallVector<Operation *> constants;
  LLVM::LLVMStructType contextType;
};

} // namespace

// Passes `value` between the level of the loop and that of the context.
static Value createCast(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
}

LogicalResult LoopOutliner::collectCaptures(scf::ParallelOp loop,
                                            ArrayRef<Value> iterations) {
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(loop->getRegions(), used);
  used.insert_range(loop.getLowerBound());
  used.insert_range(loop.getStep());
  // the outermost dimension is what the others leave of the linear number
  used.insert_range(iterations.drop_front());

  captures.clear();
  constants.clear();
  SmallVector<Type> fields;
  for (Value value : used) {
    if (matchPattern(value, m_Constant())) {
      constants.push_back(value.getDefiningOp());
      continue;
    }
    Type field = types.convertType(value.getType());
    if (!field) {
      InFlightDiagnostic diagnostic = loop.emitOpError()
                                      << "expected captured values of types "
                                         "that LLVM has, got "
                                      << value.getType();
      diagnostic.attachNote(value.getLoc()) << "captured value";
      return diagnostic;
    }
    captures.push_back(value);
    fields.push_back(field);
  }
  contextType = LLVM::LLVMStructType::getLiteral(loop.getContext(), fields);
  return success();
}

// The number of iterations of each dimension, of type index.
SmallVector<Value> LoopOutliner::createIterations(ImplicitLocOpBuilder &b,
                                                  scf::ParallelOp loop) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  SmallVector<Value> iterations;
  for (auto [lower, upper, step] : llvm::zip_equal(
           loop.getLowerBound(), loop.getUpperBound(), loop.getStep())) {
    // ceil(max(upper - lower, 0) / step)
    Value distance = b.createOrFold<arith::SubIOp>(upper, lower);
    Value bounded = b.createOrFold<arith::MaxSIOp>(distance, zero);
    iterations.push_back(b.createOrFold<arith::CeilDivSIOp>(bounded, step));
  }
  return iterations;
}

Value LoopOutliner::createFieldPointer(ImplicitLocOpBuilder &b, Value context,
                                       int32_t field) {
  return LLVM::GEPOp::create(b, context.getType(), contextType, context,
                             ArrayRef<LLVM::GEPArg>{0, field});
}

// A struct of the captures on the stack of the function, or a null pointer.
Value LoopOutliner::createContext(ImplicitLocOpBuilder &b) {
  auto pointerType = LLVM::LLVMPointerType::get(b.getContext());
  if (captures.empty())
    return LLVM::ZeroOp::create(b, pointerType);
  Value context;
  {
    // in the entry block, so that it is allocated once
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&function.getBody().front());
    Value one = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(1));
    context = LLVM::AllocaOp::create(b, pointerType, contextType, one);
  }
  for (auto [field, value] : llvm::enumerate(captures))
    LLVM::StoreOp::create(
        b, createCast(b, value, contextType.getBody()[field]),
        createFieldPointer(b, context, static_cast<int32_t>(field)));
  return context;
}

// Maps the induction variables to those of iteration `linear`.
void LoopOutliner::createIndices(ImplicitLocOpBuilder &b, scf::ParallelOp loop,
                                 ArrayRef<Value> iterations, Value linear,
                                 IRMapping &mapping) {
  for (size_t dim = iterations.size(); dim-- > 0;) {
    // the last dimension runs fastest
    Value position = linear;
    if (dim > 0) {
      Value count = mapping.lookup(iterations[dim]);
      position = arith::RemUIOp::create(b, linear, count);
      linear = arith::DivUIOp::create(b, linear, count);
    }
    // index = lower + position * step
    Value lower = mapping.lookup(loop.getLowerBound()[dim]);
    Value step = mapping.lookup(loop.getStep()[dim]);
    Value offset = b.createOrFold<arith::MulIOp>(position, step);
    mapping.map(loop.getInductionVars()[dim],
                b.createOrFold<arith::AddIOp>(lower, offset));
  }
}

func::FuncOp LoopOutliner::createBody(scf::ParallelOp loop,
                                      ArrayRef<Value> iterations) {
  ImplicitLocOpBuilder b(loop.getLoc(), loop.getContext());
  auto pointerType = LLVM::LLVMPointerType::get(b.getContext());
  auto body = func::FuncOp::create(
      b, (function.getName() + "_parallel").str(),
      b.getFunctionType({pointerType, b.getI64Type()}, TypeRange()));
  body.setPrivate();
  // no symbol of it in an object file
  body->setAttr("llvm.linkage", LLVM::LinkageAttr::get(
                                    b.getContext(), LLVM::Linkage::Internal));
  symbols.insert(body, std::next(Block::iterator(function)));
  b.setInsertionPointToStart(body.addEntryBlock());

  IRMapping mapping;
  for (Operation *constant : constants)
    b.clone(*constant, mapping);
  for (auto [field, value] : llvm::enumerate(captures)) {
    Value pointer =
        createFieldPointer(b, body.getArgument(0), static_cast<int32_t>(field));
    Value loaded =
        LLVM::LoadOp::create(b, contextType.getBody()[field], pointer);
    mapping.map(value, createCast(b, loaded, value.getType()));
  }
  Value linear =
      arith::IndexCastOp::create(b, b.getIndexType(), body.getArgument(1));
  createIndices(b, loop, iterations, linear, mapping);
  for (Operation &op : loop.getBody()->without_terminator())
    b.clone(op, mapping);
  func::ReturnOp::create(b);
  return body;
}

LogicalResult LoopOutliner::outline(scf::ParallelOp loop) {
  if (!loop.getResults().empty())
    return loop.emitOpError() << "expected a parallel loop without results, "
                                 "got a reduction";
  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  SmallVector<Value> iterations = createIterations(b, loop);
  if (failed(collectCaptures(loop, iterations)))
    return failure();
  func::FuncOp body = createBody(loop, iterations);

  Value count = iterations.front();
  for (Value factor : ArrayRef(iterations).drop_front())
    count = b.createOrFold<arith::MulIOp>(count, factor);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value hasIterations =
      b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ne, count, zero);
  auto ifOp = scf::IfOp::create(b, hasIterations, /*withElseRegion=*/false);
  b.setInsertionPointToStart(ifOp.thenBlock());
  Value context = createContext(b);
  Value bodyReference =
      func::ConstantOp::create(b, body.getFunctionType(), body.getSymName());
  auto pointerType = LLVM::LLVMPointerType::get(b.getContext());
  Value integer = arith::IndexCastOp::create(b, b.getI64Type(), count);
  func::CallOp::create(
      b, runtime,
      ValueRange{createCast(b, bodyReference, pointerType), context, integer});
  loop.erase();
  return success();
}

namespace {
struct ParallelToRuntime : gdr::impl::ParallelToRuntimeBase<ParallelToRuntime> {
  void runOnOperation() override;
};
} // namespace

// The outermost parallel loops of a function.
static SmallVector<scf::ParallelOp> getOutermostLoops(func::FuncOp function) {
  SmallVector<scf::ParallelOp> loops;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto loop = dyn_cast<scf::ParallelOp>(op);
    if (!loop)
      return WalkResult::advance();
    loops.push_back(loop);
    return WalkResult::skip();
  });
  return loops;
}

// Declares gdr_parallel_for(body, context, n).
static FailureOr<func::FuncOp> getOrCreateRuntime(ModuleOp module,
                                                  SymbolTable &symbols) {
  ImplicitLocOpBuilder b(module.getLoc(), module.getContext());
  auto pointerType = LLVM::LLVMPointerType::get(b.getContext());
  FunctionType type = b.getFunctionType(
      {pointerType, pointerType, b.getI64Type()}, TypeRange());
  if (Operation *existing = symbols.lookup(parallelForName)) {
    auto function = dyn_cast<func::FuncOp>(existing);
    if (function && function.getFunctionType() == type)
      return function;
    return existing->emitOpError() << "expected " << parallelForName
                                   << " to be a func.func of type " << type;
  }
  auto function = func::FuncOp::create(b, parallelForName, type);
  function.setPrivate();
  symbols.insert(function, module.getBody()->begin());
  return function;
}

void ParallelToRuntime::runOnOperation() {
  SymbolTable symbols(getOperation());
  LLVMTypeConverter types(&getContext());
  for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
    SmallVector<scf::ParallelOp> loops = getOutermostLoops(function);
    if (loops.empty())
      continue;
    FailureOr<func::FuncOp> runtime =
        getOrCreateRuntime(getOperation(), symbols);
    if (failed(runtime))
      return signalPassFailure();
    LoopOutliner outliner(function, *runtime, symbols, types);
    for (scf::ParallelOp loop : loops)
      if (failed(outliner.outline(loop)))
        return signalPassFailure();
  }
}
