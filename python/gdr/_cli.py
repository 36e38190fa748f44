"""The command line: compiling ahead of time, and the cache."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import _cli_cache, _cli_compile
from ._errors import CacheError, DeviceError, NoCompilerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the status to exit with."""
    parser = argparse.ArgumentParser(prog="python -m gdr", description="The gated delta rule.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (_cli_compile, _cli_cache):
        module.add_parser(commands)
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, NoCompilerError, DeviceError, CacheError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
