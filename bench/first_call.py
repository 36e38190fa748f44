#!/usr/bin/env python3
"""How long the first call of a kernel takes: import, cold cache, warm cache.

    PYTHONPATH=build/python bench/first_call.py [--chip CHIP] [--runs N]

Each figure is the median of some fresh processes, in ms. "cold" compiles one
kernel for every length (16 key heads, 32 value heads, K = V = 128, bf16, l2norm)
into an empty cache; "warm" finds it there; "load" puts it on the first GPU.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

MEASURE = """
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


def measure(chip, directory):
    """Seconds of import, compilation and loading in a fresh process."""
    environment = {**os.environ, "GDR_CACHE_DIR": directory}
    command = [sys.executable, "-c", MEASURE, chip]
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chip", default="", help="default: that of the first GPU")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    figures = {"import": [], "cold": [], "warm": [], "load": []}
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as directory:
            imported, cold, _ = measure(options.chip, directory)
            _, warm, loaded = measure(options.chip, directory)
        for name, value in zip(figures, (imported, cold, warm, loaded)):
            if value is not None:
                figures[name].append(1000 * value)
    for name, values in figures.items():
        if values:
            print(f"{name:7} {statistics.median(values):8.1f} ms  (of {len(values)})")


if __name__ == "__main__":
    main()
