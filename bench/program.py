"""The command line of the benchmarks that compile cases on one machine and run them on another."""

import argparse
import datetime
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main(description, name, prepare, run, add_arguments=lambda parser: None):
    """Returns the exit status.

    prepare(DIRECTORY, BUILD, OPTIONS) compiles into a directory with the compiler of a build folder;
    run(DIRECTORY, OPTIONS) times what is there and returns the rows of bench/results/NAME.json.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    parser.add_argument("--prepare", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--objects", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / f"results/{name}.json")
    parser.add_argument("--hand-written", metavar="FILE",
                        help="printed times of hand-written kernels, for the ratio")
    add_arguments(parser)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.prepare, options.build, options)
        return 0
    objects = options.objects
    if objects is None:
        objects = options.build / "bench"
        prepare(objects, options.build, options)
    try:
        import torch
    except ImportError:
        print("torch is not installed: install it, or compile only with --prepare DIR", file=sys.stderr)
        return 1
    if not torch.cuda.is_available():
        print("no CUDA device found: run on a machine with a GPU, or compile only with --prepare DIR",
              file=sys.stderr)
        return 1
    write(options.output, run(objects, options))
    return 0


def write(output, rows):
    """Writes rows with the device they are from."""
    import torch

    from measure import get_device_state

    result = {"device": torch.cuda.get_device_name(), "date": str(datetime.date.today()),
              "torch": torch.__version__, "after_the_run": get_device_state(), "rows": rows}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {output}")
