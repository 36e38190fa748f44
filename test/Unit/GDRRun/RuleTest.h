//===- RuleTest.h - rules for tests -----------------------------*- C++ -*-===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDR_TEST_UNIT_GDRRUN_RULETEST_H
#define GDR_TEST_UNIT_GDRRUN_RULETEST_H

#include "Inputs.h"
#include "Reference.h"

#include <gtest/gtest.h>

namespace mlir::gdr::run {

/// A tensor with memory of its own.
struct OwnedTensor {
  OwnedTensor(ElementType type, ArrayRef<int64_t> shape,
              ArrayRef<double> values = {})
      : buffer(llvm::product_of(shape) * gdr::run::getNumBytes(type)),
        view{type, buffer.getData(), SmallVector<int64_t>(shape),
             getRowMajorStrides(shape)} {
    EXPECT_TRUE(values.empty() ||
                static_cast<int64_t>(values.size()) == view.getNumElements());
    const double *next = values.begin();
    if (!values.empty())
      view.forEachAddress(
          [&](char *element) { storeElement(type, element, *next++); });
  }
  std::vector<double> getValues() const {
    std::vector<double> values;
    view.forEachAddress([&](const char *element) {
      values.push_back(loadElement(view.type, element));
    });
    return values;
  }

  Buffer buffer;
  TensorView view;
};

/// A rule that owns its operands.
struct OwnedRule : Rule {
  TensorView &add(Role role, ElementType type, ArrayRef<int64_t> shape,
                  ArrayRef<double> values = {}) {
    tensors.push_back(std::make_unique<OwnedTensor>(type, shape, values));
    (*this)[role] = tensors.back()->view;
    return *(*this)[role];
  }
  /// q, k, v, g, beta and o of f32, and an initial state in place of the final
  /// one.
  void addAll(int64_t b, int64_t t, int64_t hk, int64_t hv, int64_t k,
              int64_t v) {
    add(Role::Q, ElementType::F32, {b, t, hk, k});
    add(Role::K, ElementType::F32, {b, t, hk, k});
    add(Role::V, ElementType::F32, {b, t, hv, v});
    add(Role::G, ElementType::F32, {b, t, hv});
    add(Role::Beta, ElementType::F32, {b, t, hv});
    add(Role::O, ElementType::F32, {b, t, hv, v});
    bool kFirst = stateLayout == StateLayout::KFirst;
    (*this)[Role::FinalState] = add(Role::InitialState, ElementType::F32,
                                    {b, hv, kFirst ? k : v, kFirst ? v : k});
  }

  std::vector<std::unique_ptr<OwnedTensor>> tensors;
};

} // namespace mlir::gdr::run

#endif // GDR_TEST_UNIT_GDRRUN_RULETEST_H
