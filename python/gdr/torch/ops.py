"""Loads libgdr_torch, and adds to its ops what Python code needs of them.

The ops and their kernels are C++ and need no Python; tracing (torch.compile, torch.export) needs the
shapes of their results, and autograd the knowledge that there is no backward.
"""

import functools

import torch

from gdr import _library
from gdr.torch import _call


def get_library():
    """The path of libgdr_torch, which C++ programs can link or open."""
    return (_library.get_directory() / "libgdr_torch.so").resolve()


def _expect_rank(name, tensor, rank):
    if tensor.dim() != rank:
        raise ValueError(f"argument '{name}': expected rank {rank}, got {tensor.dim()}")


def _output(q, v):
    for name, tensor in (("q", q), ("v", v)):
        _expect_rank(name, tensor, 4)
    return q.new_empty((q.shape[0], q.shape[1], v.shape[2], v.shape[3]))


def _fake_gated_delta_rule(
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
    scale=None,
    state_layout=None,
    qk_l2norm=False,
    l2norm_eps=1e-6,
    gate_form=None,
    lower_bound=None,
    beta_form=None,
    output_final_state=True,
    final_state_dtype=None,
):
    o = _output(q, v)
    sequences = 0
    if output_final_state:
        sequences = q.shape[0] if cu_seqlens is None else cu_seqlens.shape[0] - 1
    matrix = (q.shape[3], v.shape[3])
    if state_layout == "v_first":
        matrix = matrix[::-1]
    if final_state_dtype is None:
        final_state_dtype = torch.float32 if initial_state is None else initial_state.dtype
    return o, q.new_empty((sequences, v.shape[2], *matrix), dtype=final_state_dtype)


def _fake_gated_delta_rule_(q, k, v, g, beta, state, **attributes):
    _expect_rank("state", state, 4)
    return _output(q, v)


def _refuse_gradients(schema, *args, **kwargs):
    given = dict(zip((argument.name for argument in schema.arguments), args)) | kwargs
    names = [
        repr(name)
        for name, value in given.items()
        if isinstance(value, torch.Tensor) and value.requires_grad
    ]
    raise NotImplementedError(
        f"{schema.name}: backward is not supported yet, and argument{'s' * (len(names) > 1)} "
        f"{', '.join(names)} require{'s' * (len(names) == 1)} a gradient; call it under torch.no_grad(), "
        f"or detach the argument{'s' * (len(names) > 1)}"
    )


def _replace_calls(name, caller):
    """Makes a call of the op an error where a gradient would be lost, and otherwise one of the overload that takes
    the least time.

    An autograd kernel in Python would refuse gradients too, at 5 us a call: it turns every argument into a Python
    object and back. So the check stands before the op, where they are Python objects still (PythonCall.cpp).
    In C++, torch itself warns when a gradient is asked for.
    """
    packet = getattr(torch.ops.gdr, name)
    refuse = functools.partial(_refuse_gradients, packet.default._schema)
    # A packet's call is that of its class. An overload, which compiled code calls, keeps its class, because torch
    # asks for exactly that one.
    kind = type(packet)
    may_leave_out = packet.plain._schema.arguments[-1].has_default_value()
    call = caller.make_choice(packet.default._op, packet.plain._op, packet.l2norm._op, refuse, may_leave_out)
    packet.__class__ = type(kind.__name__, (kind,), {"__call__": call, "__module__": kind.__module__})
    for overload in (packet.default, packet.plain, packet.l2norm):
        overload._op = caller.make(overload._op, refuse)


def _register():
    _library.runtime()  # asks this package for ptxas
    torch.ops.load_library(str(get_library()))
    fakes = {"gated_delta_rule": _fake_gated_delta_rule, "gated_delta_rule_": _fake_gated_delta_rule_}
    caller = _call.Caller(get_library(), torch._C._any_requires_grad, torch.Tensor)
    for name, fake in fakes.items():
        for overload in (name, f"{name}.plain", f"{name}.l2norm"):
            torch.library.register_fake(f"gdr::{overload}", fake)
        _replace_calls(name, caller)


_register()
