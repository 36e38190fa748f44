"""Calls in FlashInfer's conventions."""

import gdr.torch
import pytest
import recurrence
import torch
from recurrence import error, make


@pytest.mark.parametrize("T", [1, 3])
def test_decode(device, T):
    q, k, v, a, b, state = make(2, T, K=16, V=8, device=device, v_first=True)
    A_log, dt_bias = torch.randn(4, device=device), torch.randn(4, device=device)
    expected_o, expected_state = recurrence.gated_delta_rule(
        q, k, v, a, b, state, A_log=A_log, dt_bias=dt_bias, state_layout="v_first", qk_l2norm=True,
        gate_form="softplus", beta_form="sigmoid",
    )  # fmt: skip
    o, same = gdr.torch.flashinfer_decode(q, k, v, state, A_log, a, dt_bias, b)
    assert same is state
    assert error(o, expected_o) < 1e-5
    assert error(state, expected_state) < 1e-5


def test_decode_of_a_pool(device):
    q, k, v, a, b, pool = make(2, 1, device=device, states=5, v_first=True)
    A_log, dt_bias = torch.randn(4, device=device), torch.randn(4, device=device)
    rows = torch.tensor([3, -1], device=device, dtype=torch.int32)
    expected = pool.clone()
    one = pool[3:4].clone()
    o, _ = gdr.torch.flashinfer_decode(q[:1], k[:1], v[:1], one, A_log, a[:1], dt_bias, b[:1])
    expected[3] = one[0]
    actual, _ = gdr.torch.flashinfer_decode(q, k, v, pool, A_log, a, dt_bias, b, state_indices=rows)
    assert torch.equal(actual[:1], o)
    assert torch.equal(pool, expected)


def test_prefill(device):
    lengths = [5, 0, 70]
    q, k, v, g, beta, state = make(1, 75, K=16, V=8, device=device, states=3, v_first=True)
    g[0, 3] = float("-inf")  # alpha = 0
    cu_seqlens = torch.tensor([0, *lengths], device=device).cumsum(0)
    options = dict(cu_seqlens=cu_seqlens, scale=0.4)
    expected_o, expected_state = recurrence.gated_delta_rule(
        q, k, v, g, beta, state, state_layout="v_first", qk_l2norm=True, **options
    )
    packed = q[0], k[0], v[0], g[0].exp(), beta[0]
    options |= dict(initial_state=state, use_qk_l2norm=True)
    o, final_state = gdr.torch.flashinfer_prefill(*packed, output_final_state=True, **options)
    assert error(o, expected_o[0]) < 1e-5
    assert error(final_state, expected_state) < 1e-5
    assert torch.equal(gdr.torch.flashinfer_prefill(*packed, **options), o)


def test_prefill_with_more_heads_of_q(device):
    q, _, _, g, beta, state = make(1, 75, HK=6, HV=6, device=device, states=2, v_first=True)
    _, k, v, *_ = make(1, 75, HK=2, HV=2, device=device)
    cu_seqlens = torch.tensor([0, 70, 75], device=device)
    heads = [0, 0, 0, 1, 1, 1]
    expected_o, expected_state = recurrence.gated_delta_rule(
        q, k[:, :, heads], v[:, :, heads], g, beta, state, cu_seqlens=cu_seqlens, state_layout="v_first"
    )
    o, final_state = gdr.torch.flashinfer_prefill(
        q[0], k[0], v[0], g[0].exp(), beta[0], initial_state=state, output_final_state=True, cu_seqlens=cu_seqlens
    )
    assert error(o, expected_o[0]) < 1e-5
    assert error(final_state, expected_state) < 1e-5


def test_prefill_defaults(device):
    q, k, v, *_ = make(1, 9, device=device)
    cu_seqlens = torch.tensor([0, 9], device=device)
    expected_o, _ = recurrence.gated_delta_rule(q, k, v, cu_seqlens=cu_seqlens)
    assert error(gdr.torch.flashinfer_prefill(q[0], k[0], v[0], cu_seqlens=cu_seqlens), expected_o[0]) < 1e-5


def test_errors():
    q, k, v, *_ = make(1, 9)
    with pytest.raises(ValueError, match="'cu_seqlens'"):
        gdr.torch.flashinfer_prefill(q[0], k[0], v[0])
    with pytest.raises(ValueError, match="'q': expected rank 3, got 4"):
        gdr.torch.flashinfer_prefill(q, k, v, cu_seqlens=torch.tensor([0, 9]))
