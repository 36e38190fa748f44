"""What a call of the op looks like, as far as its compiled form depends on it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from ._library import SignatureStruct, runtime

# gdr_element_type, gdr_gate_form, gdr_beta_form and the state's layouts, in
# gdr-c/Signature.h.
ELEMENT_TYPES = {None: 0, "f32": 1, "bf16": 2, "f16": 3, "i32": 4, "i64": 5}
GATE_FORMS = {"log": 0, "softplus": 1, "bounded_sigmoid": 2}
BETA_FORMS = {"given": 0, "sigmoid": 1, "twice_sigmoid": 2}
STATE_LAYOUTS = {"k_first": 0, "v_first": 1}

# The name of the function in the module of every signature.
FUNCTION = "gated_delta_rule"


def _look_up(table: dict, name: str, value: str | None) -> int:
    if value not in table:
        names = ", ".join(str(each) for each in table)
        raise ValueError(f"{name}: expected one of {names}, got {value!r}")
    return table[value]


@dataclass(frozen=True)
class Signature:
    """Numbers of heads, dimensions, element types and forms of the op.

    Numbers of sequences (B or N), tokens (T) and rows of a state pool are not
    part of it: one compiled kernel serves all of them. Element types are
    ``"f32"``, ``"bf16"``, ``"f16"``, ``"i32"`` and ``"i64"``; None stands for an
    operand that is absent.
    """

    num_key_heads: int
    """HK: heads of q and k."""
    num_value_heads: int
    """HV: heads of v, o, the gates and the state; a multiple of HK."""
    key_dim: int = 128
    """K: elements of a head of q and k."""
    value_dim: int | None = None
    """V: elements of a head of v and o; K by default."""
    dtype: str = "bf16"
    """Of q, k [B, T, HK, K], v and o [B, T, HV, V]."""
    g: str | None = "f32"
    """Of the gate [B, T, HV]: the natural logarithm of the decay, unless ``gate_form`` differs."""
    beta: str | None = "f32"
    """Of the step size [B, T, HV]."""
    A_log: str | None = None
    """Of [HV], a parameter of the softplus gate."""
    dt_bias: str | None = None
    """Of [HV], a parameter of the softplus gate."""
    initial_state: str | None = "f32"
    """Of the state [N, HV, K, V], or [N, HV, V, K] if ``state_layout`` is v_first."""
    final_state: str | None = None
    """Of the state after the last token; the initial state's if ``in_place``."""
    in_place: bool = True
    """The final state takes the initial state's place, in its buffer; a call then
    names it ``state``."""
    cu_seqlens: str | None = None
    """Of the bounds [N + 1] of packed sequences; B is then 1."""
    max_seqlen: bool = False
    """Whether the call gives the length of the longest packed sequence."""
    read_indices: str | None = None
    """Of the rows [N] of a state pool that are read; below 0: start from zero."""
    write_indices: str | None = None
    """Of the rows [N] of a state pool that are written; below 0: none."""
    state_layout: str = "k_first"
    """``"k_first"`` or ``"v_first"``."""
    gate_form: str = "log"
    """``"log"``, ``"softplus"`` or ``"bounded_sigmoid"``."""
    beta_form: str = "given"
    """``"given"``, ``"sigmoid"`` or ``"twice_sigmoid"``."""
    qk_l2norm: bool = False
    """q and k are divided by sqrt(sum of squares + ``l2norm_eps``)."""
    l2norm_eps: float = 1e-6
    scale: float | None = None
    """Factor of the output; K^-0.5 by default."""
    lower_bound: float = 0.0
    """Of the gate, if ``gate_form`` is bounded_sigmoid."""
    gate_per_channel: bool = False
    """g is [B, T, HV, K]."""

    def _get_types(self) -> list[str | None]:
        """By gdr_operand."""
        final_state = self.final_state
        if self.in_place:
            final_state = self.initial_state
        return [
            self.dtype,
            self.dtype,
            self.dtype,
            self.g,
            self.beta,
            self.A_log,
            self.dt_bias,
            self.initial_state,
            self.cu_seqlens,
            "i64" if self.max_seqlen else None,
            self.read_indices,
            self.write_indices,
            self.dtype,
            final_state,
        ]

    def _get_struct(self) -> SignatureStruct:
        struct = SignatureStruct(size=ctypes.sizeof(SignatureStruct))
        names = (
            "dtype dtype dtype g beta A_log dt_bias initial_state cu_seqlens max_seqlen "
            "read_indices write_indices dtype final_state"
        ).split()
        for i, (name, type_) in enumerate(zip(names, self._get_types())):
            struct.types[i] = _look_up(ELEMENT_TYPES, name, type_)
        for name in ("num_key_heads", "num_value_heads", "key_dim"):
            setattr(struct, name, _get_size(name, getattr(self, name)))
        value_dim = self.key_dim if self.value_dim is None else self.value_dim
        struct.value_dim = _get_size("value_dim", value_dim)
        struct.gate_form = _look_up(GATE_FORMS, "gate_form", self.gate_form)
        struct.beta_form = _look_up(BETA_FORMS, "beta_form", self.beta_form)
        struct.state_v_first = _look_up(STATE_LAYOUTS, "state_layout", self.state_layout)
        struct.qk_l2norm = self.qk_l2norm
        struct.l2norm_eps = self.l2norm_eps if self.qk_l2norm else 0.0
        struct.in_place = self.in_place
        struct.gate_per_channel = self.gate_per_channel
        struct.has_scale = self.scale is not None
        struct.scale = self.scale or 0.0
        struct.lower_bound = self.lower_bound
        return struct

    def get_module(self) -> str:
        """The text of the MLIR module that is compiled, with one function ``gated_delta_rule``."""
        struct = self._get_struct()
        size = runtime().gdr_signature_module(ctypes.byref(struct), None, 0) + 1
        buffer = ctypes.create_string_buffer(size)
        runtime().gdr_signature_module(ctypes.byref(struct), buffer, size)
        return buffer.value.decode()


def _get_size(name: str, value: int) -> int:
    if not 0 < value < 2**31:
        raise ValueError(f"{name}: expected a number from 1 to 2147483647, got {value}")
    return value
