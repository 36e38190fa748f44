//===- MemRefs.cpp - memory and views of it -------------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <new>

using namespace mlir;
using namespace mlir::gdr::interpreter;

/// Of allocations: more than any copy asks for.
static constexpr int64_t allocationAlignment = 256;
/// Of one allocation, in bytes.
static constexpr int64_t maxAllocation = int64_t{1} << 40;

static int64_t getElementBytes(const MemRef &memref) {
  return llvm::divideCeil(memref.elementType.getIntOrFloatBitWidth(), 8);
}

char *Evaluator::getAddress(Operation *op, const MemRef &memref,
                            ArrayRef<int64_t> indices) {
  int64_t element = memref.offset, bytes = getElementBytes(memref);
  for (auto [index, stride] : llvm::zip(indices, memref.strides))
    element += index * stride;
  int64_t at = memref.begin + element * bytes;
  const GlobalMemory &memory = *memref.memory;
  if (memory.isFreed) {
    emitError(op) << "accesses memory that was freed";
    return nullptr;
  }
  if (at < 0 || at + bytes > memory.numBytes) {
    emitError(op) << "accesses element [" << indices << "] of a memref of ["
                  << memref.sizes << "] elements, which is outside of its "
                  << "memory of " << memory.numBytes << " bytes";
    return nullptr;
  }
  return memory.data + at;
}

// A contiguous memref with memory of its own, all of it NaN; none if it is too
// large.
static std::optional<MemRef> createAllocation(MemRefType type,
                                              ArrayRef<int64_t> dynamic) {
  MemRef memref;
  memref.elementType = type.getElementType();
  for (int64_t size : type.getShape()) {
    if (ShapedType::isDynamic(size)) {
      size = std::max<int64_t>(dynamic.front(), 0);
      dynamic = dynamic.drop_front();
    }
    memref.sizes.push_back(size);
  }
  int64_t count = 1;
  bool isTooLarge = false;
  for (int64_t size : llvm::reverse(memref.sizes)) {
    memref.strides.insert(memref.strides.begin(), count);
    isTooLarge |= llvm::MulOverflow(count, size, count) != 0;
  }
  int64_t bytes = getElementBytes(memref);
  if (isTooLarge || count > maxAllocation / bytes)
    return std::nullopt;
  auto memory = std::make_shared<GlobalMemory>();
  memory->numBytes = count * bytes;
  int64_t total = memory->numBytes + allocationAlignment;
  memory->owned.reset(new (std::nothrow) char[total]);
  if (!memory->owned)
    return std::nullopt;
  std::fill_n(memory->owned.get(), total, '\xFF');
  memory->data = reinterpret_cast<char *>(llvm::alignTo(
      reinterpret_cast<uintptr_t>(memory->owned.get()), allocationAlignment));
  memref.memory = std::move(memory);
  return memref;
}

Step Evaluator::createView(Operation *op) {
  auto evaluate = [&](ArrayRef<OpFoldResult> mixed) {
    return llvm::map_to_vector<4>(mixed, [&](OpFoldResult value) {
      if (std::optional<int64_t> constant = getConstantIntValue(value))
        return *constant;
      return getInteger(cast<Value>(value));
    });
  };
  MemRef view = getAs<MemRef>(op->getOperand(0));
  if (auto subview = dyn_cast<memref::SubViewOp>(op)) {
    SmallVector<int64_t, 4> sizes = evaluate(subview.getMixedSizes());
    SmallVector<int64_t, 4> strides = evaluate(subview.getMixedStrides());
    llvm::SmallBitVector dropped = subview.getDroppedDims();
    MemRef source = std::move(view);
    view = {source.memory, source.begin, source.elementType,
            source.offset, {},           {}};
    for (auto [i, offset] :
         llvm::enumerate(evaluate(subview.getMixedOffsets()))) {
      view.offset += offset * source.strides[i];
      if (dropped[i])
        continue;
      view.sizes.push_back(sizes[i]);
      view.strides.push_back(strides[i] * source.strides[i]);
    }
  } else if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op)) {
    view.offset = evaluate(cast.getMixedOffsets()).front();
    view.sizes = evaluate(cast.getMixedSizes());
    view.strides = evaluate(cast.getMixedStrides());
  }
  set(op->getResult(0), std::move(view));
  return Step::Done;
}

Step Evaluator::createMetadata(Operation *op) {
  auto metadata = cast<memref::ExtractStridedMetadataOp>(op);
  MemRef source = getAs<MemRef>(metadata.getSource());
  set(metadata.getOffset(), createIndex(source.offset));
  for (auto [result, size] : llvm::zip(metadata.getSizes(), source.sizes))
    set(result, createIndex(size));
  for (auto [result, stride] : llvm::zip(metadata.getStrides(), source.strides))
    set(result, createIndex(stride));
  set(metadata.getBaseBuffer(), MemRef{source.memory,
                                       source.begin,
                                       source.elementType,
                                       /*offset=*/0,
                                       {},
                                       {}});
  return Step::Done;
}

Step Evaluator::moveElement(Operation *op) {
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    std::shared_ptr<Tile> result = createTile(load.getType());
    if (!result)
      return fail(op, "has an element type that is not known to the "
                      "interpreter");
    char *address = getAddress(op, getAs<MemRef>(load.getMemRef()),
                               getIntegers(load.getIndices()));
    if (!address)
      return Step::Failed;
    result->read(0, address);
    set(load.getResult(), TilePtr(std::move(result)));
    return Step::Done;
  }
  auto store = cast<memref::StoreOp>(op);
  char *address = getAddress(op, getAs<MemRef>(store.getMemRef()),
                             getIntegers(store.getIndices()));
  if (!address)
    return Step::Failed;
  getTile(store.getValueToStore()).write(0, address);
  return Step::Done;
}

bool Evaluator::executeOnMemRefs(Operation *op, Step &step) {
  step = Step::Done;
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](memref::AllocOp alloc) {
        if (!alloc.getType().getLayout().isIdentity() ||
            !alloc.getType().getElementType().isIntOrFloat())
          return false;
        std::optional<MemRef> memref = createAllocation(
            alloc.getType(), getIntegers(alloc.getDynamicSizes()));
        if (memref)
          set(alloc.getResult(), std::move(*memref));
        else
          step = fail(op, "expected an allocation that fits in memory");
        return true;
      })
      .Case([&](memref::DeallocOp dealloc) {
        getAs<MemRef>(dealloc.getMemref()).memory->isFreed = true;
        return true;
      })
      .Case([&](memref::DimOp dim) {
        auto *memref = std::get_if<MemRef>(&get(dim.getSource()));
        if (!memref)
          return false;
        int64_t index = getInteger(dim.getIndex());
        if (index < 0 || index >= static_cast<int64_t>(memref->sizes.size()))
          step = fail(op, "expected a dimension of the memref, got " +
                              Twine(index));
        else
          set(dim.getResult(), createIndex(memref->sizes[index]));
        return true;
      })
      .Case<memref::SubViewOp, memref::ReinterpretCastOp, memref::CastOp>(
          [&](Operation *) {
            if (!isa<MemRefType>(op->getResult(0).getType()))
              return false;
            step = createView(op);
            return true;
          })
      .Case([&](memref::ExtractStridedMetadataOp) {
        step = createMetadata(op);
        return true;
      })
      .Case([&](memref::ExtractAlignedPointerAsIndexOp pointer) {
        const auto &source = getAs<MemRef>(pointer.getSource());
        set(pointer.getAlignedPointer(),
            createIndex(static_cast<int64_t>(reinterpret_cast<uintptr_t>(
                source.memory->data + source.begin))));
        return true;
      })
      .Case<memref::LoadOp, memref::StoreOp>([&](Operation *) {
        step = moveElement(op);
        return true;
      })
      .Default(false);
}
