"""lib/Torch/Stable.h declares what torch's own headers declare."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
import torch

HEADER = pathlib.Path(__file__).resolve().parents[3] / "lib" / "Torch" / "Stable.h"


@pytest.fixture
def compiles(tmp_path):
    """Whether a declaration of other types, after torch's, is one that the compiler takes."""
    include = pathlib.Path(torch.__file__).parent / "include"
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")
    if not compiler:
        pytest.skip("no C++ compiler")

    def compile(text):
        source = tmp_path / "declarations.cpp"
        source.write_text(
            "#define USE_CUDA\n"
            "#define TORCH_TARGET_VERSION 0x020a000000000000\n"
            "#include <torch/csrc/inductor/aoti_torch/c/shim.h>\n"
            "#include <torch/csrc/stable/c/shim.h>\n" + text
        )
        command = [compiler, "-std=c++17", "-fsyntax-only", "-isystem", str(include), str(source)]
        return subprocess.run(command, capture_output=True, text=True)

    return compile


def test_declarations(compiles):
    run = compiles(HEADER.read_text())
    assert run.returncode == 0, run.stderr
    # All of them are torch's: none is new.
    text = HEADER.read_text()
    names = re.findall(r"\b((?:aoti_)?torch_\w+)\(", text[: text.index('} // extern "C"')])
    assert len(names) > 20
    run = compiles("".join(f"auto *use_{name} = &{name};\n" for name in names))
    assert run.returncode == 0, run.stderr


def test_a_wrong_declaration(compiles):
    text = HEADER.read_text()
    wrong = text.replace("aoti_torch_get_dim(AtenTensorHandle tensor, int64_t *rank)", "aoti_torch_get_dim(int)")
    assert wrong != text
    wrong = wrong.replace("AOTITorchError aoti_torch_get_dim(int)", "int64_t aoti_torch_get_dim(AtenTensorHandle, int64_t *)")
    assert compiles(wrong).returncode != 0
