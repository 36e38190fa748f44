"""Finds ptxas, which turns PTX into machine code."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import warnings
from functools import lru_cache, cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

_MISSING = (
    "no ptxas was found on the PATH, in /usr/local/cuda or among the Python packages: kernels "
    "are kept as PTX, which the driver compiles whenever they are loaded; install a CUDA toolkit "
    "or nvidia-cuda-nvcc from PyPI"
)


def _candidates() -> list[Path]:
    found = [Path(path) for path in [shutil.which("ptxas")] if path]
    found.append(Path("/usr/local/cuda/bin/ptxas"))
    # Wheels: nvidia-cuda-nvcc (CUDA 13 and 12), and the one inside Triton.
    for package, pattern in [
        ("nvidia", "cu*/bin/ptxas"),
        ("nvidia", "cuda_nvcc/bin/ptxas"),
        ("triton", "backends/nvidia/bin/ptxas*"),
    ]:
        spec = importlib.util.find_spec(package)
        for directory in (spec.submodule_search_locations or []) if spec else []:
            found += sorted(Path(directory).glob(pattern))
    return found


def _knows_hopper(ptxas: Path) -> bool:
    """Whether it is new enough to compile for sm_90a (CUDA 12.0)."""
    try:
        # A program has the names in it, and finding one there is quicker than
        # running it. A script has to be asked.
        with ptxas.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
            if text[:4] == b"\x7fELF":
                return text.find(b"sm_90a") >= 0
        help_text = subprocess.run([ptxas, "--help"], capture_output=True, timeout=30).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return b"sm_90a" in help_text


@cache
def find_ptxas() -> str | None:
    """The path of a ptxas, or None."""
    for path in _candidates():
        if os.access(path, os.X_OK) and _knows_hopper(path):
            return str(path)
    return None


@cache
def get_ptxas_or_warn() -> ctypes.c_char_p:
    """The path as a C string that lives as long as the process, or NULL after a warning."""
    path = find_ptxas()
    if path is None:
        warnings.warn(_MISSING, RuntimeWarning, stacklevel=2)
    return ctypes.c_char_p(os.fsencode(path) if path else None)
