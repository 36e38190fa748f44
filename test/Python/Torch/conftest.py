"""Every test that asks for `device` runs on the CPU, and on a GPU where there is one."""

import os
import shutil
import subprocess
import sys

import pytest
from documents import get_snippets, run_shell

torch = pytest.importorskip("torch", minversion="2.10")
pytest.importorskip("gdr.torch", exc_type=ImportError)


@pytest.fixture(
    params=[
        "cpu",
        pytest.param(
            "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
        ),
    ]
)
def device(request):
    return request.param


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """One directory of compiled kernels for all of these tests, and for the processes they start."""
    directory = tmp_path_factory.mktemp("kernels")
    os.environ["GDR_CACHE_DIR"] = str(directory)
    yield directory
    del os.environ["GDR_CACHE_DIR"]


LOAD_PACKAGE = """
import torch
class Twice(torch.nn.Module):
    def forward(self, x):
        return 2 * x
program = torch.export.export(Twice(), (torch.ones(2),))
torch._inductor.aoti_compile_and_package(program, package_path="twice.pt2")
torch._inductor.aoti_load_package("twice.pt2")(torch.ones(2))
"""


@pytest.fixture(scope="session")
def loads_packages(tmp_path_factory):
    """Skips where torch by itself, without gdr, crashes when it loads an AOTInductor package into Python."""
    directory = tmp_path_factory.mktemp("twice")
    run = subprocess.run([sys.executable, "-c", LOAD_PACKAGE], cwd=directory, capture_output=True)
    if run.returncode < 0:
        pytest.skip(f"torch {torch.__version__} crashes here when it loads any AOTInductor package")


@pytest.fixture(scope="session")
def run_package(tmp_path_factory):
    """The program that examples/run_package.cpp becomes by the command in docs/Export.md."""
    if not shutil.which("c++"):
        pytest.skip("no C++ compiler")
    directory = tmp_path_factory.mktemp("run_package")
    (command,) = get_snippets("Export.md", "sh")
    if torch.cuda.is_available():
        command = command.replace("-lc10", "-lc10 -ltorch_cuda -lc10_cuda", 1)
    run_shell([command], directory, sys.executable, **os.environ)
    return directory / "run_package"


@pytest.fixture(autouse=True)
def without_gradients():
    with torch.no_grad():
        yield
