#!/usr/bin/env python3
"""Times the two kernels of the chunked form each by itself.

    bench/stages.py                    compile, run, write bench/results/stages.json
    bench/stages.py --prepare DIR      compile only, on a machine without a GPU
    bench/stages.py --objects DIR      run what was compiled into DIR

The inputs are those of bench/prefill.py. Scans are timed with 32, 64 and 128
columns of V a CTA, prepare with every number of value heads a CTA. Needs torch.
"""

import re
import sys

from kernels import Kernel, compile_cases, memref
from measure import get_device_state, time_graph
from prefill import DIM, PrefillCase, make_sets, read_hand_written
from program import main

CHUNK = 64
SHAPES = [
    (16, 32, 1, 64), (16, 32, 1, 256), (16, 32, 1, 1024), (16, 32, 1, 2048), (16, 32, 1, 8192),
    (16, 32, 4, 2048), (16, 32, 4, 8192), (4, 16, 1, 8192), (2, 8, 1, 8192),
    (12, 36, 1, 8192), (16, 64, 1, 8192),
]


class StageCase(PrefillCase):
    """`schedule` is "heads = N" for prepare, "columns = N" for the scan."""

    @property
    def is_prepare(self):
        return self.schedule.startswith("heads")

    @property
    def name(self):
        return re.sub(r"\W+", "_", f"stage_{self.shape}_{self.schedule}").strip("_")

    @property
    def slots(self):
        return self.batch * -(-self.tokens // CHUNK)

    def matrix_shapes(self):
        """Of attention, inverse and decay."""
        square = (self.slots, self.value_heads, CHUNK, CHUNK)
        return [square, square, (self.slots, self.value_heads, 4, CHUNK)]

    def mlir(self):
        key = memref(self.batch, self.tokens, self.key_heads, DIM, of="bf16")
        value = memref(self.batch, self.tokens, self.value_heads, DIM, of="bf16")
        gate = memref(self.batch, self.tokens, self.value_heads, of="f32")
        state = memref(self.sequences, self.value_heads, DIM, DIM, of="f32")
        attention, inverse, decay = (
            memref(*shape, of=of) for shape, of in zip(self.matrix_shapes(), ("bf16", "bf16", "f32")))
        attributes = f"schedule = #gdr.chunked<{self.schedule}>, tile_layout = #gdr.tile_layout<swizzle_128b>"
        if self.is_prepare:
            return f"""
func.func @step(%q: {key}, %k: {key}, %g: {gate}, %beta: {gate},
                %attention: {attention}, %inverse: {inverse}, %decay: {decay}) {{
  gdr.chunk_prepare ins(%q, %k : {key}, {key}) gate(%g : {gate}) beta(%beta : {gate})
      outs(%attention, %inverse, %decay : {attention}, {inverse}, {decay})
      {{scale = {DIM ** -0.5} : f32, {attributes}}}
  return
}}
"""
        return f"""
func.func @step(%q: {key}, %k: {key}, %v: {value}, %attention: {attention}, %inverse: {inverse},
                %decay: {decay}, %initial: {state}, %o: {value}, %final: {state}) {{
  gdr.chunk_scan ins(%q, %k, %v : {key}, {key}, {value})
      chunks(%attention, %inverse, %decay : {attention}, {inverse}, {decay})
      initial_state(%initial : {state}) outs(%o : {value}) final_state(%final : {state})
      {{state_layout = #gdr.state_layout<v_first>, {attributes}}}
  return
}}
"""


def get_cases():
    def get_schedules(ratio):
        return [f"heads = {heads}" for heads in range(1, ratio + 1) if ratio % heads == 0] + [
            f"columns = {columns}" for columns in (32, 64, 128)]

    return {shape: [StageCase(*shape, schedule) for schedule in get_schedules(shape[1] // shape[0])]
            for shape in SHAPES}


def prepare(directory, build, _):
    compile_cases([case for cases in get_cases().values() for case in cases], directory, build)


def get_hand_written(times, case):
    """Of prep, scan32b or, where both were timed together, of prep+rs1 and prep+rs2 without prep."""
    if case.is_prepare:
        return times.get(("prep", case.shape))
    columns = int(case.schedule.split()[-1])
    if columns == 32:
        return times.get(("scan32b", case.shape))
    both = times.get((f"prep+rs{columns // 64}", case.shape))
    return both and both - times["prep", case.shape]


def time_stages(cases, objects, generator, hand):
    import torch

    sets = make_sets(cases[0], generator)
    matrices = [[torch.empty(shape, dtype=dtype, device="cuda") for shape, dtype in zip(
        cases[0].matrix_shapes(), (torch.bfloat16, torch.bfloat16, torch.float32))] for _ in sets]
    for case in cases:
        kernel = Kernel(case, objects)
        calls = []
        for x, chunks in zip(sets, matrices):
            tensors = [x.q, x.k, x.v, *chunks, x.initial, x.o, x.final]
            if case.is_prepare:
                tensors = [x.q, x.k, x.g, x.beta, *chunks]
            calls.append(kernel.make_call(tensors))
        for call in calls:
            call()
        torch.cuda.synchronize()
        yield {"shape": case.shape, "stage": "prepare" if case.is_prepare else "scan", "schedule": case.schedule,
               "us": time_graph(calls, rounds=2, replays=10), "hand_written_us": get_hand_written(hand, case),
               "device_state": get_device_state()}


def run(objects, options):
    import torch

    generator = torch.Generator(device="cuda").manual_seed(1)
    hand = read_hand_written(options.hand_written) if options.hand_written else {}
    rows = []
    for cases in get_cases().values():
        for row in time_stages(cases, objects, generator, hand):
            rows.append(row)
            ratio = f"  hand-written {row['hand_written_us']:.1f}  ratio {row['us'] / row['hand_written_us']:.3f}" \
                if row["hand_written_us"] else ""
            print(f"{row['shape']:16} {row['stage']:8} {row['schedule']:14} {row['us']:8.1f} us{ratio}", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main(__doc__, "stages", prepare, run))
