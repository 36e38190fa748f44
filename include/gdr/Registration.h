//===- Registration.h - everything gdr needs, registered --------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_REGISTRATION_H
#define GDR_REGISTRATION_H

namespace mlir {
class DialectRegistry;
}

namespace mlir::gdr {

/// Registers the gdr dialect, the upstream dialects, interface models and
/// translations that the pipelines use. What an embedding compiler calls.
void registerAll(DialectRegistry &registry);

/// Registers the passes and pipelines of gdr, and those of upstream, by name.
void registerAllPasses();

} // namespace mlir::gdr

#endif // GDR_REGISTRATION_H
