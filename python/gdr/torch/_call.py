"""Python's side of gdr_torch_call (lib/Torch/PythonCall.cpp), by which Python calls an op."""

import ctypes


class _MethodDef(ctypes.Structure):
    """PyMethodDef of Python's stable ABI."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]


_METH_VARARGS, _METH_KEYWORDS = 1, 2

_new_function = ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.POINTER(_MethodDef), ctypes.py_object, ctypes.c_void_p
)(("PyCFunction_NewEx", ctypes.pythonapi))


class Caller:
    """Makes functions that call an op unless gradients are enabled and `requires_grad`, of the same arguments,
    is true: then they call `refuse`. `path` is that of libgdr_torch, `tensor` the class of tensors."""

    def __init__(self, path, requires_grad, tensor):
        function = ctypes.cast(ctypes.CDLL(str(path)).gdr_torch_call, ctypes.c_void_p)
        self._definition = _MethodDef(
            b"call", function, _METH_VARARGS | _METH_KEYWORDS, b"Calls an op, unless a gradient would be lost."
        )
        self._requires_grad = requires_grad
        self._tensor = tensor

    def make(self, op, refuse):
        return self._make(refuse, op)

    def make_choice(self, op, plain, l2norm, refuse, may_leave_out):
        """Of one that calls `plain` or `l2norm` with the operands alone where nothing else, or no more than
        qk_l2norm, is given. `may_leave_out` says whether there are operands beyond q, k and v that may be absent."""
        return self._make(refuse, op, plain, l2norm, "qk_l2norm", self._tensor, None, True, False, may_leave_out)

    def _make(self, *items):
        # The order is that of SelfItem in PythonCall.cpp. Python keeps the definition's address: this object has to
        # live as long as the function.
        return _new_function(self._definition, (self, self._requires_grad, *items), None)
