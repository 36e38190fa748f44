"""Bad input is an error that names the argument."""

import pytest
import torch
from recurrence import make

gated_delta_rule = torch.ops.gdr.gated_delta_rule
gated_delta_rule_ = torch.ops.gdr.gated_delta_rule_

NAMES = ("q", "k", "v", "g", "beta", "initial_state")

CASES = {
    "rank": ("q", lambda x: x[0], "expected rank 4, got 3"),
    "keys": ("k", lambda x: x[..., :8], "expected dimension 3 to be 16, got 8"),
    "batch": ("v", lambda x: x[:1], "expected dimension 0 .* to be 2 .*got 1"),
    "tokens": ("g", lambda x: x[:, :2], "expected dimension 1 .* to be 3 .*got 2"),
    "heads": ("v", lambda x: x[:, :, :3], "multiple of the number of key heads, 2, got 3"),
    "beta's heads": ("beta", lambda x: x[:, :, :2], "expected dimension 2 to be 4, got 2"),
    "state": ("initial_state", lambda x: x[:, :, :8], "expected dimension 2 to be 16, got 8"),
    "states": ("initial_state", lambda x: x[:1], "expected dimension 0 .* to be 2 .*got 1"),
    "integers": ("q", lambda x: x.int(), "expected dtype bfloat16, float16 or float32, got int32"),
    "float64": ("g", lambda x: x.double(), "expected dtype float32 or bfloat16"),
    "mixed dtypes": ("k", lambda x: x.bfloat16(), "expected the dtype of 'q'"),
    "last dimension": ("v", lambda x: x.mT.contiguous().mT, "stride of dimension 3 to be 1"),
    "gate's last dimension": ("g", lambda x: x.mT.contiguous().mT, "stride of dimension 2 to be 1"),
}


@pytest.mark.parametrize("case", CASES)
def test_operands(device, case):
    name, spoil, message = CASES[case]
    args = list(make(2, 3, device=device))
    args[NAMES.index(name)] = spoil(args[NAMES.index(name)])
    with pytest.raises(ValueError, match=f"'{name}'.*{message}"):
        gated_delta_rule(*args)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"state_layout": "kv"}, "'state_layout': expected one of 'k_first', 'v_first', got 'kv'"),
        ({"gate_form": "softplus"}, "'A_log': expected a tensor"),
        ({"gate_form": "exp"}, "'gate_form': expected one of 'log'"),
        ({"A_log": torch.zeros(4)}, "'A_log': expected none with gate_form 'log'"),
        ({"lower_bound": -1.0}, "'lower_bound': expected none"),
        ({"max_seqlen": 3}, "'max_seqlen': expected none without 'cu_seqlens'"),
        ({"final_state_dtype": torch.int32}, "'final_state_dtype': expected float32"),
        ({"read_indices": torch.tensor([0, 2])}, "'read_indices': expected element 1 to be less than .* 2, got 2"),
        ({"read_indices": torch.tensor([0.0, 1.0])}, "'read_indices': expected dtype int32 or int64"),
        ({"read_indices": torch.tensor([0])}, "'read_indices': expected dimension 0 .* to be 2"),
    ],
)
def test_options(options, message):
    with pytest.raises(ValueError, match=message):
        gated_delta_rule(*make(2, 3), **options)


@pytest.mark.parametrize(
    "offsets, options, message",
    [
        ([0, 5, 3, 10], {}, "element 2 to be from 5 to 10, got 3"),
        ([0, 5, 11], {}, "element 2 to be from 5 to 10, got 11"),
        ([-1, 5], {}, "element 0 to be from 0 to 10, got -1"),
        ([0, 3, 10], {"max_seqlen": 6}, "at most max_seqlen = 6 tokens, got 7 in sequence 1"),
        ([], {}, r"expected N \+ 1 elements, got 0"),
    ],
)
def test_offsets_on_the_host(offsets, options, message):
    args = make(1, 10, states=max(len(offsets) - 1, 0))
    with pytest.raises(ValueError, match=f"'cu_seqlens': expected.*{message}|{message}"):
        gated_delta_rule(*args, cu_seqlens=torch.tensor(offsets, dtype=torch.int32), **options)


def test_packed_batch():
    with pytest.raises(ValueError, match="'q': expected dimension 0 to be 1, got 2"):
        gated_delta_rule(*make(2, 3), cu_seqlens=torch.tensor([0, 1, 3]))


def test_pool():
    args = make(2, 3)
    rows = torch.tensor([0, 1])
    with pytest.raises(ValueError, match="'write_indices': expected a tensor, as for the other indices"):
        gated_delta_rule_(*args, read_indices=rows)
    with pytest.raises(ValueError, match="'write_indices': expected element 0 to be less than .* got 7"):
        gated_delta_rule_(*args, read_indices=rows, write_indices=rows + 7)
    with pytest.raises(ValueError, match="'initial_state': expected a tensor"):
        gated_delta_rule(*args[:5], read_indices=rows)


def test_repeated_state():
    *args, state = make(2, 3)
    with pytest.raises(ValueError, match="'state': expected elements of its own.* along dimension 0"):
        gated_delta_rule_(*args, state[:1].expand(2, -1, -1, -1))
    gated_delta_rule(*args, state[:1].expand(2, -1, -1, -1))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", NAMES)
def test_mixed_devices(name):
    args = list(make(2, 3, device="cuda"))
    args[NAMES.index(name)] = args[NAMES.index(name)].cpu()
    with pytest.raises(ValueError, match="expected a tensor on the device of 'q'"):
        gated_delta_rule(*args)


@pytest.mark.parametrize("op", [gated_delta_rule, gated_delta_rule.default, gated_delta_rule_, gated_delta_rule_.default])
def test_gradients_are_refused(op):
    args = make(2, 3)
    args[2].requires_grad_()
    op(*args)
    with torch.enable_grad():
        with pytest.raises(NotImplementedError, match="backward is not supported yet, and argument 'v' requires"):
            op(*args)
        with pytest.raises(NotImplementedError, match="arguments 'v', 'A_log' require a gradient"):
            op(*args, A_log=torch.zeros(4, requires_grad=True), gate_form="softplus")


@pytest.mark.parametrize("name", ["q", "v"])
def test_none(name):
    args = list(make(2, 3))
    args[NAMES.index(name)] = None
    with pytest.raises(ValueError, match=f"argument '{name}': expected a tensor, got None"):
        gated_delta_rule(*args)


def test_gate_per_channel():
    q, k, v, g, beta, state = make(1, 3)
    with pytest.raises(RuntimeError, match="gate"):
        gated_delta_rule(q, k, v, g[..., None].expand(1, 3, 4, 16).contiguous(), beta, state)
