#!/usr/bin/env python3
"""How long the first call of a kernel takes, from Python and from PyTorch: import, cold cache, warm cache.

    PYTHONPATH=build/python bench/first_call.py [--chip CHIP] [--runs N]

Each figure is the median of some fresh processes, in ms. "cold" compiles one kernel for every length (16 key
heads, 32 value heads, K = V = 128, bf16, l2norm) into an empty directory of kernels, "warm" finds it there, and
"load" puts it on the first GPU. A call of the op, where torch is installed, is all of that and the kernel itself.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile

ENTRY = """
import json, sys, time
clock = time.perf_counter
start = clock()
import gdr
imported = clock()
signature = gdr.Signature(num_key_heads=16, num_value_heads=32, qk_l2norm=True)
entry = gdr.compile(signature, sys.argv[1] or None).entry
compiled = clock()
try:
    entry.load(0)
    loaded = clock() - compiled
except gdr.DeviceError:
    loaded = None
print(json.dumps([imported - start, compiled - imported, loaded]))
"""

OP = """
import json, sys, time, torch
clock = time.perf_counter
start = clock()
import gdr.torch
imported = clock()
device, tokens = sys.argv[1], int(sys.argv[2])
q = torch.zeros(1, tokens, 16, 128, dtype=torch.bfloat16, device=device)
v = torch.zeros(1, tokens, 32, 128, dtype=torch.bfloat16, device=device)
g = torch.zeros(1, tokens, 32, device=device)
state = torch.zeros(1, 32, 128, 128, device=device)
wait = torch.cuda.synchronize if device == "cuda" else lambda: None
wait()
made = clock()
torch.ops.gdr.gated_delta_rule_(q, q, v, g, g, state, qk_l2norm=True)
wait()
print(json.dumps([imported - start, clock() - made]))
"""


def run_cold_and_warm(code, *arguments):
    """What two fresh processes print, one after the other with the same directory of kernels."""
    with tempfile.TemporaryDirectory() as directory:
        environment = os.environ | {"GDR_CACHE_DIR": directory}
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return [
            json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
            for _ in range(2)
        ]


def measure(chip):
    """Seconds, by name; of the compiler alone where there is no such chip."""
    (imported, cold, _), (_, warm, load) = run_cold_and_warm(ENTRY, chip)
    times = {"import gdr": imported, "cold": cold, "warm": warm}
    if load is None:
        return times
    times["load"] = load
    device = "cpu" if chip == "cpu" else "cuda"
    for tokens in (1, 2048) if importlib.util.find_spec("torch") else ():
        (_, cold), (imported, warm) = run_cold_and_warm(OP, device, tokens)
        times |= {"import gdr.torch": imported, f"op, T = {tokens}, cold": cold, f"op, T = {tokens}, warm": warm}
    return times


def time_first_calls(chip="", runs=5):
    """Median milliseconds, by name; the chip is that of the first GPU if none is given."""
    times = [measure(chip) for _ in range(runs)]
    return {name: 1e3 * statistics.median(each[name] for each in times) for name in times[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chip", default="", help="default: that of the first GPU")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    for name, ms in time_first_calls(options.chip, options.runs).items():
        print(f"{name:18} {ms:8.1f} ms")


if __name__ == "__main__":
    main()
