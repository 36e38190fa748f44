"""Calls a compiled function with tensors of any library that knows DLPack."""

from __future__ import annotations

import ctypes
import json
import struct
from ctypes import POINTER, c_char_p, c_int32, c_uint64, c_void_p, py_object
from typing import Any

from ._library import Module, check, runtime

_CUDA = 2  # DLDeviceType
_HEADER_FIELDS = 5  # of gdr_args_header, 8 bytes each

_get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_get_pointer.restype = c_void_p
_get_pointer.argtypes = [py_object, c_char_p]


def _export(name: str, tensor: Any) -> object:
    """The capsule of a tensor, which is valid for as long as it lives."""
    if not hasattr(tensor, "__dlpack__"):
        raise TypeError(f"{name}: expected a tensor, got {type(tensor).__name__}")
    if tensor.__dlpack_device__()[0] == _CUDA:
        # The call is ordered by the stream that it is given.
        return tensor.__dlpack__(stream=-1)
    return tensor.__dlpack__()


class Entry:
    """The host entry of a compiled function.

    ``entry(q=q, ..., stream=0)`` calls it with one keyword an argument, by the
    names in ``Compiled.launch``; what is absent is None or left out. Nothing is
    copied and nothing waits: work on a GPU is queued on ``stream``, a CUstream
    as a number.
    """

    def __init__(self, module: ctypes._Pointer[Module]) -> None:
        self._module = module.contents
        self.launch: dict[str, Any] = json.loads(self._module.description)
        """The launch description; see ``Compiled.launch``."""
        self._arguments = self.launch["arguments"]

    def __repr__(self) -> str:
        names = ", ".join(argument["name"] for argument in self._arguments)
        return f"<gdr.Entry {self.launch['name']}({names})>"

    @property
    def path(self) -> str:
        """The shared library that it is in; empty if it is only in memory."""
        return self._module.path.decode()

    @property
    def address(self) -> int:
        """Of the C function ``int32_t name(const struct gdr_args_header *)``."""
        return ctypes.cast(self._module.entry, c_void_p).value or 0

    def load(self, device: int = 0) -> None:
        """Loads the kernels on a device, as before the capture of a CUDA graph."""
        check(self._module.load(device))

    def workspace_size(self, **arguments: Any) -> int:
        """Bytes of workspace that a call with these arguments needs."""
        block, keep = self._pack(arguments)
        size = self._module.workspace_size(ctypes.addressof(block))
        del keep
        if size < 0:
            raise ValueError(runtime().gdr_last_error().decode(errors="replace"))
        return size

    def __call__(self, **arguments: Any) -> None:
        """Calls the function; also takes ``stream``, ``workspace`` (a tensor) and ``flags``."""
        block, keep = self._pack(arguments)
        status = self._module.entry(ctypes.addressof(block))
        del keep
        check(status)

    def _pack(self, given: dict[str, Any]) -> tuple[ctypes.Array, list]:
        """The argument struct, and what must outlive the call."""
        given = dict(given)
        count = _HEADER_FIELDS + len(self._arguments)
        block = (c_uint64 * count)()
        keep: list = []
        block[0] = ctypes.sizeof(block)
        block[1] = given.pop("flags", 0)
        block[2] = given.pop("stream", None) or 0
        workspace = given.pop("workspace", None)
        if workspace is not None:
            block[3], block[4] = self._get_memory("workspace", workspace, keep)
        for i, argument in enumerate(self._arguments):
            value = given.pop(argument["name"], None)
            block[_HEADER_FIELDS + i] = self._get_slot(argument, value, keep)
        if given:
            names = ", ".join(argument["name"] for argument in self._arguments)
            raise TypeError(f"expected arguments among {names}, got '{next(iter(given))}'")
        return block, keep

    @staticmethod
    def _get_slot(argument: dict, value: Any, keep: list) -> int:
        name, kind = argument["name"], argument["kind"]
        if kind == "tensor":
            if value is None:
                return 0
            capsule = _export(name, value)
            keep.append(capsule)
            return _get_pointer(capsule, b"dltensor") or 0
        if value is None:
            raise TypeError(f"{name}: expected a number, got None")
        if kind == "float":
            return struct.unpack("<Q", struct.pack("<d", value))[0]
        return int(value) & (2**64 - 1)

    @staticmethod
    def _get_memory(name: str, tensor: Any, keep: list) -> tuple[int, int]:
        """The address and the bytes of a contiguous tensor."""
        capsule = _export(name, tensor)
        keep.append(capsule)
        dl_tensor = ctypes.cast(_get_pointer(capsule, b"dltensor"), POINTER(_DLTensor)).contents
        elements = 1
        for i in range(dl_tensor.ndim):
            elements *= dl_tensor.shape[i]
        address = (dl_tensor.data or 0) + dl_tensor.byte_offset
        return address, elements * dl_tensor.bits * dl_tensor.lanes // 8


class _DLTensor(ctypes.Structure):
    """DLTensor of dlpack.h."""

    _fields_ = [
        ("data", c_void_p),
        ("device_type", c_int32),
        ("device_id", c_int32),
        ("ndim", c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", POINTER(ctypes.c_int64)),
        ("strides", POINTER(ctypes.c_int64)),
        ("byte_offset", c_uint64),
    ]
