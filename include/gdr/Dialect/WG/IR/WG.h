//===- WG.h - the wg dialect ------------------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_WG_IR_WG_H
#define GDR_DIALECT_WG_IR_WG_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/STLExtras.h"

#include "gdr/Dialect/WG/IR/WGDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "gdr/Dialect/WG/IR/WGAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "gdr/Dialect/WG/IR/WGTypes.h.inc"

namespace mlir::wg {
/// Threads of a warpgroup and of a warp.
inline constexpr int64_t warpgroupThreads = 128;
inline constexpr int64_t warpThreads = 32;
/// Rows of a fragment.
inline constexpr int64_t fragmentRows = 64;
/// Alignment of a shared tile; a 128-byte swizzle repeats after 1024 bytes.
inline constexpr int64_t tileAlignment = 1024;
/// Size and alignment of a barrier object; PTX ISA, "mbarrier".
inline constexpr int64_t mbarrierBytes = 8;
/// Symbol of the dynamic shared memory of the kernels of a module.
inline constexpr StringLiteral sharedMemoryName = "wg_shared";

/// Whether the type is a tensor with an encoding of this dialect.
bool isRegisterTile(Type type);

/// Whether a memref is in memory that all CTAs see.
bool isGlobal(MemRefType memref);

/// Elements of a register tile that one thread holds.
int64_t getElementsPerThread(RankedTensorType tile);

/// Registers of each thread of a CTA of so many warpgroups that starts with an
/// equal share of an SM; PTX ISA, "setmaxnreg".
int64_t getEqualShare(int64_t warpgroups);

namespace detail {
LogicalResult verifyCollective(Operation *op);
LogicalResult verifyByOneThread(Operation *op);
LogicalResult verifyInKernelBody(Operation *op);
} // namespace detail

template <typename ConcreteType>
struct Collective : OpTrait::TraitBase<ConcreteType, Collective> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifyCollective(op);
  }
};

template <typename ConcreteType>
struct ByOneThread : OpTrait::TraitBase<ConcreteType, ByOneThread> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifyByOneThread(op);
  }
};

template <typename ConcreteType>
struct InKernelBody : OpTrait::TraitBase<ConcreteType, InKernelBody> {
  static LogicalResult verifyTrait(Operation *op) {
    return detail::verifyInKernelBody(op);
  }
};
} // namespace mlir::wg

#define GET_OP_CLASSES
#include "gdr/Dialect/WG/IR/WGOps.h.inc"

#endif // GDR_DIALECT_WG_IR_WG_H
