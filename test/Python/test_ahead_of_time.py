"""The commands of docs/AheadOfTime.md run, in their order, as one script."""

import os
import shutil
import subprocess
import sys

import pytest
from documents import get_snippets, run_shell

from gdr import _library


@pytest.fixture
def needs_cpp():
    """Skips where no program in C++ can be built with DLPack's header."""
    source = "#include <dlpack/dlpack.h>\n"
    command = ["c++", "-xc++", "-fsyntax-only", "-"]
    if not shutil.which("c++") or subprocess.run(command, input=source, text=True).returncode:
        pytest.skip("no C++ compiler, or no header of DLPack")


def test_ahead_of_time(tmp_path, needs_cpp):
    tools = _library.get_directory().resolve().parent / "bin"
    languages = ["sh", "sh gdr-opt"] if (tools / "gdr-opt").exists() else ["sh"]
    snippets = get_snippets("AheadOfTime.md", *languages)
    assert len(snippets) >= 4
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    output = run_shell(snippets, tmp_path, sys.executable, **os.environ | {"PATH": path})
    assert "a prompt of 96 tokens and 4 more: the same as 100 at once" in output
    assert "error: argument 'state': expected dimension 1 to be 4, got 2" in output
    assert (tmp_path / "kernels" / "gated_delta_rule-sm_80-sm_90a.o").exists()
    assert len(list((tmp_path / "kernels").glob("*.so"))) == 2
