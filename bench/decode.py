#!/usr/bin/env python3
"""Times decode steps and short sequences against a copy of the state and FLA.

    bench/decode.py                    compile, run, write bench/results/
    bench/decode.py --prepare DIR      compile only, on a machine without a GPU
    bench/decode.py --objects DIR      run what was compiled into DIR

Every figure is the median of CUDA-graph replays over rotating buffers of about
192 MB in all, several times the L2 cache. Needs torch and, for the peers,
triton and flash-linear-attention; without those their columns are empty.
"""

import ctypes
import pathlib
import re
import statistics
import subprocess
import sys

from kernels import Case, Kernel, compile_cases
from measure import relative_error, time_graph
from program import HERE, main

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
ROTATED_BYTES = 192 << 20


def all_cases():
    for batch in BATCHES:
        for layout in ("v_first", "k_first"):
            for state in ("f32", "bf16"):
                yield Case(layout, state, batch, 1)
                yield Case(layout, state, batch, 1, overlap=True)
    for tokens in (2, 4, 8):
        for batch in (1, 8, 64):
            for layout in ("v_first", "k_first"):
                yield Case(layout, "f32", batch, tokens)


def prepare(directory, build, _):
    compile_cases(all_cases(), directory, build)
    subprocess.run(
        ["cc", "-O2", "-shared", "-fPIC", HERE / "host_time.c", "-o", directory / "host_time.so"],
        check=True,
    )


class Inputs:
    """Random operands of one case, and what they should give."""

    def __init__(self, case, generator):
        import torch

        def normal(*shape):
            return torch.randn(*shape, generator=generator, device="cuda")

        tokens = (case.batch, case.tokens)
        unit = torch.nn.functional.normalize
        self.q = unit(normal(*tokens, case.key_heads, case.key_dim), dim=-1).bfloat16()
        self.k = unit(normal(*tokens, case.key_heads, case.key_dim), dim=-1).bfloat16()
        self.v = normal(*tokens, case.value_heads, case.value_dim).bfloat16()
        self.g = torch.nn.functional.logsigmoid(normal(*tokens, case.value_heads))
        self.beta = normal(*tokens, case.value_heads).sigmoid()
        dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[case.state]
        self.state = (0.3 * normal(*case.state_shape())).to(dtype)
        self.o = torch.full_like(self.v, float("nan"))

    def tensors(self):
        return [self.q, self.k, self.v, self.g, self.beta, self.state, self.o]


def reference(case, inputs):
    """The recurrence in f64; (o, state)."""
    import torch

    ratio = case.value_heads // case.key_heads
    state = inputs.state.double()
    if case.layout == "v_first":
        state = state.transpose(-1, -2)
    outputs = []
    for t in range(case.tokens):
        q = inputs.q[:, t].double().repeat_interleave(ratio, 1)
        k = inputs.k[:, t].double().repeat_interleave(ratio, 1)
        state = state * inputs.g[:, t].double().exp()[..., None, None]
        seen = torch.einsum("bhkv,bhk->bhv", state, k)
        d = inputs.beta[:, t].double()[..., None] * (inputs.v[:, t].double() - seen)
        state = state + k[..., None] * d[..., None, :]
        outputs.append(torch.einsum("bhkv,bhk->bhv", state, q) * case.key_dim**-0.5)
    if case.layout == "v_first":
        state = state.transpose(-1, -2)
    return torch.stack(outputs, 1), state


def time_case(case, objects, generator):
    import torch

    kernel = Kernel(case, objects)
    count = max(2, min(96, ROTATED_BYTES // (case.minimum_bytes() // 2)))
    sets = [Inputs(case, generator) for _ in range(count)]

    expected_o, expected_state = (None, None)
    row = {"case": case.name, "layout": case.layout, "state": case.state,
           "batch": case.batch, "tokens": case.tokens, "overlap": case.overlap,
           "minimum_bytes": case.minimum_bytes()}
    if case.batch <= 8:
        expected_o, expected_state = reference(case, sets[0])
        kernel(kernel.arguments(sets[0].tensors(), None))
        torch.cuda.synchronize()
        row["error_o"] = relative_error(sets[0].o, expected_o)
        row["error_state"] = relative_error(sets[0].state, expected_state)

    row["us"] = time_graph([kernel.make_call(inputs.tensors()) for inputs in sets])
    row["gb_per_s"] = case.minimum_bytes() / row["us"] / 1e3
    if case.batch == 1 and case.tokens == 1:
        host = ctypes.CDLL(str(objects.resolve() / "host_time.so"))
        host.host_seconds_per_call.restype = ctypes.c_double
        stream = torch.cuda.Stream()
        arguments = kernel.arguments(sets[0].tensors(), stream.cuda_stream)
        # Few enough calls that the driver's queue never makes the host wait.
        times = []
        for _ in range(21):
            torch.cuda.synchronize()
            times.append(1e6 * host.host_seconds_per_call(
                kernel.library.step, ctypes.byref(arguments), 200))
        row["host_us"] = statistics.median(times)
    return row


def time_copy(case, generator):
    """The faster of torch's copy and a plain Triton kernel, for the state."""
    import torch

    count = max(2, min(96, ROTATED_BYTES // (case.minimum_bytes() // 2)))
    states = [torch.randn(case.state_shape(), generator=generator, device="cuda") for _ in range(count)]
    targets = [torch.empty_like(state) for state in states]
    times = [time_graph([lambda s=s, t=t: t.copy_(s) for s, t in zip(states, targets)])]
    try:
        from triton_copy import copy
        times.append(time_graph([lambda s=s, t=t: copy(s, t) for s, t in zip(states, targets)]))
    except ImportError:
        pass
    return min(times)


def time_fla(case, generator):
    """FLA's fused_recurrent, or None if it is not installed."""
    try:
        from fla.ops.gated_delta_rule.fused_recurrent import fused_recurrent_gated_delta_rule_fwd
    except ImportError:
        return None
    count = max(2, min(96, ROTATED_BYTES // (case.minimum_bytes() // 2)))
    sets = [Inputs(case, generator) for _ in range(count)]

    def caller(inputs):
        return lambda: fused_recurrent_gated_delta_rule_fwd(
            q=inputs.q, k=inputs.k, v=inputs.v, g=inputs.g, beta=inputs.beta,
            scale=case.key_dim**-0.5, initial_state=inputs.state, output_final_state=True,
            state_v_first=case.layout == "v_first")

    return time_graph([caller(inputs) for inputs in sets])


def read_hand_written(path):
    """Best time a batch of `B4 name PDL 6.5 us` lines, without and with PDL, and of `B4 copy 7.2 us`."""
    best = {}
    for line in pathlib.Path(path).read_text().splitlines():
        match = re.match(r"B(\d+)\s+(copy|R\d.*?)\s+([\d.]+) us", line)
        if not match or "out-of-place" in match[2]:
            continue
        key = (int(match[1]), "copy" if match[2] == "copy" else "PDL" in match[2])
        best[key] = min(best.get(key, float("inf")), float(match[3]))
    return best


def run(objects, options):
    import torch

    generator = torch.Generator(device="cuda").manual_seed(1)
    hand = read_hand_written(options.hand_written) if options.hand_written else {}
    copies, peers, rows = {}, {}, []
    for case in all_cases():
        row = time_case(case, objects, generator)
        if case.batch not in copies:
            copies[case.batch] = time_copy(Case("v_first", "f32", case.batch, 1), generator)
        row["copy_us"] = copies[case.batch] if case.state == "f32" else None
        key = (case.layout, case.batch, case.tokens)
        if case.state == "f32" and key not in peers:
            peers[key] = time_fla(case, generator)
        row["fla_us"] = peers.get(key) if case.state == "f32" else None
        if case.layout == "v_first" and case.state == "f32" and case.tokens == 1:
            row["hand_written_us"] = hand.get((case.batch, case.overlap))
            # The copy of the state in the hand-written kernel's own program.
            row["hand_written_copy_us"] = hand.get((case.batch, "copy"))
        rows.append(row)
        print(format_row(row), flush=True)
    return rows


def format_row(row):
    def field(name, key, form):
        return f"  {name} {row[key]:{form}}" if row.get(key) is not None else ""

    return (f"{row['case']:44}" + field("", "us", "8.2f") + " us" + field("", "gb_per_s", "6.0f") + " GB/s"
            + field("copy", "copy_us", ".2f") + field("FLA", "fla_us", ".2f")
            + field("hand-written", "hand_written_us", ".2f")
            + field("host", "host_us", ".2f") + field("o", "error_o", ".1e")
            + field("state", "error_state", ".1e"))


if __name__ == "__main__":
    sys.exit(main(__doc__, "decode", prepare, run))
