"""The shared libraries of the package, through ctypes.

The structs and functions are those of gdr-c/Cache.h, gdr-c/Compiler.h,
gdr-c/Runtime.h and gdr-c/Signature.h, which have their documentation.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_float, c_int32, c_int64, c_size_t, c_uint8, c_void_p
from functools import lru_cache, cache
from pathlib import Path

from ._errors import NoCompilerError, make_error

# Where the libraries are, unless load() has said otherwise.
_directory = Path(__file__).absolute().parent / "lib"

NUM_OPERANDS = 14


class CacheRequest(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("text", c_char_p),
        ("function", c_char_p),
        ("chip", c_char_p),
        ("options", c_char_p),
    ]


class Module(ctypes.Structure):
    _fields_ = [
        ("entry", ctypes.CFUNCTYPE(c_int32, c_void_p)),
        ("workspace_size", ctypes.CFUNCTYPE(c_int64, c_void_p)),
        ("load", ctypes.CFUNCTYPE(c_int32, c_int32)),
        ("path", c_char_p),
        ("description", c_char_p),
    ]


class SignatureStruct(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("types", c_uint8 * 16),
        ("num_key_heads", c_int32),
        ("num_value_heads", c_int32),
        ("key_dim", c_int32),
        ("value_dim", c_int32),
        ("gate_form", c_int32),
        ("beta_form", c_int32),
        ("state_v_first", c_int32),
        ("qk_l2norm", c_int32),
        ("in_place", c_int32),
        ("gate_per_channel", c_int32),
        ("parameters_per_channel", c_int32),
        ("bias_per_channel", c_int32),
        ("has_scale", c_int32),
        ("scale", c_float),
        ("l2norm_eps", c_float),
        ("lower_bound", c_float),
    ]


class Diagnostic(ctypes.Structure):
    _fields_ = [
        ("severity", c_int32),
        ("line", c_int32),
        ("column", c_int32),
        ("message", c_char_p),
    ]


DiagnosticFunction = ctypes.CFUNCTYPE(None, c_void_p, POINTER(Diagnostic))


class CompileRequest(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("text", c_char_p),
        ("chips", c_char_p),
        ("options", c_char_p),
        ("ptxas", c_char_p),
        ("diagnose", DiagnosticFunction),
        ("diagnose_context", c_void_p),
    ]


# Of libgdr_runtime: the type of the result, and those of the arguments.
_RUNTIME_FUNCTIONS = {
    "gdr_last_error": (c_char_p, []),
    "gdr_version": (c_char_p, []),
    "gdr_device_chip": (c_char_p, [c_int32]),
    "gdr_cache_get": (c_int32, [POINTER(CacheRequest), POINTER(POINTER(Module))]),
    "gdr_cache_directory": (c_size_t, [c_char_p, c_size_t]),
    "gdr_cache_clear": (c_int32, []),
    "gdr_set_cache_directory": (c_int32, [c_char_p]),
    "gdr_set_compiler_library": (c_int32, [c_char_p]),
    "gdr_set_ptxas_finder": (c_int32, [c_void_p]),
    "gdr_signature_module": (c_size_t, [POINTER(SignatureStruct), c_char_p, c_size_t]),
}

# Of libgdr_compiler.
_COMPILER_FUNCTIONS = {
    "gdr_compile": (c_void_p, [POINTER(CompileRequest)]),
    "gdr_emit": (c_int32, [c_void_p, c_int32, POINTER(c_void_p), POINTER(c_size_t)]),
    "gdr_compilation_destroy": (None, [c_void_p]),
    "gdr_compiler_version": (c_char_p, []),
    "gdr_compiler_chips": (c_char_p, []),
}


def load(directory: str | Path) -> None:
    """Takes the shared libraries from a directory other than the package's own.

    Only before the first use of one: raises RuntimeError afterwards.
    """
    global _directory
    if runtime.cache_info().currsize:
        raise RuntimeError("expected load() before the first use of the libraries")
    _directory = Path(directory).absolute()


def get_directory() -> Path:
    """Where the shared libraries are."""
    return _directory


def _open(name: str, functions: dict) -> ctypes.CDLL:
    library = ctypes.CDLL(str(_directory / name))
    for function, (result, arguments) in functions.items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


@cache
def runtime() -> ctypes.CDLL:
    """libgdr_runtime, opened at the first call; it asks this package for ptxas."""
    library = _open("libgdr_runtime.so", _RUNTIME_FUNCTIONS)
    library.gdr_set_ptxas_finder(_find_ptxas)
    return library


@ctypes.CFUNCTYPE(c_void_p)
def _find_ptxas() -> int | None:
    from ._ptxas import get_ptxas_or_warn

    return ctypes.cast(get_ptxas_or_warn(), c_void_p).value


@cache
def compiler() -> ctypes.CDLL:
    """libgdr_compiler, opened at the first call; an installation may lack it."""
    try:
        return _open("libgdr_compiler.so", _COMPILER_FUNCTIONS)
    except OSError as error:
        raise NoCompilerError(f"this installation of gdr has no compiler: {error}") from None


def check(status: int) -> None:
    """Raises what a ``gdr_status`` of libgdr_runtime stands for."""
    if status:
        raise make_error(status, runtime().gdr_last_error().decode(errors="replace"))


def version() -> str:
    """The version of the package's libraries, as ``0.1.0+2c26b46b68ff``: a
    release and a fingerprint of the sources that they were built from."""
    return runtime().gdr_version().decode()
