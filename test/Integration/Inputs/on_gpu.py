"""Runs the checks of a file of test/Reference on the GPU.

usage: on_gpu.py FILE [--except NAME...]

Each RUN line of the file's %{check} is run again with --target=cuda. Lines with
one of the NAMEs in them are left out, for what only the CPU takes.
"""

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


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    excluded = sys.argv[3:] if sys.argv[2:3] == ["--except"] else []
    script = path.parent / "Inputs/check.sh"
    failed = total = 0
    for arguments in get_checks(path):
        if any(name in arguments for name in excluded):
            continue
        total += 1
        command = ["sh", script, path, *arguments, "--target=cuda"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
        if done.returncode != 0:
            failed += 1
            print("FAILED:", " ".join(arguments))
            print(done.stdout, done.stderr)
    print(f"{path.name}: {total - failed} of {total} checks passed on the GPU")
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
