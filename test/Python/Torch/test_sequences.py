"""Packed sequences and pools of states."""

import pytest
import recurrence
import torch
from recurrence import error, make, tolerance

gated_delta_rule = torch.ops.gdr.gated_delta_rule
gated_delta_rule_ = torch.ops.gdr.gated_delta_rule_


@pytest.mark.parametrize("lengths", [[5], [0, 7, 0, 70, 1], [1, 1, 1], [130, 64, 63, 65], [0, 0]])
@pytest.mark.parametrize("index", [torch.int32, torch.int64])
@pytest.mark.parametrize("with_bound", [False, True])
def test_packed(device, lengths, index, with_bound):
    args = make(1, sum(lengths), device=device, states=len(lengths))
    cu_seqlens = torch.tensor([0, *lengths]).cumsum(0).to(device, index)
    options = {"cu_seqlens": cu_seqlens}
    if with_bound:
        options["max_seqlen"] = max(lengths)
    expected_o, expected_state = recurrence.gated_delta_rule(*args, **options)
    o, state = gated_delta_rule(*args, **options)
    assert error(o, expected_o) < 1e-5
    assert error(state, expected_state) < 1e-5
    in_place = args[5].clone()
    assert torch.equal(gated_delta_rule_(*args[:5], in_place, **options), o)
    assert torch.equal(in_place, state)


@pytest.mark.parametrize("lengths", [[1000], [385, 449, 0, 513, 63], [1, 577, 700, 64], [2049]])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("K, state_layout", [(64, "v_first"), (128, "k_first")])
def test_packed_chunks(device, lengths, dtype, K, state_layout):
    """More chunks than the kernels have room for at once, and a part of one at the end."""
    args = make(1, sum(lengths), K=K, V=K, dtype=dtype, device=device, states=len(lengths))
    cu_seqlens = torch.tensor([0, *lengths]).cumsum(0).to(device)
    options = {"cu_seqlens": cu_seqlens, "state_layout": state_layout}
    expected_o, expected_state = recurrence.gated_delta_rule(*args, **options)
    o, state = gated_delta_rule(*args, **options)
    for begin, end in zip(cu_seqlens[:-1], cu_seqlens[1:]):
        assert error(o[:, begin:end], expected_o[:, begin:end]) < tolerance(dtype)
    assert error(state, expected_state) < tolerance(dtype)


@pytest.mark.parametrize("index", [torch.int32, torch.int64])
@pytest.mark.parametrize("read, write", [([3, 0], [3, 0]), ([3, 0], [1, 4]), ([-1, 2], [0, -1]), ([-1, 2], [-1, 2])])
@pytest.mark.parametrize("T", [1, 70])
def test_pool(device, index, read, write, T):
    *args, pool = make(2, T, device=device, states=5)
    read, write = (torch.tensor(rows, device=device, dtype=index) for rows in (read, write))
    options = {"read_indices": read, "write_indices": write}
    expected_o, expected_pool = recurrence.gated_delta_rule(*args, pool, **options)
    o = gated_delta_rule_(*args, pool, **options)
    runs = [n for n in range(2) if read[n] >= 0 or write[n] >= 0]
    assert error(o[runs], expected_o[runs]) < 1e-5
    assert error(pool, expected_pool) < 1e-5


def test_packed_pool(device):
    lengths = [3, 0, 70]
    *args, pool = make(1, sum(lengths), device=device, states=6)
    rows = torch.tensor([4, 1, 2], device=device, dtype=torch.int32)
    cu_seqlens = torch.tensor([0, *lengths]).cumsum(0).to(device, torch.int32)
    options = {"read_indices": rows, "write_indices": rows, "cu_seqlens": cu_seqlens}
    expected_o, expected_pool = recurrence.gated_delta_rule(*args, pool, **options)
    assert error(gated_delta_rule_(*args, pool, **options), expected_o) < 1e-5
    assert error(pool, expected_pool) < 1e-5


def test_read_from_a_pool(device):
    *args, pool = make(2, 5, device=device, states=5)
    rows = torch.tensor([3, -1], device=device)
    expected_o, expected_state = recurrence.gated_delta_rule(*args, pool, read_indices=rows)
    o, state = gated_delta_rule(*args, pool, read_indices=rows)
    assert state.shape[0] == 2
    assert error(o, expected_o) < 1e-5
    assert error(state, expected_state) < 1e-5
