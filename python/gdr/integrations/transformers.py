"""The op in the layers of Hugging Face's models.

    import gdr.integrations.transformers

    model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-Next-80B-A3B-Instruct")
    gdr.integrations.transformers.patch(model)

The layers of Qwen3-Next, Qwen3.5 and OLMo-Hybrid compute their projections and convolutions as before; the
gates and the recurrence, which they do with plain PyTorch and with flash-linear-attention where it is
installed, become torch.ops.gdr, for prompts and for tokens after them, whose states are updated in place in
the model's cache.
"""

import inspect
import sys
import types

import torch

import gdr.torch  # noqa: F401, registers torch.ops.gdr
from gdr.integrations import _gates

LAYERS = ("Qwen3NextGatedDeltaNet", "Qwen3_5GatedDeltaNet", "Qwen3_5MoeGatedDeltaNet", "OlmoHybridGatedDeltaNet")

# Where the layers find their functions: in attributes of their own or, since version 5, in their module.
ATTRIBUTES = ("chunk_gated_delta_rule", "recurrent_gated_delta_rule")
GLOBALS = ("torch_chunk_gated_delta_rule", "torch_recurrent_gated_delta_rule")
_NAMES = (*(f"self.{name}" for name in ATTRIBUTES), *GLOBALS)


def patch(model):
    """Puts the op into every layer of the model that knows the gated delta rule; returns the model.

    Where transformers keeps the function in the layer's module and not in the layer (version 5), this
    holds for all models of the family in the process. A model without such layers is a ValueError, a
    version of transformers whose layers look otherwise a NotImplementedError.
    """
    # All are found before the first one is replaced.
    found = [pair for layer in _find_layers(model) for pair in _find_replacements(layer)]
    for owner, replacements in found:
        if _is_patched(owner):  # as that of an earlier layer
            continue
        setattr(owner, _REPLACED, {name: (vars(owner).get(name, _Absent), replacements[name]) for name in replacements})
        for name, replacement in replacements.items():
            setattr(owner, name, replacement)
    return model


def unpatch(model):
    """Takes back what patch(model) did, except where something else has been put over it since."""
    for layer in _find_layers(model):
        for owner in filter(_is_patched, _get_owners(layer)):
            for name, (original, replacement) in getattr(owner, _REPLACED).items():
                if vars(owner).get(name) is not replacement:
                    continue
                if original is _Absent:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)
            delattr(owner, _REPLACED)
    return model


_REPLACED = "_gdr_replaced"  # what it was and what it became, by name


class _Absent:
    """In place of an original that was not there."""


def _find_layers(model):
    layers = [layer for layer in model.modules() if type(layer).__name__ in LAYERS]
    if not layers:
        raise ValueError(f"expected a model with layers among {', '.join(LAYERS)}, got {type(model).__name__}")
    return layers


def _get_owners(layer):
    """What may hold something to replace."""
    return layer, type(layer), sys.modules[type(layer).__module__]


def _is_patched(owner):
    return _REPLACED in vars(owner)


def _find_replacements(layer):
    """What holds something to replace, with what comes in its place, by name; nothing if that has been done."""
    if any(map(_is_patched, _get_owners(layer))):
        return []
    _, kind, module = _get_owners(layer)
    forward = _gates.leave_to_op(kind.forward, _NAMES, gated_delta_rule)
    if all(hasattr(layer, name) for name in ATTRIBUTES):
        replacements = dict.fromkeys(ATTRIBUTES, gated_delta_rule)
        # A forward of the layer's own is a hook's, which calls that of the class.
        if forward and "forward" not in vars(layer):
            replacements["forward"] = types.MethodType(forward, layer)
        return [(layer, replacements)]
    if all(name in _get_names(kind.forward) and hasattr(module, name) for name in GLOBALS):
        found = [(module, dict.fromkeys(GLOBALS, gated_delta_rule))]
        return found + [(kind, {"forward": forward})] if forward else found
    version = getattr(sys.modules.get("transformers"), "__version__", "?")
    raise NotImplementedError(
        f"{kind.__name__} of transformers {version} is not known to gdr: expected it to call "
        f"{' and '.join(ATTRIBUTES)}, or {' and '.join(GLOBALS)}"
    )


def _get_names(function):
    return inspect.unwrap(function).__code__.co_names


def gated_delta_rule(
    query,
    key,
    value,
    g,
    beta,
    chunk_size=None,
    initial_state=None,
    output_final_state=False,
    use_qk_l2norm_in_kernel=False,
    cu_seqlens=None,
    A_log=None,
    dt_bias=None,
    allow_neg_eigval=False,
    **kwargs,
):
    """What the layers call: query, key [B, T, HK, K]; value [B, T, HV, V]; g, beta [B, T, HV].

    With A_log and dt_bias [HV] the gate is -exp(A_log) * softplus(g + dt_bias) and beta the sigmoid of
    what is given, or twice that with allow_neg_eigval.

    Returns o and the final state [B, HV, K, V]. An initial state is updated in place: it is the cache's,
    into which the layer would copy the final state next. Of chunk_size and other arguments, which belong
    to other implementations, nothing depends.
    """
    # The convolution leaves a prompt's tokens innermost; those after it need no copy.
    query, key, value = (x if x.stride(-1) == 1 else x.contiguous() for x in (query, key, value))
    operands = query, key, value, _widen(g), _widen(beta)
    options = dict(cu_seqlens=cu_seqlens, qk_l2norm=use_qk_l2norm_in_kernel)
    if A_log is not None:
        beta_form = "twice_sigmoid" if allow_neg_eigval else "sigmoid"
        options |= dict(A_log=_widen(A_log), dt_bias=_widen(dt_bias), gate_form="softplus", beta_form=beta_form)
    if initial_state is None or not output_final_state:
        o, final_state = torch.ops.gdr.gated_delta_rule(
            *operands, initial_state, output_final_state=output_final_state, **options
        )
        return o, final_state if output_final_state else None
    return torch.ops.gdr.gated_delta_rule_(*operands, initial_state, **options), initial_state


def _widen(tensor):
    # float16 has no place in the op's gates.
    return tensor.float() if tensor.dtype == torch.float16 else tensor
