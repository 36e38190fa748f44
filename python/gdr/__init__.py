"""The gated delta rule, compiled.

    import gdr

    signature = gdr.Signature(num_key_heads=16, num_value_heads=32)
    kernel = gdr.compile(signature, chip="sm_90a")
    kernel.ptx, kernel.cubin, kernel.launch
    kernel.entry(q=q, k=k, v=v, g=g, beta=beta, state=state, o=o)

Needs no other package. ``gdr.torch`` has the ops for PyTorch; the calls in the style of other
libraries, as ``gdr.chunk_gated_delta_rule``, are here too and import torch at their first use.
"""

from ._cache import CacheEntry, cache_clear, cache_directory, cache_entries, set_cache_directory
from ._compile import Compiled, compile
from ._entry import Entry
from ._errors import CacheError, CompileError, DeviceError, NoCompilerError
from ._library import load, version
from ._signature import Signature

__all__ = [
    "CacheEntry",
    "CacheError",
    "CompileError",
    "Compiled",
    "DeviceError",
    "Entry",
    "NoCompilerError",
    "Signature",
    "cache_clear",
    "cache_directory",
    "cache_entries",
    "compile",
    "load",
    "set_cache_directory",
    "version",
]

_OF_TORCH = (
    "chunk_gated_delta_rule",
    "flashinfer_decode",
    "flashinfer_prefill",
    "fused_recurrent_gated_delta_rule",
)


def __getattr__(name):
    if name in _OF_TORCH:
        from . import torch

        return getattr(torch, name)
    raise AttributeError(f"module 'gdr' has no attribute '{name}'")
