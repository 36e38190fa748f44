//===- ElementwiseTest.cpp - arithmetic as arith folds it -----------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir;
using namespace mlir::gdr::interpreter;

namespace {

class ElementwiseTest : public testing::Test {
protected:
  ElementwiseTest() : b(&context) {
    context.loadDialect<arith::ArithDialect>();
    module = ModuleOp::create(b.getUnknownLoc());
    b.setInsertionPointToStart(module->getBody());
  }

  /// Evaluates an op on two numbers and compares with what it folds to, unless
  /// it does not fold.
  void verify(StringRef name, TypedAttr x, TypedAttr y, Type result,
              ArrayRef<NamedAttribute> attributes = {}) {
    OperationState state(b.getUnknownLoc(), name);
    state.addOperands({arith::ConstantOp::create(b, b.getUnknownLoc(), x),
                       arith::ConstantOp::create(b, b.getUnknownLoc(), y)});
    state.addTypes(result);
    state.addAttributes(attributes);
    Operation *op = b.create(state);
    SmallVector<OpFoldResult> folded;
    Attribute expected;
    if (succeeded(op->fold({x, y}, folded)) && !folded.empty())
      expected = dyn_cast<Attribute>(folded.front());
    FailureOr<TilePtr> tile = evaluate(op, {getNumber(x), getNumber(y)},
                                       [&] { return op->emitError(); });
    ASSERT_TRUE(succeeded(tile) && *tile) << name.str();
    if (auto integer = dyn_cast_if_present<IntegerAttr>(expected)) {
      int64_t value = integer.getType().isInteger(1)
                          ? integer.getValue().getZExtValue()
                          : integer.getValue().getSExtValue();
      EXPECT_EQ((*tile)->integers[0], value) << getText(name, x, y);
    } else if (auto number = dyn_cast_if_present<FloatAttr>(expected)) {
      auto value = static_cast<float>(number.getValueAsDouble());
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan((*tile)->floats[0])) << getText(name, x, y);
      else
        EXPECT_EQ((*tile)->floats[0], value) << getText(name, x, y);
    }
    op->erase();
  }

  MLIRContext context;
  OpBuilder b;
  OwningOpRef<ModuleOp> module;

private:
  static TilePtr getNumber(TypedAttr attribute) {
    Element element = *getElement(attribute.getType());
    if (auto number = dyn_cast<FloatAttr>(attribute))
      return createFloat(element,
                         static_cast<float>(number.getValueAsDouble()));
    return createInteger(
        element, cast<IntegerAttr>(attribute).getValue().getSExtValue());
  }

  static std::string getText(StringRef name, Attribute x, Attribute y) {
    std::string text;
    llvm::raw_string_ostream(text) << name << " of " << x << " and " << y;
    return text;
  }
};

} // namespace

TEST_F(ElementwiseTest, Integers) {
  for (Type type : {Type(b.getI32Type()), Type(b.getI64Type()),
                    Type(b.getIndexType()), Type(b.getI8Type())})
    for (int64_t x : {0, 1, 2, 7, 31, 100, -1, -2, -7, -128})
      for (int64_t y : {1, 2, 3, 5, 100, -1, -3, -128})
        for (StringRef op :
             {"addi", "subi", "muli", "divui", "divsi", "remui", "remsi",
              "ceildivui", "ceildivsi", "floordivsi", "andi", "ori", "xori",
              "minsi", "minui", "maxsi", "maxui"})
          verify(("arith." + op).str(), b.getIntegerAttr(type, x),
                 b.getIntegerAttr(type, y), type);
}

TEST_F(ElementwiseTest, Shifts) {
  for (int64_t x : {0, 1, 100, -1, -100})
    for (int64_t y : {0, 1, 5, 31})
      for (StringRef op : {"shli", "shrui", "shrsi"})
        verify(("arith." + op).str(), b.getI32IntegerAttr(x),
               b.getI32IntegerAttr(y), b.getI32Type());
}

TEST_F(ElementwiseTest, Comparisons) {
  for (int64_t predicate = 0; predicate <= 9; ++predicate)
    for (int64_t x : {0, 1, 7, -1, -7})
      for (int64_t y : {0, 1, 7, -1, -7})
        verify("arith.cmpi", b.getI32IntegerAttr(x), b.getI32IntegerAttr(y),
               b.getI1Type(),
               b.getNamedAttr("predicate", b.getI64IntegerAttr(predicate)));
  for (int64_t predicate = 0; predicate <= 15; ++predicate)
    for (float x : {0.0f, -0.0f, 1.5f, -INFINITY, NAN})
      for (float y : {0.0f, 1.5f, INFINITY, NAN})
        verify("arith.cmpf", b.getF32FloatAttr(x), b.getF32FloatAttr(y),
               b.getI1Type(),
               b.getNamedAttr("predicate", b.getI64IntegerAttr(predicate)));
}

TEST_F(ElementwiseTest, Floats) {
  for (Type type :
       {Type(b.getF32Type()), Type(b.getBF16Type()), Type(b.getF16Type())})
    for (double x : {0.0, 1.0, 1.0 / 3, -2.7182817, 65504.0, 1e-7, 1e30, -1e30,
                     double(INFINITY), double(NAN)})
      for (double y : {1.0, -1.0 / 3, 3.1415927, 1e-7, 1e30, 1e-30,
                       double(-INFINITY), double(NAN)})
        for (StringRef op : {"addf", "subf", "mulf", "divf", "maximumf",
                             "minimumf", "maxnumf", "minnumf"})
          verify(("arith." + op).str(), b.getFloatAttr(type, x),
                 b.getFloatAttr(type, y), type);
}
