"""The gated delta rule token by token in float64, and inputs for it."""

import torch
import torch.nn.functional as F


def make(B, T, HK=2, HV=4, K=16, V=16, dtype=torch.float32, device="cpu", v_first=False, states=None, seed=0):
    """q, k, v, g, beta and a state: random, with unit keys and decays between 0 and 1."""
    generator = torch.Generator().manual_seed(seed)

    def randn(*shape):
        return torch.randn(*shape, generator=generator)

    q, k = randn(B, T, HK, K), F.normalize(randn(B, T, HK, K), dim=-1)
    v, g = randn(B, T, HV, V), F.logsigmoid(randn(B, T, HV))
    beta = randn(B, T, HV).sigmoid()
    state = randn(B if states is None else states, HV, *((V, K) if v_first else (K, V)))
    q, k, v = (x.to(device, dtype) for x in (q, k, v))
    return q, k, v, g.to(device), beta.to(device), state.to(device)


def _forms(q, k, g, beta, A_log, dt_bias, qk_l2norm, l2norm_eps, gate_form, beta_form):
    if qk_l2norm:
        q, k = (x * (x.square().sum(-1, keepdim=True) + l2norm_eps).rsqrt() for x in (q, k))
    if gate_form == "softplus":
        g = -A_log.double().exp() * F.softplus(g + (0 if dt_bias is None else dt_bias.double()))
    if beta_form != "given":
        beta = beta.sigmoid() * (2 if beta_form == "twice_sigmoid" else 1)
    return q, k, g, beta


def _recurrence(q, k, v, g, beta, state):
    """One sequence: q, k [T, HV, K]; v [T, HV, V]; g, beta [T, HV]; state [HV, K, V]."""
    o = torch.empty_like(v)
    for t in range(v.shape[0]):
        state = state * g[t].exp()[:, None, None]
        d = beta[t][:, None] * (v[t] - torch.einsum("hkv,hk->hv", state, k[t]))
        state = state + k[t][:, :, None] * d[:, None, :]
        o[t] = torch.einsum("hkv,hk->hv", state, q[t])
    return o, state


def gated_delta_rule(
    q,
    k,
    v,
    g=None,
    beta=None,
    initial_state=None,
    *,
    A_log=None,
    dt_bias=None,
    cu_seqlens=None,
    max_seqlen=None,
    read_indices=None,
    write_indices=None,
    scale=None,
    state_layout="k_first",
    qk_l2norm=False,
    l2norm_eps=1e-6,
    gate_form="log",
    beta_form="given",
):
    """o, and the final state of each sequence, or the pool after the call with write_indices."""
    B, T, HK, K = q.shape
    HV, V = v.shape[2:]
    v_first = state_layout == "v_first"
    q, k, v = q.double(), k.double(), v.double()
    g = torch.zeros(B, T, HV, device=q.device).double() if g is None else g.double()
    beta = torch.ones(B, T, HV, device=q.device).double() if beta is None else beta.double()
    q, k, g, beta = _forms(q, k, g, beta, A_log, dt_bias, qk_l2norm, l2norm_eps, gate_form, beta_form)
    q, k = (x.repeat_interleave(HV // HK, dim=2) for x in (q * (K**-0.5 if scale is None else scale), k))

    if cu_seqlens is None:
        sequences = [(n, slice(None)) for n in range(B)]
    else:
        offsets = cu_seqlens.tolist()
        sequences = [(0, slice(begin, end)) for begin, end in zip(offsets, offsets[1:])]
    if initial_state is None:
        initial_state = torch.zeros(len(sequences), HV, *((V, K) if v_first else (K, V)), device=q.device)
    pool = initial_state.double().transpose(-1, -2) if v_first else initial_state.double()
    final = pool.clone() if write_indices is not None else pool.new_zeros(len(sequences), HV, K, V)
    o = torch.zeros(B, T, HV, V, dtype=torch.double, device=q.device)
    for n, (batch, tokens) in enumerate(sequences):
        row = n if read_indices is None else int(read_indices[n])
        to = n if write_indices is None else int(write_indices[n])
        if read_indices is not None and write_indices is not None and row < 0 and to < 0:
            continue
        state = pool[row] if row >= 0 else torch.zeros_like(pool[0])
        o[batch, tokens], state = _recurrence(*(x[batch, tokens] for x in (q, k, v, g, beta)), state)
        if to >= 0:
            final[to] = state
    return o, final.transpose(-1, -2) if v_first else final


def error(actual, expected):
    """|actual - expected| / |expected|, and 0 for two that are empty or zero."""
    assert actual.shape == expected.shape
    difference = (actual.double() - expected.double()).norm()
    return (difference / expected.double().norm().clamp_min(1e-30)).item() if difference != 0 else 0.0


def tolerance(dtype):
    return {torch.float32: 2e-6, torch.float16: 2e-3, torch.bfloat16: 1.5e-2}[dtype]
