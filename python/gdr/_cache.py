"""The directory of compiled kernels. include/gdr-c/Cache.h describes it."""

from __future__ import annotations

import ctypes
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ._library import check, runtime

_STEM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class CacheEntry:
    """A compiled module on disk."""

    path: Path
    """The shared library."""
    version: str
    """Of the compiler, as ``gdr.version()``."""
    chip: str
    options: str
    text: str
    """The MLIR module."""
    size: int
    """Bytes of the library and its description."""
    last_use: datetime


def cache_directory() -> Path | None:
    """Where compiled kernels are kept: what ``set_cache_directory`` said, else
    ``$GDR_CACHE_DIR``, else ``$XDG_CACHE_HOME/gdr/kernels``, else
    ``~/.cache/gdr/kernels``. None if there is no such place."""
    size = runtime().gdr_cache_directory(None, 0)
    if not size:
        return None
    buffer = ctypes.create_string_buffer(size + 1)
    runtime().gdr_cache_directory(buffer, size + 1)
    return Path(os.fsdecode(buffer.value))


def set_cache_directory(path: str | os.PathLike | None) -> None:
    """Keeps compiled kernels in ``path``; None restores the order above."""
    check(runtime().gdr_set_cache_directory(None if path is None else os.fsencode(path)))


def cache_entries() -> list[CacheEntry]:
    """What is in the directory, the most recently used first. Damaged entries,
    which the next use replaces, are left out."""
    directory = cache_directory()
    entries = []
    for description in directory.glob("*.json") if directory else []:
        library = description.with_suffix(".so")
        if not _STEM.fullmatch(description.stem):
            continue
        try:
            fields = json.loads(description.read_text())
            status = library.stat()
            entries.append(
                CacheEntry(
                    path=library,
                    version=fields["version"],
                    chip=fields["chip"],
                    options=fields["options"],
                    text="\n".join(fields["text"]),
                    size=status.st_size + description.stat().st_size,
                    last_use=datetime.fromtimestamp(status.st_mtime),
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(entries, key=lambda entry: entry.last_use, reverse=True)


def cache_clear() -> None:
    """Removes every entry. Kernels in use stay valid."""
    check(runtime().gdr_cache_clear())
