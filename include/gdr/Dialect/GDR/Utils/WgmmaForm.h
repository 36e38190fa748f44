//===- WgmmaForm.h - what the warpgroup kernels can compute -----*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_DIALECT_GDR_UTILS_WGMMAFORM_H
#define GDR_DIALECT_GDR_UTILS_WGMMAFORM_H

#include "gdr/Dialect/GDR/IR/GDR.h"

namespace mlir::gdr {

/// Whether `gdr-chunk-to-wg` has kernels for the rule, or for one of its stages,
/// under a schedule, which may be null; if not, `reason` names what it lacks.
bool hasWgmmaForm(RuleOpInterface rule, ChunkedAttr schedule,
                  std::string &reason);

} // namespace mlir::gdr

#endif // GDR_DIALECT_GDR_UTILS_WGMMAFORM_H
