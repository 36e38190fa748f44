"""Which ptxas is used."""

import pytest

from gdr import _ptxas


@pytest.fixture
def find(monkeypatch, tmp_path):
    """Makes files of the given contents the candidates, and finds one."""

    def run(*contents):
        paths = []
        for i, text in enumerate(contents):
            paths.append(tmp_path / f"ptxas{i}")
            paths[-1].write_bytes(text)
            paths[-1].chmod(0o755)
        monkeypatch.setattr(_ptxas, "_candidates", lambda: [tmp_path / "none", *paths])
        found = _ptxas.find_ptxas.__wrapped__()
        return found and paths.index(type(paths[0])(found))

    return run


def test_new_enough(find):
    assert find(b"\x7fELF sm_80", b"\x7fELF sm_80 sm_90a") == 1
    assert find(b"#!/bin/sh\necho sm_90a\n", b"\x7fELF sm_90a") == 0
    assert find(b"#!/bin/sh\necho sm_80\n", b"", b"nonsense", b"\x7fELF sm_90a") == 3
    assert find(b"\x7fELF sm_80") is None


def test_none(monkeypatch):
    monkeypatch.setattr(_ptxas, "find_ptxas", lambda: None)
    with pytest.warns(RuntimeWarning, match="no ptxas was found on the PATH"):
        assert _ptxas.get_ptxas_or_warn.__wrapped__().value is None


def test_the_cache_asks_for_it(run_python):
    code = """
import gdr
from gdr import _ptxas
_ptxas.find_ptxas = lambda: "/nonexistent/ptxas"
signature = gdr.Signature(1, 1, key_dim=16, dtype="f32")
gdr.compile(signature, "cpu")
try:
    gdr.compile(signature, "sm_80")
except ValueError as error:
    print(error)
"""
    assert run_python(code).startswith("expected an executable ptxas, got '/nonexistent/ptxas'")
