"""Calls in the conventions of FlashInfer.

States are V-first, [N, HV, V, K]; the gate of a prefill is the decay itself, alpha = exp(g), not its
logarithm; packed sequences have no batch dimension.
"""

import torch


def flashinfer_decode(q, k, v, state, A_log, a, dt_bias, b, scale=None, use_qk_l2norm=True, state_indices=None):
    """One step of decoding, as FlashInfer's gated_delta_rule_decode_pretranspose.

    q, k [B, T, HK, K]; v [B, T, HV, V]; a, b [B, T, HV], before their softplus and sigmoid; A_log, dt_bias
    [HV]; state [B, HV, V, K], which is updated in place, or a pool of states [P, HV, V, K], of which
    state_indices [B] selects the rows; a negative index skips its sequence.

    Returns o [B, T, HV, V] and the state.
    """
    o = torch.ops.gdr.gated_delta_rule_(
        q,
        k,
        v,
        a,
        b,
        state,
        A_log=A_log,
        dt_bias=dt_bias,
        read_indices=state_indices,
        write_indices=state_indices,
        scale=scale,
        state_layout="v_first",
        qk_l2norm=use_qk_l2norm,
        gate_form="softplus",
        beta_form="sigmoid",
    )
    return o, state


def flashinfer_prefill(
    q,
    k,
    v,
    alpha=None,
    beta=None,
    scale=None,
    initial_state=None,
    output_final_state=False,
    cu_seqlens=None,
    use_qk_l2norm=False,
):
    """Packed sequences, as FlashInfer's chunk_gated_delta_rule.

    q, k [T, HK, K]; v [T, HV, V]; alpha [T, HV], the decay itself, from 0 to 1 (absent: 1), whose
    logarithm is taken here; beta [T, HV] (absent: 1); initial_state [N, HV, V, K]; cu_seqlens [N + 1].

    Where q alone has more heads, a multiple of those of k and v, each of them is a head of its own, for alpha,
    beta, states and o too, and k and v are copied for each (FlashInfer's "GQA").

    Returns o [T, HV, V], and the final state [N, HV, V, K] too with output_final_state.
    """
    if cu_seqlens is None:
        raise ValueError("argument 'cu_seqlens': expected a tensor [N + 1]")
    for name, tensor, rank in (("q", q, 3), ("k", k, 3), ("v", v, 3), ("alpha", alpha, 2), ("beta", beta, 2)):
        if tensor is not None and tensor.dim() != rank:
            raise ValueError(f"argument '{name}': expected rank {rank}, got {tensor.dim()}")
    if q.shape[1] > k.shape[1] == v.shape[1] and q.shape[1] % k.shape[1] == 0:
        k, v = (x.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for x in (k, v))
    o, final_state = torch.ops.gdr.gated_delta_rule(
        q[None],
        k[None],
        v[None],
        None if alpha is None else alpha.float().log()[None],
        None if beta is None else beta[None],
        initial_state,
        cu_seqlens=cu_seqlens,
        scale=scale,
        state_layout="v_first",
        qk_l2norm=use_qk_l2norm,
        output_final_state=output_final_state,
    )
    return (o[0], final_state) if output_final_state else o[0]
