"""The overloads of the ops without options: what they compute, and which calls become theirs."""

import gc
import sys
import weakref

import pytest
import torch
from recurrence import make
from torch.utils._python_dispatch import TorchDispatchMode

OPS = {"gated_delta_rule": torch.ops.gdr.gated_delta_rule, "gated_delta_rule_": torch.ops.gdr.gated_delta_rule_}
OVERLOADS = {"plain": {}, "l2norm": {"qk_l2norm": True}}


class Calls(TorchDispatchMode):
    """The overloads of gdr's ops that are called under it."""

    def __init__(self):
        super().__init__()
        self.overloads = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.namespace == "gdr":
            self.overloads.append(function._overloadname)
        return function(*args, **(kwargs or {}))


def copy(args):
    return [*args[:5], args[5].clone()]


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("overload", OVERLOADS)
def test_opcheck(device, name, overload):
    torch.library.opcheck(getattr(OPS[name], overload), make(1, 9, device=device))


@pytest.mark.parametrize("T", [1, 70])
@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("overload", OVERLOADS)
def test_same_results(device, name, overload, T):
    args = make(2, T, dtype=torch.bfloat16, device=device)
    given, expected = copy(args), copy(args)
    results = getattr(OPS[name], overload)(*given), OPS[name].default(*expected, **OVERLOADS[overload])
    torch.testing.assert_close(*results, rtol=0, atol=0)
    assert torch.equal(given[5], expected[5])


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, "plain"),
        ({"qk_l2norm": True}, "l2norm"),
        ({"qk_l2norm": False}, "plain"),
        ({"scale": 1.0}, "default"),
        ({"qk_l2norm": True, "scale": 1.0}, "default"),
        ({"qk_l2norm": 1}, "default"),
        ({"qk_l2norm": None}, "default"),
        ({"l2norm": True}, RuntimeError),
    ],
)
def test_choice(name, options, expected):
    with Calls() as calls:
        if isinstance(expected, str):
            OPS[name](*make(1, 3), **options)
            assert calls.overloads == [expected]
        else:
            with pytest.raises(expected):
                OPS[name](*make(1, 3), **options)


def test_choice_of_absent_operands():
    q, k, v, g, beta, _ = make(1, 3)
    with Calls() as calls:
        for args in ((q, k, v), (q, k, v, g, beta), (q, k, v, None, None, None)):
            torch.ops.gdr.gated_delta_rule(*args)
        assert calls.overloads == ["plain"] * 3
        torch.ops.gdr.gated_delta_rule(q, k, v, g=g)
        torch.ops.gdr.gated_delta_rule(torch.nn.Parameter(q), k, v)
        assert calls.overloads[3:] == ["default"] * 2


@pytest.mark.parametrize("name", OPS)
def test_missing_operands(name):
    """The error shows the schema with all options."""
    with pytest.raises(RuntimeError, match="beta_form"):
        OPS[name](*make(1, 3)[:2])


def test_missing_state():
    with pytest.raises(RuntimeError, match="'state'.*beta_form"):
        torch.ops.gdr.gated_delta_rule_(*make(1, 3)[:5], qk_l2norm=True)


def test_exported_programs_know_one_overload():
    class Layer(torch.nn.Module):
        def forward(self, q, k, v, g, beta, state):
            o, _ = torch.ops.gdr.gated_delta_rule(q, k, v, g, beta, state)
            return o + torch.ops.gdr.gated_delta_rule_(q, k, v, g, beta, state.clone(), qk_l2norm=True)

    for strict in (False, True):
        program = torch.export.export(Layer(), make(1, 3), strict=strict)
        overloads = [n.target._overloadname for n in program.graph.nodes if "gdr" in str(n.target)]
        assert overloads == ["default"] * 2


@pytest.mark.parametrize("options", [{}, {"qk_l2norm": True}, {"scale": 0.5}])
def test_arguments_are_not_kept(device, options):
    """They are deleted late, when the call is over (PythonCall.cpp)."""
    args = list(make(2, 3, device=device))
    counts = [sys.getrefcount(x) for x in args]
    for op in OPS.values():
        for _ in range(3):
            op(*args, **options)
        with pytest.raises(ValueError):
            op(*args[:5], args[5][:, :1], **options)
    assert [sys.getrefcount(x) for x in args] == counts
    alive = [weakref.ref(x) for x in args]
    del args
    gc.collect()
    assert not any(x() is not None for x in alive)
