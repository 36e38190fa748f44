"""The directory of compiled kernels, seen from Python."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gdr

COMPILE = """
import gdr
signature = gdr.Signature(1, 1, key_dim=16, dtype="f32")
entry = gdr.compile(signature, "cpu").entry
print(entry.path)
"""


def test_entries(new_signature, cache):
    assert gdr.cache_directory() == cache
    assert gdr.cache_entries() == []
    path = Path(gdr.compile(new_signature, "cpu").entry.path)
    assert path.parent == cache
    (entry,) = gdr.cache_entries()
    assert entry.path == path
    assert entry.version == gdr.version()
    assert entry.chip == "cpu" and entry.options == ""
    assert entry.text == new_signature.get_module().rstrip("\n")
    assert entry.size > path.stat().st_size > 0
    gdr.cache_clear()
    assert gdr.cache_entries() == [] and not path.exists()


def test_damaged_descriptions_are_left_out(new_signature, cache):
    gdr.compile(new_signature, "cpu")
    for name, text in [("0" * 32, "{"), ("1" * 32, "[]"), ("2" * 32, "{}"), ("x", "{}")]:
        (cache / f"{name}.json").write_text(text)
    assert len(gdr.cache_entries()) == 1


def test_set_directory(new_signature, tmp_path):
    try:
        gdr.set_cache_directory(tmp_path / "other")
        assert gdr.cache_directory() == tmp_path / "other"
        path = gdr.compile(new_signature, "cpu").entry.path
        assert Path(path).parent == tmp_path / "other"
    finally:
        gdr.set_cache_directory(None)


def test_several_processes(cache):
    processes = [
        subprocess.Popen([sys.executable, "-c", COMPILE], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    paths = {process.communicate()[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 4
    assert len(paths) == 1
    assert len(list(cache.glob("*.so"))) == 1
    assert not list(cache.glob("*.tmp"))


def test_a_server_without_a_compiler(run_python, tmp_path, cache):
    """An installation that lacks libgdr_compiler runs what is in the cache."""
    lib = tmp_path / "lib"
    lib.mkdir()
    runtime = Path(gdr.__file__).parent / "lib" / "libgdr_runtime.so"
    shutil.copy(runtime, lib)
    code = f"""
import gdr
gdr.load({str(lib)!r})
try:
    entry = gdr.compile(gdr.Signature(1, 1, key_dim=16, dtype="f32"), "cpu").entry
    print(entry.launch["name"])
except gdr.NoCompilerError as error:
    print(error)
"""
    message = run_python(code)
    assert message.startswith(f"no compiled kernel for cpu in '{cache}', and no compiler")
    assert "compile it ahead of time" in message
    run_python(COMPILE)
    assert run_python(code) == "gated_delta_rule\n"
    # What needs one says so.
    code = code.replace(".entry\n", '.emit("header")\n')
    assert run_python(code).startswith("this installation of gdr has no compiler")


def test_a_file_in_the_way(new_signature, cache):
    cache.write_text("")
    compiled = gdr.compile(new_signature, "cpu")
    assert compiled.entry.path == ""
    with pytest.raises(gdr.CacheError):
        gdr.cache_clear()
