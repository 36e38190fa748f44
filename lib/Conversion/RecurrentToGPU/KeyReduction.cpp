//===- KeyReduction.cpp - sums over the threads that share K --------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KeyReduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::gdr;

static constexpr int64_t warpSize = 32;
/// Elements of f32 that one access of shared memory moves.
static constexpr int64_t exchangeVector = 4;

static Value createIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

// The exchange: rounds x warps that share K x groups of columns x sums.
static SmallVector<int64_t> getExchangeShape(ScheduleAttr schedule,
                                             int64_t sums) {
  int64_t groups = schedule.getWarps() * (warpSize / schedule.getLanes());
  return {2, schedule.getKeyWarps(), groups,
          static_cast<int64_t>(llvm::alignTo(sums, exchangeVector))};
}

int64_t mlir::gdr::getKeyExchangeBytes(ScheduleAttr schedule, int64_t sums) {
  if (schedule.getKeyWarps() == 1)
    return 0;
  return ShapedType::getNumElements(getExchangeShape(schedule, sums)) *
         sizeof(float);
}

KeyThread mlir::gdr::createKeyThread(ImplicitLocOpBuilder &b,
                                     ScheduleAttr schedule) {
  Value thread = gpu::ThreadIdOp::create(b, gpu::Dimension::x);
  Value lanes = createIndex(b, schedule.getLanes());
  Value keyWarps = createIndex(b, schedule.getKeyWarps());
  Value groupsPerWarp = createIndex(b, warpSize / schedule.getLanes());

  Value warp = arith::DivUIOp::create(b, thread, createIndex(b, warpSize));
  Value laneOfWarp =
      arith::RemUIOp::create(b, thread, createIndex(b, warpSize));
  KeyThread place;
  place.lane = arith::RemUIOp::create(b, laneOfWarp, lanes);
  place.warp = arith::RemUIOp::create(b, warp, keyWarps);
  Value firstOfWarp = arith::MulIOp::create(b, place.warp, lanes);
  place.number = arith::AddIOp::create(b, firstOfWarp, place.lane);

  Value warpOfColumns = arith::DivUIOp::create(b, warp, keyWarps);
  Value groupOfWarp = arith::DivUIOp::create(b, laneOfWarp, lanes);
  Value firstGroup = arith::MulIOp::create(b, warpOfColumns, groupsPerWarp);
  place.columnGroup = arith::AddIOp::create(b, firstGroup, groupOfWarp);
  return place;
}

static SmallVector<Value> createLaneSums(ImplicitLocOpBuilder &b,
                                         ScheduleAttr schedule,
                                         ArrayRef<Value> parts) {
  uint32_t lanes = schedule.getLanes();
  if (lanes == 1)
    return SmallVector<Value>(parts);
  return llvm::map_to_vector(parts, [&](Value part) -> Value {
    return gpu::SubgroupReduceOp::create(
        b, part, gpu::AllReduceOperation::ADD, /*uniform=*/true,
        /*cluster_size=*/lanes, /*cluster_stride=*/1);
  });
}

// The elements of scalars and vectors in a row.
static SmallVector<Value> createElements(ImplicitLocOpBuilder &b,
                                         ArrayRef<Value> parts) {
  SmallVector<Value> elements;
  for (Value part : parts) {
    if (isa<VectorType>(part.getType()))
      llvm::append_range(elements,
                         vector::ToElementsOp::create(b, part)->getResults());
    else
      elements.push_back(part);
  }
  return elements;
}

// Values of the types of `parts` from elements in a row; the rest is not used.
static SmallVector<Value> createLike(ImplicitLocOpBuilder &b,
                                     ArrayRef<Value> parts,
                                     ArrayRef<Value> elements) {
  SmallVector<Value> values;
  for (Value part : parts) {
    auto type = dyn_cast<VectorType>(part.getType());
    int64_t count = type ? type.getNumElements() : 1;
    Value value = elements.front();
    if (type)
      value =
          vector::FromElementsOp::create(b, type, elements.take_front(count));
    values.push_back(value);
    elements = elements.drop_front(count);
  }
  return values;
}

// Warps exchange their sums through shared memory, which has room for two
// rounds: a warp that is one round ahead does not disturb one that still reads,
// and the barrier of the next round keeps it from being two ahead.
static SmallVector<Value> createWarpSums(ImplicitLocOpBuilder &b,
                                         gpu::GPUFuncOp kernel,
                                         ScheduleAttr schedule,
                                         const KeyThread &thread, Value ordinal,
                                         ArrayRef<Value> parts) {
  SmallVector<Value> elements = createElements(b, parts);
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0.0f));
  elements.resize(llvm::alignTo(elements.size(), exchangeVector), zero);

  // The address space as NVVM numbers it, which every later conversion takes.
  Attribute space =
      b.getI64IntegerAttr(static_cast<int64_t>(NVVM::NVVMMemorySpace::Shared));
  auto type =
      MemRefType::get(getExchangeShape(schedule, elements.size()),
                      b.getF32Type(), MemRefLayoutAttrInterface(), space);
  Value exchange = kernel.addWorkgroupAttribution(type, b.getLoc());
  Value round = arith::RemUIOp::create(b, ordinal, createIndex(b, 2));
  auto vectorType = VectorType::get(exchangeVector, b.getF32Type());
  llvm::Align alignment(exchangeVector * sizeof(float));
  {
    OpBuilder::InsertionGuard guard(b);
    Value isFirstLane = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                              thread.lane, createIndex(b, 0));
    auto ifFirstLane = scf::IfOp::create(b, isFirstLane);
    b.setInsertionPointToStart(ifFirstLane.thenBlock());
    for (size_t i = 0; i < elements.size(); i += exchangeVector) {
      Value part = vector::FromElementsOp::create(
          b, vectorType, ArrayRef(elements).slice(i, exchangeVector));
      SmallVector<Value> place = {round, thread.warp, thread.columnGroup,
                                  createIndex(b, i)};
      vector::StoreOp::create(b, part, exchange, place, /*nontemporal=*/false,
                              alignment);
    }
  }
  gpu::BarrierOp::create(b);

  SmallVector<Value> sums;
  for (size_t i = 0; i < elements.size(); i += exchangeVector) {
    Value sum;
    for (int64_t warp = 0; warp < schedule.getKeyWarps(); ++warp) {
      SmallVector<Value> place = {round, createIndex(b, warp),
                                  thread.columnGroup, createIndex(b, i)};
      Value part = vector::LoadOp::create(b, vectorType, exchange, place,
                                          /*nontemporal=*/false, alignment);
      sum = sum ? arith::AddFOp::create(b, sum, part).getResult() : part;
    }
    llvm::append_range(sums,
                       vector::ToElementsOp::create(b, sum)->getResults());
  }
  return createLike(b, parts, sums);
}

SmallVector<Value>
mlir::gdr::createKeySums(ImplicitLocOpBuilder &b, gpu::GPUFuncOp kernel,
                         ScheduleAttr schedule, const KeyThread &thread,
                         Value ordinal, ArrayRef<Value> parts) {
  SmallVector<Value> sums = createLaneSums(b, schedule, parts);
  if (schedule.getKeyWarps() == 1)
    return sums;
  return createWarpSums(b, kernel, schedule, thread, ordinal, sums);
}
