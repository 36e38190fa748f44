//===- PythonCall.cpp - an op as Python calls it --------------------------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call of an op passes through here before torch sees it, so that no backward
// is missed unnoticed: torch's C functions do not tell whether a tensor
// requires one, and a function of Python's own would cost 0.5 us a call. Here,
// too, a call finds the overload that costs torch the least.
//
// The functions of Python are those of its stable ABI, declared here, so that
// the library is built without Python, and runs in programs without it.
//
//===----------------------------------------------------------------------===//

#include "PythonCall.h"

#include <array>

using namespace gdr::torch;

#define GDR_PYTHON_API extern "C" __attribute__((weak))

struct PyObject;
GDR_PYTHON_API PyObject *PyObject_Call(PyObject *callable, PyObject *args,
                                       PyObject *kwargs);
GDR_PYTHON_API int PyObject_IsTrue(PyObject *object);
GDR_PYTHON_API PyObject *PyObject_Type(PyObject *object);
GDR_PYTHON_API intptr_t PyTuple_Size(PyObject *tuple);
GDR_PYTHON_API PyObject *PyTuple_GetItem(PyObject *tuple, intptr_t position);
GDR_PYTHON_API intptr_t PyDict_Size(PyObject *dict);
GDR_PYTHON_API PyObject *PyDict_GetItem(PyObject *dict, PyObject *key);
GDR_PYTHON_API void Py_DecRef(PyObject *object);

//===----------------------------------------------------------------------===//
// Deletion
//===----------------------------------------------------------------------===//

namespace {

/// The arguments of the ops within one call from Python, which deletes them.
class Arguments {
public:
  Arguments() : outer(current) { current = this; }
  Arguments(const Arguments &) = delete;
  Arguments &operator=(const Arguments &) = delete;
  ~Arguments() { current = outer; }

  /// Those of the innermost call of this thread, or null.
  static Arguments *getCurrent() { return current; }

  /// What there is no more room for is deleted at once.
  void add(Tensor tensor) {
    if (count < tensors.size())
      tensors[count++] = std::move(tensor);
  }

private:
  static thread_local Arguments *current;

  Arguments *outer;
  /// Enough for one op: it is rare that a call leads to several.
  std::array<Tensor, 12> tensors;
  size_t count = 0;
};

} // namespace

thread_local Arguments *Arguments::current = nullptr;

void gdr::torch::deleteArgument(Tensor tensor) {
  if (Arguments *arguments = Arguments::getCurrent())
    arguments->add(std::move(tensor));
}

//===----------------------------------------------------------------------===//
// The call
//===----------------------------------------------------------------------===//

/// What python/gdr/torch/_call.py puts into the tuple that is `self`.
enum SelfItem : intptr_t {
  /// What Python must not free before the function.
  Kept,
  /// A function that says whether arguments require a gradient.
  RequiresGrad,
  /// One that raises the error if they do.
  Refuse,
  Op,
  /// From here on only where there are overloads to choose from.
  Plain,
  L2Norm,
  L2NormName,
  TensorType,
  None,
  True,
  False,
  /// Whether operands beyond q, k and v may be left out.
  MayLeaveOut,
};

// 1 if it returns something true, 0 if not, -1 if it raises.
static int ask(PyObject *callable, PyObject *args, PyObject *kwargs) {
  PyObject *answer = PyObject_Call(callable, args, kwargs);
  if (!answer)
    return -1;
  int isTrue = PyObject_IsTrue(answer);
  Py_DecRef(answer);
  return isTrue;
}

// Tensors of torch's own class. Others may stand for something else than
// memory: programs that are traced with them know one overload only.
static bool areTensors(PyObject *args, PyObject *tensorType, PyObject *none) {
  for (intptr_t i = 0, n = PyTuple_Size(args); i < n; ++i) {
    PyObject *arg = PyTuple_GetItem(args, i);
    if (arg == none)
      continue;
    PyObject *type = PyObject_Type(arg);
    Py_DecRef(type);
    if (type != tensorType)
      return false;
  }
  return true;
}

// The overload that has no more arguments than the call gives.
static SelfItem chooseOverload(PyObject *self, PyObject *args,
                               PyObject *kwargs) {
  if (PyTuple_Size(self) <= Plain)
    return Op;
  constexpr intptr_t numOperands = 6;
  PyObject *const isTrue = PyTuple_GetItem(self, True);
  intptr_t numRequired =
      PyTuple_GetItem(self, MayLeaveOut) == isTrue ? 3 : numOperands;
  intptr_t numArgs = PyTuple_Size(args);
  // What is missing is reported with the whole schema.
  if (numArgs < numRequired || numArgs > numOperands ||
      !areTensors(args, PyTuple_GetItem(self, TensorType),
                  PyTuple_GetItem(self, None)))
    return Op;
  intptr_t numOptions = kwargs ? PyDict_Size(kwargs) : 0;
  if (numOptions == 0)
    return Plain;
  if (numOptions > 1)
    return Op;
  PyObject *option = PyDict_GetItem(kwargs, PyTuple_GetItem(self, L2NormName));
  if (option == isTrue)
    return L2Norm;
  return option == PyTuple_GetItem(self, False) ? Plain : Op;
}

/// A PyCFunctionWithKeywords, which python/gdr/torch/_call.py makes callable.
extern "C" __attribute__((visibility("default"))) PyObject *
gdr_torch_call(PyObject *self, PyObject *args, PyObject *kwargs) {
  if (aoti_torch_grad_mode_is_enabled()) {
    int requiresGrad = ask(PyTuple_GetItem(self, RequiresGrad), args, kwargs);
    if (requiresGrad < 0)
      return nullptr;
    if (requiresGrad)
      return PyObject_Call(PyTuple_GetItem(self, Refuse), args, kwargs);
  }
  SelfItem overload = chooseOverload(self, args, kwargs);
  Arguments arguments;
  return PyObject_Call(PyTuple_GetItem(self, overload), args,
                       overload == Op ? kwargs : nullptr);
}
