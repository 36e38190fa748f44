"""The recurrence in f64, one token after the other."""

import numpy as np


def gated_delta_rule(q, k, v, g, beta, state):
    """q, k: [B, T, HK, K]; v: [B, T, HV, V]; g, beta: [B, T, HV]; state: [B, HV, K, V].

    Returns o [B, T, HV, V] and the final state.
    """
    q, k, v, g, beta, state = (x.astype(np.float64) for x in (q, k, v, g, beta, state))
    ratio = v.shape[2] // q.shape[2]
    q, k = np.repeat(q, ratio, axis=2), np.repeat(k, ratio, axis=2)
    scale = q.shape[3] ** -0.5
    o = np.zeros_like(v)
    for t in range(q.shape[1]):
        state = np.exp(g[:, t])[:, :, None, None] * state
        d = beta[:, t, :, None] * (v[:, t] - np.einsum("bhkv,bhk->bhv", state, k[:, t]))
        state = state + k[:, t, :, :, None] * d[:, :, None, :]
        o[:, t] = scale * np.einsum("bhkv,bhk->bhv", state, q[:, t])
    return o, state
