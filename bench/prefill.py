#!/usr/bin/env python3
"""Times the chunked form on many tokens against FLA's chunk kernels.

    bench/prefill.py                    compile, run, write bench/results/prefill.json
    bench/prefill.py --prepare DIR      compile only, on a machine without a GPU
    bench/prefill.py --objects DIR      run what was compiled into DIR

Every figure is the median of CUDA-graph replays over rotating buffers: bf16
inputs, K = V = 128, a V-first f32 state read and written, natural-log gates.
Needs torch and, for the peer, triton and flash-linear-attention.
"""

import dataclasses
import json
import pathlib
import re
import subprocess
import sys

from kernels import Kernel, compile_cases, memref
from measure import get_device_state, relative_error, time_graph
from program import main

ROTATED_BYTES = 200_000_000
DIM = 128
# (key heads, value heads, sequences, tokens of each, or lengths of packed ones)
SHAPES = [
    (16, 32, 1, 64), (16, 32, 1, 256), (16, 32, 1, 1024), (16, 32, 1, 2048), (16, 32, 1, 8192),
    (16, 32, 4, 2048), (16, 32, 4, 8192), (4, 16, 1, 8192), (2, 8, 1, 8192), (16, 64, 1, 8192),
    (16, 32, 1, (1024, 7168)), (16, 32, 1, (28672, 4096)),
]


@dataclasses.dataclass(frozen=True)
class PrefillCase:
    """One function to compile; `schedule` overrides the compiler's choice."""

    key_heads: int
    value_heads: int
    batch: int
    lengths: int | tuple
    schedule: str = ""
    overlap: bool = False

    @property
    def is_packed(self):
        return isinstance(self.lengths, tuple)

    @property
    def tokens(self):
        """Tokens along dimension 1."""
        return sum(self.lengths) if self.is_packed else self.lengths

    @property
    def sequences(self):
        return len(self.lengths) if self.is_packed else self.batch

    @property
    def shape(self):
        lengths = " + ".join(map(str, self.lengths)) if self.is_packed else f"{self.batch} x {self.lengths}"
        return f"{self.key_heads}/{self.value_heads} {lengths}"

    @property
    def name(self):
        return re.sub(r"\W+", "_", f"prefill_{self.shape}_{self.schedule}").strip("_")

    def minimum_bytes(self):
        """q, k, v, g, beta and the state read once, o and the state written once."""
        tokens = self.batch * self.tokens
        heads = 2 * self.key_heads + 2 * self.value_heads
        state = self.sequences * self.value_heads * DIM * DIM * 4
        return tokens * (heads * DIM * 2 + 8 * self.value_heads) + 2 * state

    def operations(self):
        """Floating-point operations of the chunked form with chunks of 64 tokens."""
        tokens = self.batch * self.tokens
        return tokens * self.value_heads * (6 * DIM * DIM + 4 * 64 * 2 * DIM)

    def mlir(self):
        key = memref(self.batch, self.tokens, self.key_heads, DIM, of="bf16")
        value = memref(self.batch, self.tokens, self.value_heads, DIM, of="bf16")
        gate = memref(self.batch, self.tokens, self.value_heads, of="f32")
        state = memref(self.sequences, self.value_heads, DIM, DIM, of="f32")
        offsets = memref(self.sequences + 1, of="i32")
        argument, operand = "", ""
        if self.is_packed:
            argument = f", %cu_seqlens: {offsets}"
            operand = f"cu_seqlens(%cu_seqlens : {offsets})"
        schedule = f", schedule = {self.schedule}" if self.schedule else ""
        return f"""
func.func @step(%q: {key}, %k: {key}, %v: {value}, %g: {gate}, %beta: {gate},
                %initial: {state}, %o: {value}, %final: {state}{argument}) {{
  gdr.gated_delta_rule ins(%q, %k, %v : {key}, {key}, {value}) gate(%g : {gate}) beta(%beta : {gate})
      initial_state(%initial : {state}) {operand} outs(%o : {value}) final_state(%final : {state})
      {{state_layout = #gdr.state_layout<v_first>{schedule}}}
  return
}}
"""


class Inputs:
    """Random operands of one case."""

    def __init__(self, case, generator, gate_scale=1.0):
        import torch

        def normal(*shape):
            return torch.randn(*shape, generator=generator, device="cuda")

        tokens = (case.batch, case.tokens)
        unit = torch.nn.functional.normalize
        self.case = case
        self.q = unit(normal(*tokens, case.key_heads, DIM), dim=-1).bfloat16()
        self.k = unit(normal(*tokens, case.key_heads, DIM), dim=-1).bfloat16()
        self.v = normal(*tokens, case.value_heads, DIM).bfloat16()
        self.g = torch.nn.functional.logsigmoid(normal(*tokens, case.value_heads)) * gate_scale
        self.beta = normal(*tokens, case.value_heads).sigmoid()
        self.initial = 0.3 * normal(case.sequences, case.value_heads, DIM, DIM)
        self.final = torch.full_like(self.initial, float("nan"))
        self.o = torch.full_like(self.v, float("nan"))
        self.cu_seqlens = None
        if case.is_packed:
            offsets = [sum(case.lengths[:i]) for i in range(len(case.lengths) + 1)]
            self.cu_seqlens = torch.tensor(offsets, dtype=torch.int32, device="cuda")

    def tensors(self):
        tensors = [self.q, self.k, self.v, self.g, self.beta, self.initial, self.o, self.final]
        return tensors + ([self.cu_seqlens] if self.case.is_packed else [])

    def get_sequences(self):
        """(rows, tokens, state row) of each group of sequences of one length."""
        if not self.case.is_packed:
            return [(slice(None), slice(None), slice(None))]
        offsets = self.cu_seqlens.tolist()
        return [(slice(None), slice(offsets[n], offsets[n + 1]), slice(n, n + 1))
                for n in range(self.case.sequences)]


def compute_reference(inputs):
    """The token recurrence in f64; (o, final state)."""
    import torch

    ratio = inputs.case.value_heads // inputs.case.key_heads
    all_o = torch.empty(inputs.o.shape, dtype=torch.float64, device="cuda")
    all_states = torch.empty(inputs.final.shape, dtype=torch.float64, device="cuda")
    for rows, tokens, n in inputs.get_sequences():
        q, k, v, g, beta = (x[rows, tokens].double() for x in
                            (inputs.q, inputs.k, inputs.v, inputs.g, inputs.beta))
        state = inputs.initial[n].double()  # [N, HV, V, K]
        for t in range(q.shape[1]):
            key = k[:, t].repeat_interleave(ratio, 1).unsqueeze(-1)
            query = q[:, t].repeat_interleave(ratio, 1).unsqueeze(-1)
            state *= g[:, t].exp()[..., None, None]
            d = beta[:, t].unsqueeze(-1) * (v[:, t] - (state @ key).squeeze(-1))
            state += d.unsqueeze(-1) * key.transpose(-1, -2)
            all_o[rows, tokens][:, t] = (state @ query).squeeze(-1) * DIM**-0.5
        all_states[n] = state
    return all_o, all_states


def make_sets(case, generator):
    count = max(2, min(6, ROTATED_BYTES // case.minimum_bytes()))
    return [Inputs(case, generator) for _ in range(count)]


def time_case(case, objects, sets, expected):
    import torch

    kernel = Kernel(case, objects)
    row = {"case": case.name, "shape": case.shape, "schedule": case.schedule}
    for inputs in sets:
        inputs.o.fill_(float("nan"))
        inputs.final.fill_(float("nan"))
    calls = [kernel.make_call(inputs.tensors()) for inputs in sets]
    for call in calls:
        call()
    torch.cuda.synchronize()
    if expected:
        row["error_o"] = relative_error(sets[0].o, expected[0])
        row["error_state"] = relative_error(sets[0].final, expected[1])
    row["us"] = time_graph(calls, rounds=2, replays=10)
    return row


def time_fla(sets):
    """FLA's chunk kernels without autograd; None if it is not installed."""
    try:
        from fla.ops.gated_delta_rule.chunk import chunk_gated_delta_rule_fwd
    except ImportError:
        return None
    from fla.ops.utils.index import prepare_chunk_indices

    def make(inputs):
        offsets = inputs.cu_seqlens.long() if inputs.cu_seqlens is not None else None
        indices = prepare_chunk_indices(offsets, 64) if offsets is not None else None
        return lambda: chunk_gated_delta_rule_fwd(
            q=inputs.q, k=inputs.k, v=inputs.v, g=inputs.g, beta=inputs.beta, scale=DIM**-0.5,
            initial_state=inputs.initial, output_final_state=True, state_v_first=True,
            cu_seqlens=offsets, chunk_indices=indices)

    return time_graph([make(inputs) for inputs in sets], rounds=2, replays=10)


def read_hand_written(path):
    """Best time of each kernel and shape among `time NAME N1 T64 hk16 hv32: 12.1 us` lines."""
    best = {}
    for line in pathlib.Path(path).read_text().splitlines():
        match = re.match(r"time (\S+)\s+N(\d+) T(\d+)\s+hk(\d+) hv(\d+):\s+([\d.]+) us", line)
        if match:
            key = match[1], f"{match[4]}/{match[5]} {match[2]} x {match[3]}"
            best[key] = min(best.get(key, float("inf")), float(match[6]))
    return best


def get_best_of_both(times, shape):
    """Of prepare with any scan, whose names are prep+SCAN."""
    return min((us for (name, of), us in times.items() if name.startswith("prep+") and of == shape), default=None)


def get_cases(schedules):
    schedules = schedules or [""]
    return {shape: [PrefillCase(*shape, schedule) for schedule in schedules] for shape in SHAPES}


def predict(case, build):
    """What the compiler's cost model says of its choice, in us; None if the lengths are not in the types."""
    if case.is_packed or case.schedule:
        return None
    done = subprocess.run(
        [build / "bin/gdr-opt", "-", "--gdr-select-schedule=chunked", "--remarks-filter=gdr-select-schedule"],
        input=case.mlir(), capture_output=True, text=True, check=True)
    return min(map(float, re.findall(r"predicted.*us=([-+.e\d]+)", done.stderr)), default=None)


def prepare(directory, build, options):
    cases = [case for cases in get_cases(options.schedule).values() for case in cases]
    compile_cases(cases, directory, build)
    predicted = {case.name: predict(case, build) for case in cases}
    (directory / "predicted.json").write_text(json.dumps(predicted, indent=1))


def format_row(row):
    def field(name, key, form):
        return f"  {name} {row[key]:{form}}" if row.get(key) is not None else ""

    return (f"{row['shape']:22} {row['schedule']:34}" + field("", "us", "8.1f") + " us"
            + field("predicted", "predicted_us", ".1f") + field("FLA", "fla_us", ".1f") + field("hand-written", "hand_written_us", ".1f")
            + field("o", "error_o", ".1e") + field("state", "error_state", ".1e"))


def run(objects, options):
    import torch

    generator = torch.Generator(device="cuda").manual_seed(1)
    hand = read_hand_written(options.hand_written) if options.hand_written else {}
    predicted = json.loads((objects / "predicted.json").read_text())
    rows = []
    for cases in get_cases(options.schedule).values():
        sets = make_sets(cases[0], generator)
        expected = compute_reference(sets[0]) if cases[0].tokens <= options.check_tokens else None
        fla = time_fla(sets)
        for case in cases:
            try:
                row = time_case(case, objects, sets, expected)
            except (OSError, RuntimeError) as error:
                print(f"{case.shape} {case.schedule}: {error}", flush=True)
                continue
            row.update(predicted_us=predicted.get(case.name), fla_us=fla, hand_written_us=get_best_of_both(hand, case.shape),
                       minimum_bytes=case.minimum_bytes(), operations=case.operations(),
                       device_state=get_device_state())
            rows.append(row)
            print(format_row(row), flush=True)
    return rows


def add_arguments(parser):
    parser.add_argument("--schedule", action="append", metavar="ATTRIBUTE",
                        help="time this schedule attribute, not the compiler's choice; repeatable")
    parser.add_argument("--check-tokens", type=int, default=8192,
                        help="check shapes of at most so many tokens")


if __name__ == "__main__":
    sys.exit(main(__doc__, "prefill", prepare, run, add_arguments))
