#!/usr/bin/env python3
"""Compiles an example and prints what a kernel engineer looks at first.

usage: tools/showcase.py BUILD EXAMPLE [CHIP]
"""

import pathlib
import re
import shutil
import subprocess
import sys
import time

# What a copy kernel reaches on an H100 SXM, read plus written (bench/results).
H100_BYTES_PER_SECOND = 2.95e12
ELEMENT_BYTES = {"f32": 4, "bf16": 2, "f16": 2, "i32": 4, "i64": 8}


def count_bytes(text):
    """Bytes of the function's arguments; a state in place is read and written."""
    header = text[text.index("func.func") : text.index(") {")]
    total = 0
    for name, shape in re.findall(r"%(\w+): memref<([^>]*)>", header):
        *sizes, element = shape.split("x")
        size = ELEMENT_BYTES[element]
        for extent in sizes:
            size *= int(extent)
        total += 2 * size if name == "state" else size
    return total


def main():
    build, example = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    chip = sys.argv[3] if len(sys.argv) > 3 else "sm_90a"
    compiler = build / "bin/gdr-opt"
    folder = build / "showcase"
    folder.mkdir(exist_ok=True)
    kinds = ["ptx"] + (["cubin", "object", "header"] if shutil.which("ptxas") else [])
    suffixes = {"object": "o", "header": "h"}

    print(f"{example} for {chip}:")
    for kind in kinds:
        output = folder / f"{example.stem}.{suffixes.get(kind, kind)}"
        begin = time.monotonic()
        subprocess.run(
            [compiler, example, f"--gdr-compile=chip={chip}", f"--emit={kind}", "-o", output], check=True
        )
        print(f"  {output}  {output.stat().st_size} bytes in {time.monotonic() - begin:.2f} s")
    if "cubin" not in kinds:
        print("  ptxas was not found, so no cubin: install a CUDA toolkit or PyPI's nvidia-cuda-nvcc")
    else:
        module = subprocess.run(
            [compiler, example, f"--gdr-compile=chip={chip}", "--gdr-serialize-kernels"],
            check=True, capture_output=True, text=True,
        ).stdout
        for kernel, registers, shared, spilled in re.findall(
            r"(\w+) = \{registers = (\d+) : i64, shared_bytes = (\d+) : i64, spill_bytes = (\d+) : i64\}", module
        ):
            print(f"  {kernel}: {registers} registers, {spilled} bytes spilled, {shared} bytes of shared memory")
    moved = count_bytes(example.read_text())
    floor = moved / H100_BYTES_PER_SECOND * 1e6
    print(f"  {moved / 1e6:.2f} MB to move: {floor:.2f} us at an H100's copy bandwidth of 2.95 TB/s")


if __name__ == "__main__":
    main()
