"""python -m gdr."""

import json

import pytest

import gdr

SMALL = ["--hk", "1", "--hv", "2", "--key-dim", "16", "--dtype", "f32"]


def test_compile_ahead_of_time(tmp_path, run_command, run_python):
    directory = tmp_path / "kernels"
    status, path, _ = run_command("compile", *SMALL, "--chip", "cpu", "-o", directory)
    assert status == 0 and path.startswith(str(directory))
    # What a server with this directory asks for is what was compiled.
    code = """
import gdr
print(gdr.compile(gdr.Signature(1, 2, key_dim=16, dtype="f32"), "cpu").entry.path)
"""
    assert run_python(code, GDR_CACHE_DIR=str(directory)) == path
    assert len(list(directory.glob("*.so"))) == 1


def test_several_chips(tmp_path, run_command):
    chips = ["--chip", "cpu", "--chip", "sm_80", "--chip", "sm_90a"]
    status, output, _ = run_command("compile", *SMALL, *chips, "-o", tmp_path)
    assert status == 0 and len(output.split()) == 3
    descriptions = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    assert {each["chip"] for each in descriptions} == {"cpu", "sm_80", "sm_90a"}


def test_emit(tmp_path, run_command, signature):
    module = tmp_path / "layer.mlir"
    module.write_text(signature.get_module())
    arguments = ["compile", module, "--chip", "sm_80", "-o", tmp_path]
    assert run_command(*arguments, "--emit", "ptx", "--emit", "header")[0] == 0
    assert ".target sm_80" in (tmp_path / "layer-sm_80.ptx").read_text()
    assert "gated_delta_rule(" in (tmp_path / "layer-sm_80.h").read_text()
    assert not list(tmp_path.glob("*.so"))
    files = tmp_path / "files"
    assert run_command("compile", *SMALL, "--chip", "cpu", "--emit", "object", "-o", files)[0] == 0
    assert [path.name for path in files.iterdir()] == ["gated_delta_rule-cpu.o"]
    assert run_command("compile", module, "--chip", "cpu", "-o", tmp_path)[0] == 0
    assert len(list(tmp_path.glob("*.so"))) == 1


@pytest.mark.parametrize(
    "message, arguments",
    [
        ("expected --hk and --hv, or a file with a module", ["--chip", "cpu"]),
        ("expected a chip among", [*SMALL, "--chip", "sm_1"]),
        ("No such file", ["none.mlir", "--chip", "cpu"]),
        ("multiple of the number of key heads", ["--hk=2", "--hv=3", "--chip=cpu"]),
    ],
)
def test_errors(tmp_path, run_command, message, arguments):
    status, _, error = run_command("compile", "-o", tmp_path, *arguments)
    assert status == 1
    assert error.startswith("error: ") and message in error


def test_usage(run_command):
    status, _, error = run_command("compile", *SMALL, "--g", "f8", "-o", "x")
    assert status == 2 and "expected none or one of f32" in error
    assert run_command()[0] == 2
    assert run_command("--help")[0] == 0


def test_cache(cache, run_command, new_signature):
    assert run_command("cache", "path")[1] == f"{cache}\n"
    assert run_command("cache")[1] == f"0 entries, 0.0 MiB in {cache}\n"
    path = gdr.compile(new_signature, "cpu").entry.path
    line, total = run_command("cache", "list")[1].splitlines()
    assert line.split()[0] in path and " cpu " in line
    assert total.startswith("1 entries, ")
    assert "func.func @gated_delta_rule" in run_command("cache", "--verbose")[1]
    assert run_command("cache", "clear")[1] == "removed 1 entries\n"
    assert list(cache.glob("*.so")) == []
    assert run_command("cache", "--directory", cache.parent)[1].startswith("0 entries")
