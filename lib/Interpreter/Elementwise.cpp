//===- Elementwise.cpp - arith and math on tiles --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic is done in f32 and rounded to the element type once, which is what
// an instruction of a 16-bit type does: 24 bits are enough for the sum, product
// or quotient of two 11-bit numbers to round as if it were exact.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mlir;
using namespace mlir::gdr::interpreter;

bool mlir::gdr::interpreter::isOnNumbers(Operation *op) {
  auto isNumber = [](Type type) {
    return type.isIntOrIndexOrFloat() || isa<RankedTensorType>(type);
  };
  return op->getNumResults() == 1 &&
         isa_and_present<arith::ArithDialect, math::MathDialect,
                         tensor::TensorDialect>(op->getDialect()) &&
         llvm::all_of(op->getOperandTypes(), isNumber) &&
         isNumber(op->getResult(0).getType());
}

using UnaryFloat = float (*)(float);
using BinaryFloat = float (*)(float, float);
/// Integers are sign-extended; unsigned ops look at their low `bits` only.
using BinaryInteger = int64_t (*)(int64_t, int64_t, unsigned bits);

//===----------------------------------------------------------------------===//
// Functions of one element
//===----------------------------------------------------------------------===//

static uint64_t getUnsigned(int64_t value, unsigned bits) {
  return static_cast<uint64_t>(value) & llvm::maskTrailingOnes<uint64_t>(bits);
}

static UnaryFloat getUnaryFloat(Operation *op) {
  using Case = UnaryFloat;
  return TypeSwitch<Operation *, UnaryFloat>(op)
      .Case([](arith::NegFOp) -> Case { return [](float x) { return -x; }; })
      .Case([](math::AbsFOp) -> Case { return std::fabs; })
      .Case([](math::ExpOp) -> Case { return std::exp; })
      .Case([](math::Exp2Op) -> Case { return std::exp2; })
      .Case([](math::LogOp) -> Case { return std::log; })
      .Case([](math::Log2Op) -> Case { return std::log2; })
      .Case([](math::Log1pOp) -> Case { return std::log1p; })
      .Case([](math::SqrtOp) -> Case { return std::sqrt; })
      .Case([](math::TanhOp) -> Case { return std::tanh; })
      .Case([](math::RsqrtOp) -> Case {
        return [](float x) { return 1 / std::sqrt(x); };
      })
      .Default(UnaryFloat());
}

static BinaryFloat getBinaryFloat(Operation *op) {
  using Case = BinaryFloat;
  return TypeSwitch<Operation *, BinaryFloat>(op)
      .Case([](arith::AddFOp) -> Case {
        return [](float x, float y) { return x + y; };
      })
      .Case([](arith::SubFOp) -> Case {
        return [](float x, float y) { return x - y; };
      })
      .Case([](arith::MulFOp) -> Case {
        return [](float x, float y) { return x * y; };
      })
      .Case([](arith::DivFOp) -> Case {
        return [](float x, float y) { return x / y; };
      })
      .Case([](arith::MaximumFOp) -> Case {
        return [](float x, float y) {
          return std::isnan(x) || std::isnan(y) ? NAN : std::fmax(x, y);
        };
      })
      .Case([](arith::MinimumFOp) -> Case {
        return [](float x, float y) {
          return std::isnan(x) || std::isnan(y) ? NAN : std::fmin(x, y);
        };
      })
      .Case([](arith::MaxNumFOp) -> Case { return std::fmax; })
      .Case([](arith::MinNumFOp) -> Case { return std::fmin; })
      .Default(BinaryFloat());
}

static bool isDivision(Operation *op) {
  return isa<arith::DivUIOp, arith::DivSIOp, arith::RemUIOp, arith::RemSIOp,
             arith::CeilDivUIOp, arith::CeilDivSIOp, arith::FloorDivSIOp>(op);
}

// Divisors are not zero.
static BinaryInteger getDivision(Operation *op) {
  using Case = BinaryInteger;
  return TypeSwitch<Operation *, BinaryInteger>(op)
      .Case([](arith::DivUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          return getUnsigned(x, bits) / getUnsigned(y, bits);
        };
      })
      .Case([](arith::RemUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          return getUnsigned(x, bits) % getUnsigned(y, bits);
        };
      })
      .Case([](arith::CeilDivUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          uint64_t a = getUnsigned(x, bits), b = getUnsigned(y, bits);
          return a / b + (a % b != 0);
        };
      })
      // By -1 as a negation, which wraps where the division would trap.
      .Case([](arith::DivSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          return y == -1 ? -static_cast<uint64_t>(x) : x / y;
        };
      })
      .Case([](arith::RemSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          return y == -1 ? 0 : x % y;
        };
      })
      .Case([](arith::CeilDivSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          if (y == -1)
            return -static_cast<uint64_t>(x);
          return x / y + (x % y != 0 && (x < 0) == (y < 0));
        };
      })
      .Case([](arith::FloorDivSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          if (y == -1)
            return -static_cast<uint64_t>(x);
          return x / y - (x % y != 0 && (x < 0) != (y < 0));
        };
      })
      .Default(BinaryInteger());
}

static BinaryInteger getBinaryInteger(Operation *op) {
  using Case = BinaryInteger;
  if (isDivision(op))
    return getDivision(op);
  // Sums and products as unsigned numbers, which wrap.
  return TypeSwitch<Operation *, BinaryInteger>(op)
      .Case([](arith::AddIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          return static_cast<uint64_t>(x) + static_cast<uint64_t>(y);
        };
      })
      .Case([](arith::SubIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          return static_cast<uint64_t>(x) - static_cast<uint64_t>(y);
        };
      })
      .Case([](arith::MulIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) -> int64_t {
          return static_cast<uint64_t>(x) * static_cast<uint64_t>(y);
        };
      })
      .Case([](arith::AndIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) { return x & y; };
      })
      .Case([](arith::OrIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) { return x | y; };
      })
      .Case([](arith::XOrIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) { return x ^ y; };
      })
      // Shifts by the width or more have no defined result; zero is one.
      .Case([](arith::ShLIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          uint64_t by = getUnsigned(y, bits);
          return by < bits ? static_cast<uint64_t>(x) << by : 0;
        };
      })
      .Case([](arith::ShRUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          uint64_t by = getUnsigned(y, bits);
          return by < bits ? getUnsigned(x, bits) >> by : 0;
        };
      })
      .Case([](arith::ShRSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) -> int64_t {
          uint64_t by = getUnsigned(y, bits);
          return by < bits ? x >> by : 0;
        };
      })
      .Case([](arith::MinSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) { return std::min(x, y); };
      })
      .Case([](arith::MaxSIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned) { return std::max(x, y); };
      })
      .Case([](arith::MinUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) {
          return getUnsigned(x, bits) < getUnsigned(y, bits) ? x : y;
        };
      })
      .Case([](arith::MaxUIOp) -> Case {
        return [](int64_t x, int64_t y, unsigned bits) {
          return getUnsigned(x, bits) > getUnsigned(y, bits) ? x : y;
        };
      })
      .Default(BinaryInteger());
}

static bool compare(arith::CmpIPredicate predicate, int64_t x, int64_t y,
                    unsigned bits) {
  uint64_t a = getUnsigned(x, bits), b = getUnsigned(y, bits);
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return x == y;
  case arith::CmpIPredicate::ne:
    return x != y;
  case arith::CmpIPredicate::slt:
    return x < y;
  case arith::CmpIPredicate::sle:
    return x <= y;
  case arith::CmpIPredicate::sgt:
    return x > y;
  case arith::CmpIPredicate::sge:
    return x >= y;
  case arith::CmpIPredicate::ult:
    return a < b;
  case arith::CmpIPredicate::ule:
    return a <= b;
  case arith::CmpIPredicate::ugt:
    return a > b;
  case arith::CmpIPredicate::uge:
    return a >= b;
  }
  llvm_unreachable("unknown predicate");
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static bool isConversion(Operation *op) {
  return isa<arith::TruncFOp, arith::ExtFOp, arith::SIToFPOp, arith::UIToFPOp,
             arith::FPToSIOp, arith::FPToUIOp, arith::IndexCastOp,
             arith::IndexCastUIOp, arith::ExtSIOp, arith::ExtUIOp,
             arith::TruncIOp, arith::BitcastOp>(op);
}

static int64_t toInteger(float x, bool isUnsigned) {
  // Out of range has no defined result.
  double wide = std::isnan(x) ? 0 : std::trunc(x);
  if (isUnsigned)
    return static_cast<int64_t>(
        static_cast<uint64_t>(std::clamp(wide, 0.0, 0x1p63)));
  return static_cast<int64_t>(std::clamp(wide, -0x1p63, 0x1.fffffffffffffp62));
}

static void convert(Operation *op, const Tile &from, Tile &to) {
  unsigned bits = getBitWidth(from.element);
  bool isUnsigned =
      isa<arith::UIToFPOp, arith::ExtUIOp, arith::IndexCastUIOp>(op);
  for (int64_t i = 0, e = to.size(); i < e; ++i) {
    if (isa<arith::BitcastOp>(op)) {
      char bytes[sizeof(int64_t)];
      from.write(i, bytes);
      to.read(i, bytes);
    } else if (isFloat(from.element)) {
      if (isFloat(to.element))
        to.floats[i] = roundTo(to.element, from.floats[i]);
      else
        to.integers[i] = wrapTo(
            to.element, toInteger(from.floats[i], isa<arith::FPToUIOp>(op)));
    } else {
      int64_t value = from.integers[i];
      uint64_t asUnsigned = getUnsigned(value, bits);
      // An i1 that is true is -1 as a signed number.
      if (from.element == Element::I1 && !isUnsigned)
        value = -value;
      if (!isFloat(to.element))
        to.integers[i] = wrapTo(
            to.element, isUnsigned ? static_cast<int64_t>(asUnsigned) : value);
      else
        to.floats[i] =
            roundTo(to.element, isUnsigned ? static_cast<float>(asUnsigned)
                                           : static_cast<float>(value));
    }
  }
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

static bool fillConstant(arith::ConstantOp op, Tile &result) {
  auto set = [&](int64_t i, Attribute value) {
    if (auto integer = dyn_cast<IntegerAttr>(value))
      result.integers[i] =
          wrapTo(result.element, integer.getValue().getSExtValue());
    else
      result.floats[i] = roundTo(
          result.element,
          static_cast<float>(cast<FloatAttr>(value).getValueAsDouble()));
  };
  if (isa<IntegerAttr, FloatAttr>(op.getValue())) {
    set(0, op.getValue());
    return true;
  }
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!elements)
    return false;
  for (auto [i, value] : llvm::enumerate(elements.getValues<Attribute>()))
    set(static_cast<int64_t>(i), value);
  return true;
}

static void select(const Tile &condition, const Tile &whenTrue,
                   const Tile &whenFalse, Tile &result) {
  // One condition may serve for all elements.
  bool isUniform = condition.shape.empty();
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    const Tile &chosen =
        condition.integers[isUniform ? 0 : i] ? whenTrue : whenFalse;
    if (isFloat(result.element))
      result.floats[i] = chosen.floats[i];
    else
      result.integers[i] = chosen.integers[i];
  }
}

// Fills the result; returns whether the op is known.
static bool fill(Operation *op, ArrayRef<TilePtr> operands, Tile &result) {
  int64_t size = result.size();
  if (isConversion(op)) {
    convert(op, *operands[0], result);
  } else if (UnaryFloat f = getUnaryFloat(op)) {
    for (int64_t i = 0; i < size; ++i)
      result.floats[i] = roundTo(result.element, f(operands[0]->floats[i]));
  } else if (BinaryFloat f = getBinaryFloat(op)) {
    for (int64_t i = 0; i < size; ++i)
      result.floats[i] = roundTo(
          result.element, f(operands[0]->floats[i], operands[1]->floats[i]));
  } else if (BinaryInteger f = getBinaryInteger(op)) {
    unsigned bits = getBitWidth(result.element);
    for (int64_t i = 0; i < size; ++i)
      result.integers[i] =
          wrapTo(result.element,
                 f(operands[0]->integers[i], operands[1]->integers[i], bits));
  } else if (isa<math::FmaOp>(op)) {
    for (int64_t i = 0; i < size; ++i)
      result.floats[i] =
          roundTo(result.element,
                  std::fma(operands[0]->floats[i], operands[1]->floats[i],
                           operands[2]->floats[i]));
  } else if (auto cmp = dyn_cast<arith::CmpIOp>(op)) {
    unsigned bits = getBitWidth(operands[0]->element);
    for (int64_t i = 0; i < size; ++i)
      result.integers[i] = compare(cmp.getPredicate(), operands[0]->integers[i],
                                   operands[1]->integers[i], bits);
  } else if (auto cmp = dyn_cast<arith::CmpFOp>(op)) {
    for (int64_t i = 0; i < size; ++i)
      result.integers[i] = arith::applyCmpPredicate(
          cmp.getPredicate(), APFloat(operands[0]->floats[i]),
          APFloat(operands[1]->floats[i]));
  } else if (isa<arith::SelectOp>(op)) {
    select(*operands[0], *operands[1], *operands[2], result);
  } else if (isa<tensor::SplatOp>(op)) {
    if (isFloat(result.element))
      llvm::fill(result.floats, operands[0]->floats[0]);
    else
      llvm::fill(result.integers, operands[0]->integers[0]);
  } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    return fillConstant(constant, result);
  } else {
    return false;
  }
  return true;
}

FailureOr<TilePtr>
mlir::gdr::interpreter::evaluate(Operation *op, ArrayRef<TilePtr> operands,
                                 function_ref<InFlightDiagnostic()> emitError) {
  if (isDivision(op) && llvm::is_contained(operands[1]->integers, 0))
    return emitError() << "divides by zero";
  std::shared_ptr<Tile> result = createTile(op->getResult(0).getType());
  if (!result || !fill(op, operands, *result))
    return TilePtr();
  return TilePtr(std::move(result));
}
