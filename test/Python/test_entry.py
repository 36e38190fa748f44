"""Calls of compiled functions on the CPU, against the recurrence in f64."""

import pytest

import gdr

np = pytest.importorskip("numpy")
from reference import gated_delta_rule


def make_inputs(signature, batch, tokens, gate="ordinary", seed=0):
    random = np.random.default_rng(seed)
    hk, hv, k = signature.num_key_heads, signature.num_value_heads, signature.key_dim
    v = signature.value_dim or k
    g = -random.random((batch, tokens, hv), dtype=np.float32)
    if gate == "zero":
        g[:] = 0
    elif gate == "closed":
        g[:, ::3] = -np.inf
    keys = random.standard_normal((batch, tokens, hk, k), dtype=np.float32)
    return {
        "q": random.standard_normal((batch, tokens, hk, k), dtype=np.float32),
        "k": keys / np.linalg.norm(keys, axis=-1, keepdims=True),
        "v": random.standard_normal((batch, tokens, hv, v), dtype=np.float32),
        "g": g,
        "beta": random.random((batch, tokens, hv), dtype=np.float32),
        "state": random.standard_normal((batch, hv, k, v), dtype=np.float32),
        "o": np.full((batch, tokens, hv, v), np.nan, dtype=np.float32),
    }


def get_error(got, expected):
    """Relative, of all elements together."""
    return np.linalg.norm(got - expected) / max(np.linalg.norm(expected), 1e-30)


def expect_right(entry, inputs):
    given = {name: inputs[name] for name in ("q", "k", "v", "g", "beta", "state")}
    o, state = gated_delta_rule(**given)
    entry(**inputs)
    assert get_error(inputs["o"], o) < 1e-5
    assert get_error(inputs["state"], state) < 1e-5


@pytest.mark.parametrize("gate", ["ordinary", "zero", "closed"])
@pytest.mark.parametrize("tokens", [0, 1, 2, 15, 16, 17, 65])
def test_one_kernel_for_all_lengths(signature, tokens, gate):
    entry = gdr.compile(signature, "cpu").entry
    expect_right(entry, make_inputs(signature, 2, tokens, gate))


@pytest.mark.parametrize(
    "heads, sizes", [((1, 3), (96, 192)), ((2, 2), (8, 24)), ((2, 8), (32, 32))]
)
def test_shapes(heads, sizes):
    signature = gdr.Signature(*heads, *sizes, dtype="f32")
    entry = gdr.compile(signature, "cpu").entry
    for tokens in (1, 33):
        expect_right(entry, make_inputs(signature, 1, tokens))


def test_views_of_packed_tensors(signature):
    inputs = make_inputs(signature, 2, 5)
    packed = np.concatenate([inputs["q"], inputs["k"], inputs["v"]], axis=2)
    inputs["q"], inputs["k"], inputs["v"] = packed[:, :, :1], packed[:, :, 1:2], packed[:, :, 2:]
    assert not inputs["v"].flags["C_CONTIGUOUS"]
    expect_right(gdr.compile(signature, "cpu").entry, inputs)


def test_bad_arguments(signature):
    entry = gdr.compile(signature, "cpu").entry
    good = make_inputs(signature, 1, 3)

    def expect_error(kind, message, **changes):
        before = good["state"].copy()
        with pytest.raises(kind, match=message):
            entry(**{**good, **changes})
        assert np.array_equal(good["state"], before)

    expect_error(ValueError, "argument 'k' is missing", k=None)
    expect_error(ValueError, "argument 'q'", q=good["q"].astype(np.float64))
    expect_error(ValueError, "argument 'k'", k=good["k"][:, :2])
    expect_error(ValueError, "argument 'v'", v=good["v"][0])
    expect_error(ValueError, "argument 'o'", o=good["o"].transpose(0, 2, 1, 3))
    expect_error(TypeError, "q: expected a tensor, got list", q=[1])
    expect_error(TypeError, "expected arguments among q, k, .*, got 'z'", z=good["q"])


def test_numbers():
    module = 'func.func @f(%a: memref<1xf32> {gdr.name = "a"}, %n: index, %x: f32) {'
    module += "  %c0 = arith.constant 0 : index"
    module += "  %i = arith.index_cast %n : index to i64"
    module += "  %f = arith.sitofp %i : i64 to f32"
    module += "  %y = arith.mulf %f, %x : f32"
    module += "  memref.store %y, %a[%c0] : memref<1xf32>"
    module += "  return }"
    entry = gdr.compile(module, "cpu").entry
    a = np.zeros(1, np.float32)
    entry(a=a, arg1=-3, arg2=0.5)
    assert a[0] == -1.5
    with pytest.raises(TypeError, match="arg2: expected a number, got None"):
        entry(a=a, arg1=-3)


def test_workspace_and_load(signature):
    entry = gdr.compile(signature, "cpu").entry
    assert entry.workspace_size(**make_inputs(signature, 1, 1)) == 0
    with pytest.raises(ValueError, match="argument 'q' is missing"):
        entry.workspace_size()
    entry.load(0)
    assert entry.address
