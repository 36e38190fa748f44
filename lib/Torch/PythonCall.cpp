//===- PythonCall.cpp - an op as Python calls it --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call of an op passes through here before torch sees it, so that no gradient
// is lost unnoticed: torch's C functions do not tell whether a tensor requires
// one, and a function of Python's own would cost 0.5 us a call.
//
// The functions of Python are those of its stable ABI, declared here, so that
// the library is built without Python, and runs in programs without it.
//
//===----------------------------------------------------------------------===//

#include "Stable.h"

#define GDR_PYTHON_API extern "C" __attribute__((weak))

struct PyObject;
GDR_PYTHON_API PyObject *PyObject_Call(PyObject *callable, PyObject *args,
                                       PyObject *kwargs);
GDR_PYTHON_API int PyObject_IsTrue(PyObject *object);
GDR_PYTHON_API PyObject *PyTuple_GetItem(PyObject *tuple, intptr_t position);
GDR_PYTHON_API void Py_DecRef(PyObject *object);

// 1 if it returns something true, 0 if not, -1 if it raises.
static int ask(PyObject *callable, PyObject *args, PyObject *kwargs) {
  PyObject *answer = PyObject_Call(callable, args, kwargs);
  if (!answer)
    return -1;
  int isTrue = PyObject_IsTrue(answer);
  Py_DecRef(answer);
  return isTrue;
}

/// A PyCFunctionWithKeywords, which python/gdr/torch/_call.py makes callable.
/// `self` is a tuple that begins with the op, a function that says whether
/// arguments require a gradient, and one that raises the error if they do.
extern "C" __attribute__((visibility("default"))) PyObject *
gdr_torch_call(PyObject *self, PyObject *args, PyObject *kwargs) {
  if (aoti_torch_grad_mode_is_enabled()) {
    int requiresGrad = ask(PyTuple_GetItem(self, 1), args, kwargs);
    if (requiresGrad < 0)
      return nullptr;
    if (requiresGrad)
      return PyObject_Call(PyTuple_GetItem(self, 2), args, kwargs);
  }
  return PyObject_Call(PyTuple_GetItem(self, 0), args, kwargs);
}
