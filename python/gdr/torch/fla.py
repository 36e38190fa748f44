"""Calls with the signatures and the meaning of flash-linear-attention 0.5.2.

Tensors are [B, T, H, K]; g is the natural logarithm of the decay. Both names run the same op, which
picks its kernel by the number of tokens. What differs from flash-linear-attention: there is no
backward yet, an argument that the function does not know is a TypeError, and nothing is copied to be
contiguous: only the last dimension of a tensor has to be. Where q, k and v are of different types, they are
converted to one that holds all of them.
"""

import warnings

import torch

_gated_delta_rule = torch.ops.gdr.gated_delta_rule
_TYPES = {torch.bfloat16, torch.float16, torch.float32}


def chunk_gated_delta_rule(
    q,
    k,
    v,
    g,
    beta,
    scale=None,
    initial_state=None,
    output_final_state=False,
    use_qk_l2norm_in_kernel=False,
    use_beta_sigmoid_in_kernel=False,
    allow_neg_eigval=False,
    state_v_first=False,
    cu_seqlens=None,
    cu_seqlens_cpu=None,
    cp_context=None,
    **kwargs,
):
    """The gated delta rule over whole sequences, as fla.ops.gated_delta_rule.chunk_gated_delta_rule.

    Keyword arguments beyond those named: use_gate_in_kernel, A_log and dt_bias (the decay is then
    -exp(A_log) * softplus(g + dt_bias)), chunk_size (checked, and without effect).

    Returns o [B, T, HV, V], of the type of q, and the final state [N, HV, K, V] in float32, None without
    output_final_state.
    """
    state_v_first = _pop_deprecated(kwargs, state_v_first)
    if "head_first" in kwargs:
        raise DeprecationWarning("argument 'head_first' is gone: expected tensors [B, T, H, ...]")
    chunk_size = kwargs.pop("chunk_size", 64)
    if chunk_size not in (16, 32, 64):
        raise ValueError(f"argument 'chunk_size': expected 16, 32 or 64, got {chunk_size}")
    if cp_context is not None:
        raise NotImplementedError("argument 'cp_context': context parallelism is not supported yet")
    use_gate_in_kernel = kwargs.pop("use_gate_in_kernel", False)
    A_log, dt_bias = kwargs.pop("A_log", None), kwargs.pop("dt_bias", None)
    if use_gate_in_kernel and A_log is None:
        raise AssertionError("argument 'A_log': expected a tensor with use_gate_in_kernel")
    _expect_no_more("chunk_gated_delta_rule", kwargs)
    options = _get_forms(scale, use_qk_l2norm_in_kernel, state_v_first, use_beta_sigmoid_in_kernel, allow_neg_eigval)
    if use_gate_in_kernel:
        options |= {"A_log": _widen(A_log), "dt_bias": _widen(dt_bias), "gate_form": "softplus"}
    if cu_seqlens is not None:
        options |= _get_sequences(q, initial_state, cu_seqlens, cu_seqlens_cpu)
    return _call(q, k, v, g, beta, initial_state, output_final_state, options, q.dtype)


def fused_recurrent_gated_delta_rule(
    q,
    k,
    v,
    g=None,
    gk=None,
    gv=None,
    beta=None,
    scale=None,
    initial_state=None,
    output_final_state=False,
    use_qk_l2norm_in_kernel=False,
    use_gate_in_kernel=False,
    A_log=None,
    dt_bias=None,
    use_beta_sigmoid_in_kernel=False,
    allow_neg_eigval=False,
    state_v_first=False,
    cu_seqlens=None,
    **kwargs,
):
    """The gated delta rule, as fla.ops.gated_delta_rule.fused_recurrent_gated_delta_rule.

    Returns o [B, T, HV, V], of the type of v, and the final state [N, HV, K, V] in float32, None without
    output_final_state.
    """
    state_v_first = _pop_deprecated(kwargs, state_v_first)
    _expect_no_more("fused_recurrent_gated_delta_rule", kwargs)
    for name, gate in (("gk", gk), ("gv", gv)):
        if gate is not None:
            raise NotImplementedError(f"argument '{name}': gates per channel are not supported yet")
    if beta is not None and beta.dim() == v.dim():
        raise NotImplementedError("argument 'beta': one value per channel is not supported yet")
    if use_gate_in_kernel:
        for name, tensor in (("A_log", A_log), ("g", g)):
            if tensor is None:
                raise ValueError(f"argument '{name}': expected a tensor with use_gate_in_kernel")
    options = _get_forms(scale, use_qk_l2norm_in_kernel, state_v_first, use_beta_sigmoid_in_kernel, allow_neg_eigval)
    if use_gate_in_kernel:
        options |= {"A_log": _widen(A_log), "dt_bias": _widen(dt_bias), "gate_form": "softplus"}
    if cu_seqlens is not None:
        options |= _get_sequences(q, initial_state, cu_seqlens)
    return _call(q, k, v, g, beta, initial_state, output_final_state, options, v.dtype)


def _pop_deprecated(kwargs, state_v_first):
    if "transpose_state_layout" not in kwargs:
        return state_v_first
    if state_v_first:
        raise ValueError("expected 'state_v_first' alone, got its old name 'transpose_state_layout' too")
    warnings.warn(
        "argument 'transpose_state_layout' is now 'state_v_first'", DeprecationWarning, stacklevel=3
    )
    return kwargs.pop("transpose_state_layout")


def _expect_no_more(function, kwargs):
    if kwargs:
        raise TypeError(f"{function}() got an unexpected argument '{next(iter(kwargs))}'")


def _check_sequences(q, cu_seqlens, initial_state):
    if q.shape[0] != 1:
        raise ValueError(
            f"argument 'q': expected a batch of 1 with 'cu_seqlens', which packs sequences along the tokens, "
            f"got {q.shape[0]}"
        )
    if initial_state is not None and initial_state.shape[0] != cu_seqlens.shape[0] - 1:
        raise ValueError(
            f"argument 'initial_state': expected {cu_seqlens.shape[0] - 1} states, one a sequence, "
            f"got {initial_state.shape[0]}"
        )


def _get_max_seqlen(cu_seqlens_cpu, num_tokens):
    """The longest sequence, of offsets in host memory, which are checked on the way."""
    offsets = cu_seqlens_cpu.tolist()
    lengths = [end - begin for begin, end in zip(offsets, offsets[1:])]
    if min(lengths, default=0) < 0 or offsets[0] < 0 or offsets[-1] > num_tokens:
        raise ValueError(
            f"argument 'cu_seqlens_cpu': expected offsets that do not decrease, from 0 to at most {num_tokens}, "
            f"got {offsets}"
        )
    return max(lengths, default=0)


def _widen(tensor):
    # float16 has no place in the op's gates.
    return tensor.float() if tensor is not None and tensor.dtype == torch.float16 else tensor


# The options of the op that arguments stand for. What is the op's default is left out: it would cost time.


def _get_forms(scale, use_qk_l2norm, state_v_first, use_beta_sigmoid, allow_neg_eigval):
    options = {}
    if scale is not None:
        options["scale"] = scale
    if use_qk_l2norm:
        options["qk_l2norm"] = True
    if state_v_first:
        options["state_layout"] = "v_first"
    if use_beta_sigmoid:
        options["beta_form"] = "twice_sigmoid" if allow_neg_eigval else "sigmoid"
    elif allow_neg_eigval:
        raise ValueError("argument 'allow_neg_eigval': expected use_beta_sigmoid_in_kernel with it")
    return options


def _get_sequences(q, initial_state, cu_seqlens, cu_seqlens_cpu=None):
    _check_sequences(q, cu_seqlens, initial_state)
    options = {"cu_seqlens": cu_seqlens}
    if cu_seqlens_cpu is not None and not torch.compiler.is_compiling():
        options["max_seqlen"] = _get_max_seqlen(cu_seqlens_cpu, q.shape[1])
    return options


def _call(q, k, v, g, beta, initial_state, output_final_state, options, o_dtype):
    if not q.dtype == k.dtype == v.dtype and {q.dtype, k.dtype, v.dtype} <= _TYPES:
        dtype = torch.promote_types(torch.promote_types(q.dtype, k.dtype), v.dtype)
        q, k, v = q.to(dtype), k.to(dtype), v.to(dtype)
        o, final_state = _call(q, k, v, g, beta, initial_state, output_final_state, options, dtype)
        return o.to(o_dtype), final_state
    if not output_final_state:
        options["output_final_state"] = False
    elif initial_state is not None and initial_state.dtype != torch.float32:
        options["final_state_dtype"] = torch.float32
    o, final_state = _gated_delta_rule(q, k, v, _widen(g), _widen(beta), initial_state, **options)
    return o, final_state if output_final_state else None
