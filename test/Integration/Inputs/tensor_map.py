"""Copies tensors with test/Pipelines/tensor-map.mlir and compares them.

usage: tensor_map.py FILE DIRECTORY
"""

import pathlib
import subprocess
import sys

import numpy


def copy(file, directory, batch, tokens):
    """Whether gdr-run copies a random x [batch, tokens, 2, 64] to y."""
    shape = (batch, tokens, 2, 64)
    # The bits of bf16 numbers.
    x = numpy.random.default_rng(tokens).standard_normal(shape).astype(numpy.float32)
    x = (x.view(numpy.uint32) >> 16).astype(numpy.uint16)
    numpy.save(directory / "x.npy", x)
    numpy.save(directory / "y.npy", numpy.full_like(x, 7))
    command = ["gdr-run", file, "--target=cuda", f"--input=x={directory}/x.npy,y={directory}/y.npy"]
    command += [f"--output=y={directory}/out.npy", f"--dim=B={batch},T={tokens}"]
    subprocess.run(command, check=True)
    return numpy.array_equal(numpy.load(directory / "out.npy").view(numpy.uint16), x)


def main():
    file, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    cases = [(1, 64), (3, 1000), (2, 1), (70, 129), (2, 0)]
    failed = [case for case in cases if not copy(file, directory, *case)]
    print("failed:", failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
