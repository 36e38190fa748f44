#!/usr/bin/env python3
"""Times the ops as PyTorch programs call them: eagerly, from Python, without CUDA graphs.

    PYTHONPATH=build/python bench/torch_ops.py              writes bench/results/torch_ops.json
    PYTHONPATH=build/python bench/torch_ops.py --device cpu host costs only, on the CPU

Host cost: a call of a tiny shape, without waiting for its result, beside torch.add of 16 numbers. Wall time: B = 1,
HK = 16, HV = 32, K = V = 128, bf16, of calls that follow each other, the wait for the last one included. First calls
are those of bench/first_call.py. The peer, where it is installed, is flash-linear-attention in the same process.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import time

import torch

import gdr.torch
from first_call import time_first_calls
from measure import get_device_state

HERE = pathlib.Path(__file__).resolve().parent
TOKENS = [1, 64, 512, 2048]


def make(tokens, key_heads, value_heads, dim, device):
    def randn(*shape):
        return torch.randn(*shape, device=device)

    q, k = (randn(1, tokens, key_heads, dim).bfloat16() for _ in range(2))
    v, g = randn(1, tokens, value_heads, dim).bfloat16(), -randn(1, tokens, value_heads).abs()
    return q, k, v, g, randn(1, tokens, value_heads).sigmoid(), randn(1, value_heads, dim, dim)


def get_calls(args):
    """What to time, by name."""
    q, k, v, g, beta, state = args
    options = dict(initial_state=state, output_final_state=True, use_qk_l2norm_in_kernel=True)
    calls = {
        "torch.ops.gdr.gated_delta_rule_": lambda: torch.ops.gdr.gated_delta_rule_(*args, qk_l2norm=True),
        "torch.ops.gdr.gated_delta_rule": lambda: torch.ops.gdr.gated_delta_rule(*args, qk_l2norm=True),
        "gdr.chunk_gated_delta_rule": lambda: gdr.torch.chunk_gated_delta_rule(q, k, v, g, beta, **options),
        "gdr.fused_recurrent_gated_delta_rule": lambda: gdr.torch.fused_recurrent_gated_delta_rule(
            q, k, v, g=g, beta=beta, **options
        ),
    }
    try:
        import fla
        from fla.ops.gated_delta_rule import chunk_gated_delta_rule, fused_recurrent_gated_delta_rule
    except ImportError:
        return calls
    calls[f"fla {fla.__version__} chunk"] = lambda: chunk_gated_delta_rule(q, k, v, g, beta, **options)
    calls[f"fla {fla.__version__} fused_recurrent"] = lambda: fused_recurrent_gated_delta_rule(
        q, k, v, g=g, beta=beta, **options
    )
    return calls


def time_calls(call, wait, includes_wait, seconds=0.02):
    """Microseconds of one of the calls that fit into that time: the median of five blocks of them."""
    for _ in range(5):
        call()
    wait()
    begin = time.perf_counter()
    call()
    wait()
    # Not so many that the driver's queue is full and the host waits for the device.
    count = min(200, max(4, int(seconds / 5 / (time.perf_counter() - begin))))
    times = []
    for _ in range(5):
        wait()
        begin = time.perf_counter()
        for _ in range(count):
            call()
        if includes_wait:
            wait()
        times.append((time.perf_counter() - begin) / count * 1e6)
    return statistics.median(times)


def time_in_turns(calls, wait, includes_wait, rounds=12):
    """The best of several rounds over all calls, by name: other programs share the machine's processors."""
    best = {}
    for _ in range(rounds):
        for name, call in calls.items():
            best[name] = min(best.get(name, float("inf")), time_calls(call, wait, includes_wait))
    return best


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results" / "torch_ops.json")
    arguments = parser.parse_args()
    device = arguments.device
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    if device == "cpu":
        torch.set_num_threads(1)
    result = {
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "state": get_device_state() if device == "cuda" else "",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        "wall_us": {},
    }
    x = torch.zeros(16, device=device)
    calls = get_calls(make(1, 1, 1, 16, device)) | {"torch.add": lambda: torch.add(x, x)}
    result["host_us"] = time_in_turns(calls, wait, includes_wait=False)
    for name, us in result["host_us"].items():
        print(f"host cost   {name}: {us:.2f} us", flush=True)
    for tokens in TOKENS if device == "cuda" else []:
        times = time_in_turns(get_calls(make(tokens, 16, 32, 128, device)), wait, includes_wait=True)
        for name, us in times.items():
            result["wall_us"].setdefault(name, {})[tokens] = us
            print(f"T = {tokens:5} {name}: {us:.1f} us", flush=True)
    result["first_call_ms"] = time_first_calls("cpu" if device == "cpu" else "")
    for name, ms in result["first_call_ms"].items():
        print(f"first call  {name}: {ms:.1f} ms")
    if device == "cuda":
        arguments.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
