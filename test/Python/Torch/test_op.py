"""torch.ops.gdr against the recurrence in float64."""

import pytest
import recurrence
import torch
from recurrence import error, make, tolerance

gated_delta_rule = torch.ops.gdr.gated_delta_rule
gated_delta_rule_ = torch.ops.gdr.gated_delta_rule_

TOKENS = [0, 1, 2, 63, 64, 65, 300]


def check(args, tol, **options):
    """Both ops against the reference. Returns what the functional one returned."""
    expected_o, expected_state = recurrence.gated_delta_rule(*args, **options)
    o, state = gated_delta_rule(*args, **options)
    assert o.dtype == args[0].dtype
    assert error(o, expected_o) < tol
    assert error(state, expected_state) < tol
    if args[5] is not None:
        in_place = args[5].clone()
        assert torch.equal(gated_delta_rule_(*args[:5], in_place, **options), o)
        assert torch.equal(in_place, state)
    return o, state


@pytest.mark.parametrize("T", TOKENS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_tokens(device, dtype, T):
    check(make(2, T, dtype=dtype, device=device), tolerance(dtype))


@pytest.mark.parametrize("HK, HV, K, V", [(1, 1, 8, 8), (2, 6, 96, 192), (4, 4, 32, 16), (1, 8, 128, 128)])
@pytest.mark.parametrize("state_layout", ["k_first", "v_first"])
def test_shapes(device, HK, HV, K, V, state_layout):
    args = make(2, 70, HK, HV, K, V, torch.bfloat16, device, v_first=state_layout == "v_first")
    check(args, tolerance(torch.bfloat16), state_layout=state_layout, qk_l2norm=True)


@pytest.mark.parametrize("T", [1, 70])
def test_absent_operands(device, T):
    q, k, v, *_ = make(2, T, device=device)
    check((q, k, v, None, None, None), tolerance(torch.float32), qk_l2norm=True)
    o, state = gated_delta_rule(q, k, v, output_final_state=False, qk_l2norm=True)
    assert state.shape == (0, 4, 16, 16)
    assert torch.equal(o, gated_delta_rule(q, k, v, qk_l2norm=True)[0])


@pytest.mark.parametrize("T", [1, 70])
@pytest.mark.parametrize("parameters", [torch.float32, torch.bfloat16])
def test_forms_of_gate_and_beta(device, T, parameters):
    q, k, v, g, beta, state = make(2, T, device=device)
    a, b = torch.randn_like(g) * 3, torch.randn_like(beta)
    A_log, dt_bias = torch.randn(4, device=device).to(parameters), torch.randn(4, device=device).to(parameters)
    args = (q, k, v, a, b, state)
    check(args, 1e-5, A_log=A_log, dt_bias=dt_bias, gate_form="softplus", beta_form="sigmoid")
    check(args, 1e-5, A_log=A_log, gate_form="softplus", beta_form="twice_sigmoid")


@pytest.mark.parametrize("gate", [0.0, -70.0, float("-inf")])
def test_extreme_gates(device, gate):
    q, k, v, g, beta, state = make(1, 100, device=device)
    check((q, k, v, torch.full_like(g, gate), beta * 2, state), 1e-5)


def test_scale_and_epsilon(device):
    args = make(1, 5, device=device)
    check(args, 1e-5, scale=0.3)
    check(args, 1e-5, qk_l2norm=True, l2norm_eps=0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_dtypes_of_states(device, dtype):
    q, k, v, g, beta, state = make(1, 70, device=device)
    args = (q, k, v, g, beta, state.to(dtype))
    expected_o, expected_state = recurrence.gated_delta_rule(*args)
    for asked in (None, torch.float32, torch.bfloat16):
        o, final_state = gated_delta_rule(*args, final_state_dtype=asked)
        assert final_state.dtype == (dtype if asked is None else asked)
        assert error(o, expected_o) < tolerance(torch.float32)
        assert error(final_state, expected_state) < tolerance(final_state.dtype)


def test_views_of_a_packed_projection(device):
    """q, k and v as a convolution leaves them, gates as a projection does: no copy is made."""
    B, T, HK, HV, D = 2, 70, 2, 4, 16
    torch.manual_seed(0)
    qkv = torch.randn(B, T, (2 * HK + HV) * D, device=device)
    ba = torch.randn(B, T, 2 * HV, device=device)
    q, k, v = qkv.split([HK * D, HK * D, HV * D], dim=-1)
    q, k, v = q.unflatten(-1, (HK, D)), k.unflatten(-1, (HK, D)), v.unflatten(-1, (HV, D))
    b, a = ba.split([HV, HV], dim=-1)
    pool = torch.randn(2 * B, HV, D, D, device=device)
    args = (q, k, v, -a.abs(), b, pool[::2])
    assert not any(x.is_contiguous() for x in (q, k, v, b, args[5]))
    kept = pool[1::2].clone()
    check(args, 1e-5, qk_l2norm=True, beta_form="sigmoid")
    args = (q, k, v, a, b, pool[::2])
    expected_o, expected_state = recurrence.gated_delta_rule(
        *args, qk_l2norm=True, beta_form="sigmoid", gate_form="softplus", A_log=torch.zeros(HV, device=device)
    )
    o = gated_delta_rule_(
        *args, qk_l2norm=True, beta_form="sigmoid", gate_form="softplus", A_log=torch.zeros(HV, device=device)
    )
    assert error(o, expected_o) < 1e-5
    assert error(pool[::2], expected_state) < 1e-5
    assert torch.equal(pool[1::2], kept)


def test_transposed_heads(device):
    """[B, H, T, D] seen as [B, T, H, D]."""
    q, k, v, g, beta, state = make(2, 70, device=device)
    args = [x.transpose(1, 2).contiguous().transpose(1, 2) for x in (q, k, v)]
    check((*args, g, beta, state), 1e-5)


def test_prefill_then_decode(device):
    q, k, v, g, beta, state = make(1, 40, device=device)
    whole_o, whole_state = gated_delta_rule(q, k, v, g, beta, state)
    for split in (0, 1, 39):
        parts = [x[:, :split] for x in (q, k, v, g, beta)], [x[:, split:] for x in (q, k, v, g, beta)]
        o1, between = gated_delta_rule(*parts[0], state)
        o2, final = gated_delta_rule(*parts[1], between)
        assert error(torch.cat([o1, o2], 1), whole_o) < 1e-5
        assert error(final, whole_state) < 1e-5


def test_other_threads(device):
    import threading

    args = make(2, 70, device=device)
    expected = gated_delta_rule(*args)
    failures = []

    def run():
        for _ in range(200):
            if not all(torch.equal(x, y) for x, y in zip(gated_delta_rule(*args), expected)):
                failures.append(threading.get_ident())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_streams():
    args = make(1, 300, dtype=torch.bfloat16, device="cuda")
    expected = gated_delta_rule(*args)
    torch.cuda.synchronize()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(10_000_000)
        late = torch.empty_like(args[2])
        late.copy_(args[2])
        # Only after the copy in the same stream is v there.
        actual = gated_delta_rule(args[0], args[1], late, *args[3:])
    stream.synchronize()
    assert all(torch.equal(x, y) for x, y in zip(actual, expected))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("T", [1, 300])
def test_graph_capture(T):
    q, k, v, g, beta, state = make(2, T, 2, 4, 128, 128, torch.bfloat16, "cuda")
    expected_state = state.clone()
    expected = [gated_delta_rule_(q, k, v, g, beta, expected_state) for _ in range(3)]
    graph, replayed = torch.cuda.CUDAGraph(), state.clone()
    with torch.cuda.graph(graph):
        o = gated_delta_rule_(q, k, v, g, beta, replayed)
    replayed.copy_(state)
    for step in range(3):
        graph.replay()
        assert torch.equal(o, expected[step])
    assert torch.equal(replayed, expected_state)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_never_waits_for_the_device():
    args = make(2, 300, 2, 4, 128, 128, torch.bfloat16, "cuda")
    gated_delta_rule(*args)
    torch.cuda.set_sync_debug_mode("error")
    try:
        gated_delta_rule(*args)
        gated_delta_rule_(*args)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="fewer than two CUDA devices")
def test_other_device():
    args = make(1, 70, device="cuda:1")
    assert torch.cuda.current_device() == 0
    check(args, 1e-5)
    assert torch.cuda.current_device() == 0
