"""gdr.compile, and what a compiled module can be written as."""

import json
import threading

import pytest

import gdr

TWO_FUNCTIONS = """
func.func @first(%a: memref<4xf32> {gdr.name = "a"}) { return }
func.func @second(%n: index {gdr.name = "n"}, %f: f32) { return }
"""


def test_signature(signature):
    compiled = gdr.compile(signature, "cpu")
    launch = compiled.launch
    assert launch["name"] == "gated_delta_rule"
    assert launch["device"] == "cpu"
    assert launch["kernels"] == [] and launch["chips"] == []
    names = [argument["name"] for argument in launch["arguments"]]
    assert names == ["q", "k", "v", "g", "beta", "state", "o"]
    q = launch["arguments"][0]
    assert q["kind"] == "tensor" and q["dtype"] == "f32"
    assert q["shape"] == ["B", "T", 1, 16]
    assert q["strides"] == [None, None, None, 1]


def test_kernels(signature):
    compiled = gdr.compile(signature.get_module(), "sm_90a")
    assert ".target sm_90a" in compiled.ptx
    assert compiled.functions == ["gated_delta_rule"]
    assert "int32_t gated_delta_rule(" in compiled.header
    description = json.loads(compiled.emit("description"))["functions"][0]
    assert description["chips"] == ["sm_90a"]
    assert all(f".entry {kernel}(" in compiled.ptx for kernel in description["kernels"])


def test_cubin(signature):
    from gdr._ptxas import find_ptxas

    if not find_ptxas():
        pytest.skip("needs ptxas")
    compiled = gdr.compile(signature, "sm_80")
    assert compiled.cubin.startswith(b"\x7fELF")
    assert compiled.launch["kernels"] and compiled.launch["chips"] == ["sm_80"]


def test_operands():
    signature = gdr.Signature(
        num_key_heads=2,
        num_value_heads=4,
        key_dim=64,
        value_dim=32,
        A_log="f32",
        dt_bias="f32",
        initial_state="bf16",
        final_state="f32",
        in_place=False,
        cu_seqlens="i64",
        max_seqlen=True,
        read_indices="i32",
        write_indices="i32",
        state_layout="v_first",
        gate_form="softplus",
        beta_form="sigmoid",
        qk_l2norm=True,
        scale=0.5,
    )
    launch = gdr.compile(signature, "cpu").launch
    names = [argument["name"] for argument in launch["arguments"]]
    expected = "q k v g beta A_log dt_bias initial_state cu_seqlens max_seqlen"
    expected += " read_indices write_indices o final_state"
    assert names == expected.split()
    types = {argument["name"]: argument.get("dtype") for argument in launch["arguments"]}
    assert types["initial_state"] == "bf16" and types["final_state"] == "f32"
    assert launch["arguments"][9]["kind"] == "integer"
    assert launch["arguments"][7]["shape"] == ["P", 4, 32, 64]


def test_two_functions():
    compiled = gdr.compile(TWO_FUNCTIONS, "cpu")
    assert compiled.functions == ["first", "second"]
    assert compiled.get_entry("second").launch["arguments"][0]["name"] == "n"
    with pytest.raises(ValueError, match="expected a module with one function"):
        compiled.entry
    with pytest.raises(ValueError, match="expected a function of the module, got 'third'"):
        compiled.get_entry("third")
    named = gdr.compile(TWO_FUNCTIONS, "cpu", function="first")
    assert named.launch["name"] == "first"
    with pytest.raises(ValueError, match="'third'"):
        gdr.compile(TWO_FUNCTIONS, "cpu", function="third")


def test_bad_modules(signature):
    with pytest.raises(gdr.CompileError, match="^2:1: .*nonsense"):
        gdr.compile("\nnonsense", "cpu")
    with pytest.raises(ValueError, match="multiple of the number of key heads"):
        gdr.compile(gdr.Signature(num_key_heads=2, num_value_heads=5), "cpu")
    with pytest.raises(ValueError, match="expected a chip among .*, got 'sm_1'"):
        gdr.compile(signature, "sm_1")
    with pytest.raises(ValueError, match="expected options of --gdr-compile, got 'color=red'"):
        gdr.compile(signature, "cpu", options="color=red")
    with pytest.raises(TypeError, match="got int"):
        gdr.compile(17, "cpu")
    with pytest.raises(ValueError, match="NUL"):
        gdr.compile("a\0b", "cpu")
    with pytest.raises(ValueError, match="expected at least one kernel, got none"):
        gdr.compile(signature, "cpu").ptx
    with pytest.raises(ValueError, match="kind: expected one of .*, got 'png'"):
        gdr.compile(signature, "cpu").emit("png")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"dtype": "f8"}, "dtype: expected one of .*, got 'f8'"),
        ({"initial_state": "f64"}, "initial_state: expected one of"),
        ({"state_layout": "w_first"}, "state_layout: expected one of k_first, v_first"),
        ({"gate_form": "relu"}, "gate_form: expected one of"),
        ({"beta_form": "relu"}, "beta_form: expected one of"),
        ({"num_key_heads": 0}, "num_key_heads: expected a number from 1"),
        ({"value_dim": -1}, "value_dim: expected a number from 1"),
        ({"key_dim": 2**31}, "key_dim: expected a number from 1"),
    ],
)
def test_bad_signatures(change, message):
    fields = {"num_key_heads": 1, "num_value_heads": 1, **change}
    with pytest.raises(ValueError, match=message):
        gdr.compile(gdr.Signature(**fields), "cpu")


def test_no_gpu_to_compile_for(run_python):
    code = """
import gdr
from gdr._library import runtime
runtime().gdr_set_driver_library(b"/nonexistent")
try:
    gdr.compile(gdr.Signature(1, 1))
except ValueError as error:
    print(error)
"""
    assert run_python(code).startswith("expected a chip, as 'sm_90a' or 'cpu', where no GPU")


def test_threads(signature):
    results = []

    def compile_one(heads):
        one = gdr.Signature(1, heads, key_dim=16, dtype="f32")
        results.append(gdr.compile(one.get_module(), "cpu").emit("object")[:4])

    threads = [threading.Thread(target=compile_one, args=(heads,)) for heads in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [b"\x7fELF"] * 4
