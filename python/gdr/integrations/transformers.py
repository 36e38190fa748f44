"""The op in the layers of Hugging Face's models.

    import gdr.integrations.transformers

    model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen3-Next-80B-A3B-Instruct")
    gdr.integrations.transformers.patch(model)

The layers of Qwen3-Next, Qwen3.5 and OLMo-Hybrid compute their gates and convolutions as before; the
recurrence, which they do with flash-linear-attention or else with plain PyTorch, becomes torch.ops.gdr,
for prompts and for tokens after them, whose states are updated in place in the model's cache.
"""

import inspect
import sys

import torch

import gdr.torch  # noqa: F401, registers torch.ops.gdr

LAYERS = ("Qwen3NextGatedDeltaNet", "Qwen3_5GatedDeltaNet", "Qwen3_5MoeGatedDeltaNet", "OlmoHybridGatedDeltaNet")

# Where the layers find their functions: in attributes of their own or, since version 5, in their module.
ATTRIBUTES = ("chunk_gated_delta_rule", "recurrent_gated_delta_rule")
GLOBALS = ("torch_chunk_gated_delta_rule", "torch_recurrent_gated_delta_rule")


def patch(model):
    """Puts the op into every layer of the model that knows the gated delta rule; returns the model.

    Where transformers keeps the function in the layer's module and not in the layer (version 5), this
    holds for all models of the family in the process. A model without such layers is a ValueError, a
    version of transformers whose layers look otherwise a NotImplementedError.
    """
    for owner, names in _find_owners(model):
        originals = owner.__dict__.setdefault("_gdr_originals", {})
        for name in names:
            if name not in originals:
                originals[name] = getattr(owner, name)
                setattr(owner, name, gated_delta_rule)
    return model


def unpatch(model):
    """Takes back what patch(model) did."""
    for owner, _ in _find_owners(model):
        for name, original in owner.__dict__.pop("_gdr_originals", {}).items():
            setattr(owner, name, original)
    return model


def _find_owners(model):
    """What holds the functions to replace, and their names in it."""
    layers = [layer for layer in model.modules() if type(layer).__name__ in LAYERS]
    if not layers:
        raise ValueError(f"expected a model with layers among {', '.join(LAYERS)}, got {type(model).__name__}")
    owners = {}
    for layer in layers:
        module = sys.modules[type(layer).__module__]
        if all(hasattr(layer, name) for name in ATTRIBUTES):
            owners[id(layer)] = layer, ATTRIBUTES
        elif all(name in _get_names(type(layer).forward) and hasattr(module, name) for name in GLOBALS):
            owners[id(module)] = module, GLOBALS
        else:
            version = getattr(sys.modules.get("transformers"), "__version__", "?")
            raise NotImplementedError(
                f"{type(layer).__name__} of transformers {version} is not known to gdr: expected it to call "
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
    **kwargs,
):
    """What the layers call: query, key [B, T, HK, K]; value [B, T, HV, V]; g, beta [B, T, HV].

    Returns o and the final state [B, HV, K, V]. An initial state is updated in place: it is the cache's,
    into which the layer would copy the final state next. Of chunk_size and other arguments, which belong
    to other implementations, nothing depends.
    """
    # The convolution leaves a prompt's tokens innermost; those after it need no copy.
    query, key, value = (x if x.stride(-1) == 1 else x.contiguous() for x in (query, key, value))
    g, beta = (x.float() if x.dtype == torch.float16 else x for x in (g, beta))
    operands = query, key, value, g, beta
    if initial_state is None or not output_final_state:
        o, final_state = torch.ops.gdr.gated_delta_rule(
            *operands,
            initial_state,
            cu_seqlens=cu_seqlens,
            qk_l2norm=use_qk_l2norm_in_kernel,
            output_final_state=output_final_state,
        )
        return o, final_state if output_final_state else None
    o = torch.ops.gdr.gated_delta_rule_(
        *operands, initial_state, cu_seqlens=cu_seqlens, qk_l2norm=use_qk_l2norm_in_kernel
    )
    return o, initial_state
