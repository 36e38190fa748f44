"""``python -m gdr cache``."""

from __future__ import annotations

import argparse

from ._cache import CacheEntry, cache_clear, cache_directory, cache_entries, set_cache_directory
from ._library import version


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Adds the command to a parser's."""
    parser = commands.add_parser("cache", help="show or clear the directory of compiled kernels")
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "clear", "path"),
        help="what to do (default: list)",
    )
    parser.add_argument("-d", "--directory", metavar="DIR", help="instead of the usual one")
    parser.add_argument("-v", "--verbose", action="store_true", help="list modules in full")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command."""
    if options.directory:
        set_cache_directory(options.directory)
    if options.action == "path":
        print(cache_directory() or "")
    elif options.action == "clear":
        count = len(cache_entries())
        cache_clear()
        print(f"removed {count} entries")
    else:
        print_entries(cache_entries(), options.verbose)
    return 0


def get_summary(text: str) -> str:
    """The first operand types of a module, which say what it is for."""
    for line in text.splitlines():
        if "ins(" in line:
            return line.strip()[:100]
    return text.strip().split("\n")[0][:100]


def print_entries(entries: list[CacheEntry], is_verbose: bool) -> None:
    """One line an entry, or its module too."""
    current = version()
    for entry in entries:
        note = "" if entry.version == current else f"  (of version {entry.version}: not used)"
        print(
            f"{entry.path.stem[:12]}  {entry.last_use:%Y-%m-%d %H:%M}  {entry.size / 1024:7.0f} KiB"
            f"  {entry.chip:8} {entry.options or get_summary(entry.text)}{note}"
        )
        if is_verbose:
            print("    " + entry.text.replace("\n", "\n    "))
    total = sum(entry.size for entry in entries)
    print(f"{len(entries)} entries, {total / 2**20:.1f} MiB in {cache_directory()}")
