"""Runs the checks of a file of test/Reference on the GPU.

Each RUN line of the file's %{check} is run again with --target=cuda.
"""

import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys


def get_checks(path):
    """The arguments of each RUN line, with continued lines joined."""
    text = re.sub(r"\\\n// RUN:", " ", path.read_text())
    return [shlex.split(line) for line in re.findall(r"// RUN: %\{check\}(.*)", text)]


def replace(arguments, texts):
    """The arguments with other texts for some NAME=TEXT."""
    new = dict(text.split("=", 1) for text in texts)
    names = [argument.split("=", 1)[0] for argument in arguments]
    return [f"{name}={new[name]}" if name in new else argument
            for name, argument in zip(names, arguments)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--except", dest="excluded", nargs="+", default=[], metavar="NAME",
                        help="leave lines with one of these out, for what only the CPU takes")
    parser.add_argument("--set", dest="texts", action="append", default=[], metavar="NAME=TEXT",
                        help="run lines that have NAME=... with this text; each of equal ones once")
    options = parser.parse_args()
    path = options.file.resolve()
    script = path.parent / "Inputs/check.sh"
    failed = 0
    checks = [replace(arguments, options.texts) for arguments in get_checks(path)
              if not any(name in arguments for name in options.excluded)]
    checks = [check for i, check in enumerate(checks) if check not in checks[:i]]
    for arguments in checks:
        command = ["sh", script, path, *arguments, "--target=cuda"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
        if done.returncode != 0:
            failed += 1
            print("FAILED:", " ".join(arguments))
            print(done.stdout, done.stderr)
    print(f"{path.name}: {len(checks) - failed} of {len(checks)} checks passed on the GPU")
    return 1 if failed or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
