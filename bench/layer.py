#!/usr/bin/env python3
"""Times the recurrence of one token in the layers of Qwen3.5-35B-A3B, all of them in one CUDA graph.

    PYTHONPATH=build/python bench/layer.py                writes bench/results/layer.json
    PYTHONPATH=build/python bench/layer.py --device cpu   checks all forms on small sizes, and times nothing

What is timed is what a layer does between its convolution and its gated norm: l2norm of q and k, gates, beta, the
update of the state and the output. Not the projections, the convolution (of 4 tokens) and the norm, which are the
same in all forms. The model has 40 layers of 2048 channels, 30 of them Gated DeltaNet layers of 16 key heads and 32
value heads, K = V = 128; here B = T = 1, bf16, each layer with inputs and an f32 state of its own, K-first, as
transformers keeps it: 60 MiB of states, more than the L2 cache holds. Each figure is a median over replays.

"gdr" is what gdr.integrations.transformers.patch makes of the layer of transformers, which computes its gates by ops of
PyTorch: "gates by torch", with FLA's function and the copy of its final state into the cache, and with the op alone in
that function's place. The forms of plain PyTorch are what an exported model has without an op; compiled, by torch.compile
layer by layer. All are compared with the recurrence in f64 first.
"""

import argparse
import functools
import pathlib
import sys

import torch
import torch.nn.functional as F

import gdr.torch  # noqa: F401, registers torch.ops.gdr
from measure import relative_error, time_graph
from program import HERE, write

LAYERS, KEY_HEADS, VALUE_HEADS, DIM = 30, 16, 32, 128


def make_layer(device, key_heads=KEY_HEADS, value_heads=VALUE_HEADS, dim=DIM):
    """q, k, v, a, b, A_log, dt_bias and the state of a layer; q, k and v are parts of one tensor, as in the model."""
    qkv = torch.randn(1, 1, (2 * key_heads + value_heads) * dim, device=device).bfloat16()
    sizes = [key_heads * dim, key_heads * dim, value_heads * dim]
    q, k, v = (x.unflatten(-1, (-1, dim)) for x in F.silu(qkv).split(sizes, dim=-1))
    a, b = (torch.randn(1, 1, value_heads, device=device).bfloat16() for _ in range(2))
    A_log = torch.empty(value_heads, device=device).uniform_(0.01, 16).log().bfloat16()
    dt_bias = torch.ones(value_heads, device=device).bfloat16()
    return q, k, v, a, b, A_log, dt_bias, torch.randn(1, value_heads, dim, dim, device=device)


def get_gates(a, b, A_log, dt_bias, dtype=torch.float32):
    """The logarithm of the decay, and beta, as the layer of transformers computes them."""
    return -A_log.to(dtype).exp() * F.softplus(a.to(dtype) + dt_bias), b.sigmoid()


def contract_by_einsum(state, x):
    return torch.einsum("bhkv,bhk->bhv", state, x)


def contract_by_sum(state, x):
    return (state * x[..., None]).sum(-2)


def plain(contract, q, k, v, a, b, A_log, dt_bias, state, dtype=torch.float32):
    """The layer in ops of PyTorch alone."""
    repeats = v.shape[2] // q.shape[2]
    q, k, v = (x[:, 0].to(dtype) for x in (q, k, v))
    q, k = (x * (x.square().sum(-1, keepdim=True) + 1e-6).rsqrt() for x in (q, k))
    q, k = (x.repeat_interleave(repeats, dim=1) for x in (q * q.shape[-1] ** -0.5, k))
    g, beta = (x[:, 0, :, None] for x in get_gates(a, b, A_log, dt_bias, dtype))
    decayed = state * g.exp()[..., None]
    d = beta * (v - contract(decayed, k))
    updated = decayed + k[..., None] * d[..., None, :]
    state.copy_(updated)
    return contract(updated, q)[:, None].to(torch.bfloat16 if dtype == torch.float32 else dtype)


def run_gdr(q, k, v, a, b, A_log, dt_bias, state):
    return torch.ops.gdr.gated_delta_rule_(
        q, k, v, a, b, state, A_log=A_log, dt_bias=dt_bias, qk_l2norm=True, gate_form="softplus", beta_form="sigmoid"
    )


def run_gdr_after_gates(q, k, v, a, b, A_log, dt_bias, state):
    return torch.ops.gdr.gated_delta_rule_(q, k, v, *get_gates(a, b, A_log, dt_bias), state, qk_l2norm=True)


def get_fla_forms():
    try:
        from fla.ops.gated_delta_rule import fused_recurrent_gated_delta_rule
    except ImportError:
        return {}
    options = dict(output_final_state=True, use_qk_l2norm_in_kernel=True)

    def after_gates(q, k, v, a, b, A_log, dt_bias, state):
        g, beta = get_gates(a, b, A_log, dt_bias)
        o, final = fused_recurrent_gated_delta_rule(q, k, v, g=g, beta=beta, initial_state=state, **options)
        state.copy_(final)
        return o

    def alone(q, k, v, a, b, A_log, dt_bias, state):
        return fused_recurrent_gated_delta_rule(
            q, k, v, g=a, beta=b, initial_state=state, use_gate_in_kernel=True, A_log=A_log, dt_bias=dt_bias,
            use_beta_sigmoid_in_kernel=True, **options,
        )  # fmt: skip

    return {"FLA, gates by torch": after_gates, "FLA, gates in the kernel, state not copied back": alone}


def get_forms():
    """Functions of a layer's tensors that return o, or o and the new state if that one is not in place."""
    einsum = functools.partial(plain, contract_by_einsum)
    sums = functools.partial(plain, contract_by_sum)
    return {
        "gdr": run_gdr,
        "gdr, gates by torch": run_gdr_after_gates,
        "einsum": einsum,
        "einsum, compiled": torch.compile(einsum, dynamic=False),
        "products and sums": sums,
        "products and sums, compiled": torch.compile(sums, dynamic=False),
    } | get_fla_forms()


def get_errors(form, layer):
    """Relative errors of o and of the state."""
    *inputs, expected_state = (x.double() for x in layer)
    expected_o = plain(contract_by_einsum, *inputs, expected_state, dtype=torch.float64)
    *inputs, state = layer
    state = state.clone()
    result = form(*inputs, state)
    o, state = result if isinstance(result, tuple) else (result, state)
    return relative_error(o, expected_o), relative_error(state, expected_state)


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results" / "layer.json")
    options = parser.parse_args()
    torch.manual_seed(1)
    is_cuda = options.device == "cuda"
    if is_cuda:
        layers = [make_layer("cuda") for _ in range(LAYERS)]
    else:
        layers = [make_layer("cpu", 2, 4, 16)]
    state_bytes = 2 * sum(layer[-1].nbytes for layer in layers)
    rows = []
    for name, form in get_forms().items():
        row = {"form": name}
        row["error_o"], row["error_state"] = get_errors(form, layers[0])
        # o is bf16, and so is beta where torch computes it.
        if row["error_o"] > 1e-2 or row["error_state"] > 1e-2:
            sys.exit(f"{name}: wrong by o {row['error_o']:.1e}, state {row['error_state']:.1e}")
        text = f"{name:48}o {row['error_o']:.1e}  state {row['error_state']:.1e}"
        if is_cuda:
            row["us"] = LAYERS * time_graph([functools.partial(form, *layer) for layer in layers])
            row["gb_per_s"] = state_bytes / row["us"] / 1e3
            text += f"  {row['us']:8.1f} us for {LAYERS} layers  {row['gb_per_s']:6.0f} GB/s of states"
        print(text, flush=True)
        rows.append(row)
    if is_cuda:
        write(options.output, rows)


if __name__ == "__main__":
    main()
