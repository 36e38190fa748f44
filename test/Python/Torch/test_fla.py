"""Calls with flash-linear-attention's signatures."""

import inspect

import gdr.torch
import pytest
import recurrence
import torch
from recurrence import error, make, tolerance

chunk = gdr.torch.chunk_gated_delta_rule
recurrent = gdr.torch.fused_recurrent_gated_delta_rule


def both(q, k, v, g, beta, **options):
    return [chunk(q, k, v, g, beta, **options), recurrent(q, k, v, g=g, beta=beta, **options)]


@pytest.mark.parametrize("T", [1, 70])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("v_first", [False, True])
def test_state(device, T, dtype, v_first):
    *args, state = make(2, T, dtype=dtype, device=device, v_first=v_first)
    layout = "v_first" if v_first else "k_first"
    expected_o, expected_state = recurrence.gated_delta_rule(*args, state, state_layout=layout, qk_l2norm=True)
    for o, final_state in both(
        *args, initial_state=state, output_final_state=True, use_qk_l2norm_in_kernel=True, state_v_first=v_first
    ):
        assert o.dtype == dtype and final_state.dtype == torch.float32
        assert error(o, expected_o) < tolerance(dtype)
        assert error(final_state, expected_state) < tolerance(dtype)


def test_no_state(device):
    *args, _ = make(2, 70, device=device)
    expected_o, _ = recurrence.gated_delta_rule(*args, scale=0.5)
    for o, final_state in both(*args, scale=0.5):
        assert final_state is None
        assert error(o, expected_o) < 1e-5


def test_final_state_is_float32(device):
    *args, state = make(2, 70, device=device)
    for _, final_state in both(*args, initial_state=state.bfloat16(), output_final_state=True):
        assert final_state.dtype == torch.float32


@pytest.mark.parametrize("T", [1, 70])
def test_different_types(device, T):
    q, k, v, g, beta, state = make(2, T, device=device)
    k, v, beta = k.bfloat16(), v.half(), beta.half()
    expected_o, expected_state = recurrence.gated_delta_rule(q, k, v, g, beta, state, qk_l2norm=True)
    options = dict(initial_state=state, output_final_state=True, use_qk_l2norm_in_kernel=True)
    for (o, final_state), dtype in zip(both(q, k, v, g, beta, **options), (q.dtype, v.dtype)):
        assert o.dtype == dtype and final_state.dtype == torch.float32
        assert error(o, expected_o) < tolerance(dtype)
        assert error(final_state, expected_state) < 1e-5


@pytest.mark.parametrize("position, name", [(0, "q"), (2, "v")])
@pytest.mark.parametrize("dtype", [torch.int64, torch.float64, torch.bool])
def test_types_that_are_refused(position, name, dtype):
    *args, _ = make(1, 3)
    args[position] = args[position].to(dtype)
    for call in (chunk, recurrent):
        with pytest.raises(ValueError, match=f"argument '{name}': expected dtype bfloat16, float16 or float32"):
            call(*args[:3], g=args[3], beta=args[4])


@pytest.mark.parametrize("gates", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("allow_neg_eigval", [False, True])
def test_gate_and_beta_in_kernel(device, gates, allow_neg_eigval):
    q, k, v, _, _, state = make(2, 70, device=device)
    torch.manual_seed(0)
    a, b = (torch.randn(2, 70, 4, device=device).to(gates) for _ in range(2))
    A_log, dt_bias = (torch.randn(4, device=device) for _ in range(2))
    expected = recurrence.gated_delta_rule(
        q, k, v, a, b, state, A_log=A_log, dt_bias=dt_bias, gate_form="softplus",
        beta_form="twice_sigmoid" if allow_neg_eigval else "sigmoid",
    )  # fmt: skip
    for actual in both(
        q, k, v, a, b, initial_state=state, output_final_state=True, use_gate_in_kernel=True, A_log=A_log,
        dt_bias=dt_bias, use_beta_sigmoid_in_kernel=True, allow_neg_eigval=allow_neg_eigval,
    ):  # fmt: skip
        assert all(error(x, y) < 1e-5 for x, y in zip(actual, expected))
    # Without the flag, the parameters of the gate have no effect.
    o, _ = recurrent(q, k, v, g=-a.abs(), beta=b, A_log=A_log, dt_bias=dt_bias)
    assert torch.equal(o, recurrent(q, k, v, g=-a.abs(), beta=b)[0])


def test_defaults_of_fused_recurrent(device):
    q, k, v, *_ = make(2, 5, device=device)
    expected_o, _ = recurrence.gated_delta_rule(q, k, v)
    assert error(recurrent(q, k, v)[0], expected_o) < 1e-5


def test_packed(device):
    lengths = [5, 0, 70]
    *args, state = make(1, 75, device=device, states=3)
    cu_seqlens = torch.tensor([0, *lengths]).cumsum(0)
    expected = recurrence.gated_delta_rule(*args, state, cu_seqlens=cu_seqlens)
    options = dict(initial_state=state, output_final_state=True, cu_seqlens=cu_seqlens.to(device))
    for actual in [*both(*args, **options), chunk(*args, **options, cu_seqlens_cpu=cu_seqlens)]:
        assert all(error(x, y) < 1e-5 for x, y in zip(actual, expected))


ARGS = make(2, 3)
PACKED = make(1, 6, states=2)
OFFSETS = torch.tensor([0, 2, 6])


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda: chunk(ARGS[0][:, :, :1], *ARGS[1:5]), ValueError, "'k': expected dimension 2 to be 1, got 2"),
        (lambda: chunk(*ARGS[:2], ARGS[2][:, :, :3], *ARGS[3:5]), ValueError, "'v': expected dimension 2.*, 2, got 3"),
        (lambda: chunk(*ARGS[:5], chunk_size=128), ValueError, "'chunk_size': expected 16, 32 or 64, got 128"),
        (lambda: chunk(*ARGS[:5], allow_neg_eigval=True), ValueError, "'allow_neg_eigval'"),
        (lambda: recurrent(*ARGS[:3], allow_neg_eigval=True), ValueError, "'allow_neg_eigval'"),
        (lambda: chunk(*ARGS[:5], use_gate_in_kernel=True), AssertionError, "'A_log'"),
        (lambda: recurrent(*ARGS[:4], use_gate_in_kernel=True), ValueError, "'A_log'"),
        (
            lambda: recurrent(*ARGS[:3], use_gate_in_kernel=True, A_log=torch.zeros(4)),
            ValueError,
            "'g': expected a tensor",
        ),
        (lambda: chunk(*ARGS[:5], cu_seqlens=OFFSETS), ValueError, "'q': expected a batch of 1"),
        (lambda: recurrent(*ARGS[:4], cu_seqlens=OFFSETS), ValueError, "'q': expected a batch of 1"),
        (
            lambda: chunk(*PACKED[:5], initial_state=PACKED[5][:1], cu_seqlens=OFFSETS),
            ValueError,
            "'initial_state': expected 2 states, one a sequence, got 1",
        ),
        (
            lambda: chunk(*PACKED[:5], cu_seqlens=OFFSETS, cu_seqlens_cpu=torch.tensor([0, 2, 7])),
            ValueError,
            "'cu_seqlens_cpu'",
        ),
        (
            lambda: chunk(*PACKED[:5], cu_seqlens=OFFSETS, cu_seqlens_cpu=torch.tensor([0, 4, 2])),
            ValueError,
            "'cu_seqlens_cpu'",
        ),
        (lambda: chunk(*ARGS[:5], head_first=True), DeprecationWarning, "head_first"),
        (lambda: chunk(*ARGS[:5], cp_context=object()), NotImplementedError, "'cp_context'"),
        (lambda: recurrent(*ARGS[:3], gk=ARGS[0]), NotImplementedError, "'gk'"),
        (lambda: recurrent(*ARGS[:3], gv=ARGS[2]), NotImplementedError, "'gv'"),
        (lambda: recurrent(*ARGS[:3], beta=ARGS[2]), NotImplementedError, "'beta'"),
        (lambda: chunk(*ARGS[:5], use_qk_l2norm=True), TypeError, "unexpected argument 'use_qk_l2norm'"),
        (lambda: recurrent(*ARGS[:3], eps=1), TypeError, "unexpected argument 'eps'"),
    ],
)
def test_errors(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_deprecated_name():
    *args, state = make(1, 3, K=8, v_first=True)
    options = dict(initial_state=state, output_final_state=True)
    for function in (chunk, lambda q, k, v, g, beta, **o: recurrent(q, k, v, g=g, beta=beta, **o)):
        with pytest.warns(DeprecationWarning, match="transpose_state_layout"):
            o, _ = function(*args, transpose_state_layout=True, **options)
        assert torch.equal(o, function(*args, state_v_first=True, **options)[0])
        with pytest.raises(ValueError, match="state_v_first"):
            function(*args, state_v_first=True, transpose_state_layout=True, **options)


def test_gradients_are_refused():
    args = [x.clone().requires_grad_() for x in ARGS[:5]]
    with torch.enable_grad():
        for function in (chunk, lambda q, k, v, g, beta: recurrent(q, k, v, g=g, beta=beta)):
            with pytest.raises(NotImplementedError, match="backward is not supported yet"):
                function(*args)


@pytest.mark.parametrize("name", ["chunk_gated_delta_rule", "fused_recurrent_gated_delta_rule"])
def test_signatures(name):
    """The same parameters with the same defaults, where flash-linear-attention is installed."""
    fla = pytest.importorskip("fla.ops.gated_delta_rule", exc_type=ImportError)

    def parameters(function):
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    assert parameters(getattr(gdr.torch, name)) == parameters(inspect.unwrap(getattr(fla, name)))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("T", [1, 70, 500])
def test_same_as_fla(T):
    fla = pytest.importorskip("fla.ops.gated_delta_rule", exc_type=ImportError)
    *args, state = make(2, T, 4, 8, 128, 128, torch.bfloat16, "cuda")
    options = dict(initial_state=state, output_final_state=True, use_qk_l2norm_in_kernel=True)
    for actual, expected in zip(both(*args, **options), [
        fla.chunk_gated_delta_rule(*args, **options),
        fla.fused_recurrent_gated_delta_rule(*args[:4], beta=args[4], **options),
    ]):  # fmt: skip
        assert all(error(x, y) < 1e-2 for x, y in zip(actual, expected))
