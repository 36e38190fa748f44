"""One exported program for every number of tokens and sequences, in Python and in C++ without it."""

import copy
import subprocess

import pytest
import torch
from recurrence import make

TOKENS = [1, 2, 63, 64, 65, 300, 4096]


class Layer(torch.nn.Module):
    """The recurrence between two other ops, the state as a value."""

    def forward(self, q, k, v, g, beta, state):
        o, state = torch.ops.gdr.gated_delta_rule(
            torch.nn.functional.silu(q), k, v, g, beta, state, qk_l2norm=True, state_layout="v_first"
        )
        return o * 2, state


class PooledLayer(torch.nn.Module):
    """The same with the states in a buffer of the module."""

    def __init__(self):
        super().__init__()
        self.register_buffer("pool", torch.zeros(8, 4, 16, 16))

    def forward(self, q, k, v, g, beta, rows):
        return torch.ops.gdr.gated_delta_rule_(q, k, v, g, beta, self.pool, read_indices=rows, write_indices=rows)


def export(module, *args):
    batch, tokens = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("tokens", min=1, max=65536)
    sequences = {0: batch, 1: tokens}
    program = torch.export.export(module, args, dynamic_shapes=(sequences,) * 5 + ({0: batch},))
    ops = [str(node.target) for node in program.graph.nodes if "gdr" in str(node.target)]
    assert len(ops) == 1
    return program


def check(function, layer, device):
    for T in TOKENS:
        for B in (1, 3):
            args = make(B, T, device=device, seed=T)
            for actual, expected in zip(function(*args), layer(*args)):
                torch.testing.assert_close(actual, expected)


def test_export(device):
    layer = Layer().to(device)
    check(export(layer, *make(2, 5, device=device)).module(), layer, device)


def test_export_pool(device):
    layer = PooledLayer().to(device)
    rows = torch.tensor([5, 1], device=device, dtype=torch.int32)
    # The program keeps the buffer itself, not a copy.
    program = export(copy.deepcopy(layer), *make(2, 5, device=device)[:5], rows)
    exported = program.module()
    for T in TOKENS:
        args = make(2, T, device=device, seed=T)[:5]
        torch.testing.assert_close(exported(*args, rows), layer(*args, rows))
    torch.testing.assert_close(exported.pool, layer.pool)


@pytest.fixture(scope="module", params=["cpu", "cuda"])
def package(request, tmp_path_factory):
    """An AOTInductor package of the layer, and its device."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    path = tmp_path_factory.mktemp("package") / f"layer_{request.param}.pt2"
    with torch.no_grad():
        program = export(Layer().to(request.param), *make(2, 5, device=request.param))
        torch._inductor.aoti_compile_and_package(program, package_path=str(path))
    return path, request.param


def test_package(package, loads_packages):
    path, device = package
    check(torch._inductor.aoti_load_package(str(path)), Layer(), device)


def test_package_in_cpp(package, run_package, tmp_path):
    """examples/run_package.cpp, a program without Python, gives the same numbers."""
    path, device = package
    for T in TOKENS:
        args = make(2, T, device=device, seed=T)
        torch.save(list(args), tmp_path / "inputs.pt")
        run = subprocess.run(
            [str(run_package), str(path), str(tmp_path / "inputs.pt"), str(tmp_path / "outputs.pt")],
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        outputs = torch.load(tmp_path / "outputs.pt", map_location=device)
        for actual, expected in zip(outputs, Layer()(*args)):
            torch.testing.assert_close(actual, expected)
