"""The ops under torch.library's checks and torch.compile: always one op in the graph."""

import pytest
import torch
from recurrence import make

gated_delta_rule = torch.ops.gdr.gated_delta_rule.default
gated_delta_rule_ = torch.ops.gdr.gated_delta_rule_.default


def get_options(device):
    return {
        "plain": {},
        "v_first": {"state_layout": "v_first", "qk_l2norm": True},
        "softplus": {
            "A_log": torch.zeros(4, device=device),
            "dt_bias": torch.zeros(4, device=device),
            "gate_form": "softplus",
            "beta_form": "sigmoid",
            "scale": 0.5,
        },
        "packed": {"cu_seqlens": torch.tensor([0, 3, 3, 9], device=device), "max_seqlen": 6},
        "read_indices": {"read_indices": torch.tensor([2], device=device)},
        "no final state": {"output_final_state": False},
        "final_state_dtype": {"final_state_dtype": torch.bfloat16},
    }


@pytest.mark.parametrize("case", get_options("cpu"))
def test_opcheck_functional(device, case):
    args = make(1, 9, device=device, states=3 if case in ("packed", "read_indices") else None)
    torch.library.opcheck(gated_delta_rule, args, get_options(device)[case])


@pytest.mark.parametrize("case", ["plain", "v_first", "softplus", "packed", "pool"])
def test_opcheck_in_place(device, case):
    args = make(1, 9, device=device, states=3 if case in ("packed", "pool") else None)
    rows = torch.tensor([2], device=device, dtype=torch.int32)
    options = {"read_indices": rows, "write_indices": rows} if case == "pool" else get_options(device)[case]
    torch.library.opcheck(gated_delta_rule_, args, options)


def test_opcheck_without_state(device):
    torch.library.opcheck(gated_delta_rule, make(2, 9, device=device)[:3])


def compile_whole(function):
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=True, dynamic=True)


def test_compile_functional(device):
    def layer(x, k, v, g, beta, state):
        o, state = gated_delta_rule(torch.nn.functional.silu(x), k, v, g.neg(), beta, state, qk_l2norm=True)
        return o.sigmoid(), state

    compiled = compile_whole(layer)
    for B, T in ((2, 5), (1, 1), (3, 70), (1, 0)):
        q, k, v, g, beta, state = make(B, T, device=device)
        for actual, expected in zip(compiled(q, k, v, -g, beta, state), layer(q, k, v, -g, beta, state)):
            torch.testing.assert_close(actual, expected)


def test_compile_in_place(device):
    def layer(q, k, v, g, beta, state):
        return gated_delta_rule_(q, k, v, g, beta, state) * 2

    compiled = compile_whole(layer)
    for B, T in ((2, 5), (1, 1), (3, 70)):
        *args, state = make(B, T, device=device)
        states = state.clone(), state.clone()
        torch.testing.assert_close(compiled(*args, states[0]), layer(*args, states[1]))
        torch.testing.assert_close(*states)
        assert not torch.equal(states[0], state)


def test_compile_pool_and_views(device):
    def layer(qkv, g, beta, pool, rows):
        q, k, v = (x.unflatten(-1, (-1, 16)) for x in qkv.split([32, 32, 64], dim=-1))
        return gated_delta_rule_(q, k, v, g, beta, pool, read_indices=rows, write_indices=rows, qk_l2norm=True)

    compiled = compile_whole(layer)
    for B, T in ((2, 5), (1, 1)):
        _, _, _, g, beta, pool = make(B, T, device=device, states=7)
        qkv = torch.randn(B, T, 128, device=device)
        rows = torch.arange(B, device=device, dtype=torch.int32) + 3
        pools = pool.clone(), pool.clone()
        args = qkv, g, beta
        torch.testing.assert_close(compiled(*args, pools[0], rows), layer(*args, pools[1], rows))
        torch.testing.assert_close(*pools)


@pytest.mark.parametrize("function", ["chunk_gated_delta_rule", "fused_recurrent_gated_delta_rule"])
def test_compile_fla(device, function):
    import gdr.torch

    def layer(q, k, v, g, beta, state):
        return getattr(gdr.torch, function)(
            q, k, v, g=g, beta=beta, initial_state=state, output_final_state=True, use_qk_l2norm_in_kernel=True
        )

    args = make(2, 9, device=device)
    for actual, expected in zip(compile_whole(layer)(*args), layer(*args)):
        torch.testing.assert_close(actual, expected)


def test_gradients_are_refused():
    args = make(1, 3)
    args[2].requires_grad_()
    with torch.enable_grad(), pytest.raises(Exception, match="backward is not supported yet"):
        compile_whole(lambda *args: gated_delta_rule(*args))(*args)
