"""The compiler's C API: a module in, code out."""

from __future__ import annotations

import ctypes
import os
from ctypes import byref, c_size_t, c_void_p

from ._errors import CompileError
from ._library import CompileRequest, DiagnosticFunction, compiler
from ._progress import waiting
from ._ptxas import find_ptxas

# gdr_emit_kind, in gdr-c/Compiler.h.
EMIT_KINDS = {
    "mlir": 0,
    "ptx": 1,
    "cubin": 2,
    "fatbin": 3,
    "object": 4,
    "library": 5,
    "header": 6,
    "description": 7,
}
_SEVERITIES = ("error", "warning", "remark", "note")


class Compilation:
    """A ``gdr_compilation``."""

    def __init__(self, text: str, chip: str, options: str) -> None:
        self._chip = chip
        self._lines: list[str] = []
        # The C API keeps it for as long as the compilation lives.
        self._collect = DiagnosticFunction(self._add_diagnostic)
        self._destroy = compiler().gdr_compilation_destroy
        ptxas = find_ptxas() if chip != "cpu" else None
        request = CompileRequest(
            size=ctypes.sizeof(CompileRequest),
            text=text.encode(),
            chips=chip.encode(),
            options=options.encode(),
            ptxas=os.fsencode(ptxas) if ptxas else None,
            diagnose=self._collect,
        )
        with waiting(f"compiling for {chip}"):
            self._handle = compiler().gdr_compile(byref(request))
        if not self._handle:
            raise self._take_error()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._destroy(self._handle)

    def emit(self, kind: str) -> bytes:
        """The module as one of EMIT_KINDS; CompileError if it cannot be that."""
        data, size = c_void_p(), c_size_t()
        with waiting(f"writing the {kind} for {self._chip}"):
            status = compiler().gdr_emit(self._handle, EMIT_KINDS[kind], byref(data), byref(size))
        if status:
            raise self._take_error()
        self._lines.clear()
        return ctypes.string_at(data, size.value)

    def _add_diagnostic(self, _: object, diagnostic: ctypes._Pointer) -> None:
        given = diagnostic.contents
        where = f"{given.line}:{given.column}: " if given.line else ""
        what = f"{_SEVERITIES[given.severity]}: " if given.severity else ""
        self._lines.append(where + what + given.message.decode(errors="replace"))

    def _take_error(self) -> CompileError:
        text = "\n".join(self._lines)
        self._lines.clear()
        return CompileError(text)
