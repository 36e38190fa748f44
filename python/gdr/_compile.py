"""``gdr.compile``."""

from __future__ import annotations

import ctypes
import json
from ctypes import POINTER, byref
from typing import Any

from ._compilation import EMIT_KINDS, Compilation
from ._entry import Entry
from ._library import CacheRequest, Module, check, runtime
from ._progress import waiting
from ._signature import FUNCTION, Signature


def get_default_chip() -> str:
    """The chip of the first CUDA device; ValueError where there is none."""
    chip = runtime().gdr_device_chip(0)
    if chip is None:
        sentence = runtime().gdr_last_error().decode(errors="replace")
        raise ValueError(f"expected a chip, as 'sm_90a' or 'cpu', where no GPU says it: {sentence}")
    return chip.decode()


def _get_text(module: str | Signature) -> str:
    if isinstance(module, Signature):
        return module.get_module()
    if isinstance(module, str):
        if "\0" in module:
            raise ValueError("expected the text of a module, got a NUL character in it")
        return module
    raise TypeError(f"expected a Signature or the text of a module, got {type(module).__name__}")


class Compiled:
    """A compiled module. Made by ``gdr.compile``.

    What it can be written as is made when it is first asked for, and kept.
    """

    def __init__(self, text: str, chip: str, options: str, function: str | None) -> None:
        self.text = text
        """The MLIR module that was compiled."""
        self.chip = chip
        """The chips it was compiled for, as ``"sm_90a"`` or ``"cpu"``."""
        self.options = options
        """Further options of ``--gdr-compile``."""
        self._function = function
        self._compilation: Compilation | None = None
        self._emitted: dict[str, bytes] = {}
        self._entries: dict[str, Entry] = {}
        if function is None:
            self._get_compilation()
        else:
            # Which is all that most callers want, and needs no compiler if the
            # cache has it.
            self.get_entry(function)

    def __repr__(self) -> str:
        return f"<gdr.Compiled for {self.chip}: {self._function or ', '.join(self.functions)}>"

    @property
    def functions(self) -> list[str]:
        """The names of the module's functions."""
        description = json.loads(self.emit("description"))
        return [function["name"] for function in description["functions"]]

    @property
    def launch(self) -> dict[str, Any]:
        """What a call of the function takes and launches.

        A dict with ``name``, ``device`` ("cuda" or "cpu"), ``arguments``,
        ``kernels`` (names) and ``chips``. Each argument has ``name``, ``kind``
        ("tensor", "integer" or "float") and, if it is a tensor, ``dtype``,
        ``shape`` (a number, the name of a dimension, or None for each),
        ``strides`` (in elements; None: contiguous) and ``alignment`` (bytes).
        """
        return self.entry.launch

    @property
    def ptx(self) -> str:
        """PTX of the only function for the only chip."""
        return self.emit("ptx").decode()

    @property
    def cubin(self) -> bytes:
        """Machine code of the only function for the only chip; needs ptxas."""
        return self.emit("cubin")

    @property
    def header(self) -> str:
        """C declarations of the entries."""
        return self.emit("header").decode()

    @property
    def entry(self) -> Entry:
        """The host entry of the function, from the cache."""
        return self.get_entry(self._function or self._get_only_function())

    def get_entry(self, function: str) -> Entry:
        """The host entry of a function, from the cache."""
        if function not in self._entries:
            module = get_module(self.text, function, self.chip, self.options)
            self._entries[function] = Entry(module)
        return self._entries[function]

    def emit(self, kind: str) -> bytes:
        """The module as ``"mlir"``, ``"ptx"``, ``"cubin"``, ``"fatbin"``, ``"object"``,
        ``"library"`` (shared, for dlopen), ``"header"`` or ``"description"`` (JSON)."""
        if kind not in EMIT_KINDS:
            raise ValueError(f"kind: expected one of {', '.join(EMIT_KINDS)}, got {kind!r}")
        if kind not in self._emitted:
            self._emitted[kind] = self._get_compilation().emit(kind)
        return self._emitted[kind]

    def _get_only_function(self) -> str:
        if len(self.functions) != 1:
            raise ValueError(f"expected a module with one function, got {self.functions}")
        return self.functions[0]

    def _get_compilation(self) -> Compilation:
        if self._compilation is None:
            self._compilation = Compilation(self.text, self.chip, self.options)
        return self._compilation


def get_module(text: str, function: str, chip: str, options: str = "") -> ctypes._Pointer[Module]:
    """``gdr_cache_get``: compiles what the cache does not have."""
    request = CacheRequest(
        size=ctypes.sizeof(CacheRequest),
        text=text.encode(),
        function=function.encode(),
        chip=chip.encode(),
        options=options.encode(),
    )
    module = POINTER(Module)()
    with waiting(f"compiling {function} for {chip}"):
        status = runtime().gdr_cache_get(byref(request), byref(module))
    check(status)
    return module


def compile(
    module: str | Signature,
    chip: str | None = None,
    *,
    function: str | None = None,
    options: str = "",
) -> Compiled:
    """Compiles a module, or the module of a signature.

    Args:
      module: a ``Signature``, or the text of an MLIR module.
      chip: ``"sm_90a"``, several as ``"sm_80,sm_86"``, or ``"cpu"``; by default
        that of the first CUDA device.
      function: the function of a module's text that is wanted. With it, as with
        a signature, the entry is taken from the cache if it is there, and no
        compiler is needed; without it the module is compiled in any case.
      options: further options of ``--gdr-compile``, as
        ``"schedule=#gdr.chunked<columns=64>"``.

    Raises:
      CompileError: (a ValueError) with the compiler's sentences.
      NoCompilerError: if it has to be compiled, and this installation has no
        compiler.
    """
    if isinstance(module, Signature):
        function = FUNCTION
    return Compiled(_get_text(module), chip or get_default_chip(), options, function)
