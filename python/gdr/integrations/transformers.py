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
    for owner, replacements in _find_owners(model):
        if _REPLACED in vars(owner):
            continue
        originals = {name: vars(owner).get(name, _ABSENT) for name in replacements}
        setattr(owner, _REPLACED, {name: (originals[name], replacements[name]) for name in replacements})
        for name, replacement in replacements.items():
            setattr(owner, name, replacement)
    return model


def unpatch(model):
    """Takes back what patch(model) did, except where something else has been put over it since."""
    for owner, _ in _find_owners(model):
        for name, (original, replacement) in vars(owner).get(_REPLACED, {}).items():
            if vars(owner).get(name) is not replacement:
                continue
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        if _REPLACED in vars(owner):
            delattr(owner, _REPLACED)
    return model


_REPLACED = "_gdr_replaced"  # what it was and what it became, by name


class _ABSENT:
    """In place of an original that was not there."""


def _find_owners(model):
    """What holds the functions to replace, and what comes in their place, by name."""
    layers = [layer for layer in model.modules() if type(layer).__name__ in LAYERS]
    if not layers:
        raise ValueError(f"expected a model with layers among {', '.join(LAYERS)}, got {type(model).__name__}")
    owners = {}
    for layer in layers:
        kind = type(layer)
        module = sys.modules[kind.__module__]
        original, _ = vars(kind).get(_REPLACED, {}).get("forward", (kind.forward, None))
        forward = _gates.leave_to_op(original, _NAMES, gated_delta_rule)
        if all(hasattr(layer, name) for name in ATTRIBUTES):
            owners[id(layer)] = layer, dict.fromkeys(ATTRIBUTES, gated_delta_rule)
            # A forward of the layer's own is a hook's, which calls that of the class.
            if forward and "forward" not in vars(layer):
                owners[id(layer)][1]["forward"] = types.MethodType(forward, layer)
        elif all(name in _get_names(original) and hasattr(module, name) for name in GLOBALS):
            owners[id(module)] = module, dict.fromkeys(GLOBALS, gated_delta_rule)
            if forward:
                owners[id(kind)] = kind, {"forward": forward}
        else:
            version = getattr(sys.modules.get("transformers"), "__version__", "?")
            raise NotImplementedError(
                f"{kind.__name__} of transformers {version} is not known to gdr: expected it to call "
                f"{' and '.join(ATTRIBUTES)}, or {' and '.join(GLOBALS)}"
            )
    return owners.values()


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
