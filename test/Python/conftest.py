"""Fixtures of the tests of the package gdr, which PYTHONPATH leads to."""

import itertools
import os
import subprocess
import sys

import pytest

import gdr


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty directory of compiled kernels for each test, and for the processes it starts."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("GDR_CACHE_DIR", str(directory))
    return directory


@pytest.fixture
def run_command():
    """Runs ``python -m gdr`` and returns its status, output and errors."""

    def run(*arguments):
        command = [sys.executable, "-m", "gdr", *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        return result.returncode, result.stdout, result.stderr

    return run


@pytest.fixture
def run_python():
    """Runs code in a fresh interpreter and returns what it prints."""

    def run(code, *arguments, **environment):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        result = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, **environment}
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture
def signature():
    """A small one, of types that numpy has."""
    return gdr.Signature(num_key_heads=1, num_value_heads=2, key_dim=16, dtype="f32")


NUMBERS = itertools.count(1)


@pytest.fixture
def new_signature():
    """One that no other test has: a process keeps what it has compiled."""
    return gdr.Signature(1, next(NUMBERS), key_dim=24, dtype="f32")
