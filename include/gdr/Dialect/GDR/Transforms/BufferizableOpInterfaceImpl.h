//===- BufferizableOpInterfaceImpl.h - bufferization of gdr -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
#define GDR_DIALECT_GDR_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H

namespace mlir {
class DialectRegistry;
}

namespace mlir::gdr {

/// Lets one-shot bufferization turn the gdr ops from tensors to memrefs.
void registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry);

} // namespace mlir::gdr

#endif // GDR_DIALECT_GDR_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
