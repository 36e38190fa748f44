"""``python -m gdr compile``."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ._cache import set_cache_directory
from ._compilation import EMIT_KINDS
from ._compile import Compiled, compile, get_default_chip
from ._progress import progress
from ._signature import BETA_FORMS, ELEMENT_TYPES, FUNCTION, GATE_FORMS, STATE_LAYOUTS, Signature

_SUFFIXES = {
    "mlir": ".mlir",
    "ptx": ".ptx",
    "cubin": ".cubin",
    "fatbin": ".fatbin",
    "object": ".o",
    "library": ".so",
    "header": ".h",
    "description": ".json",
}

_DESCRIPTION = """
Compiles kernels ahead of time: those of a signature, or of a module in a file.
Without --emit they go into DIR as into a cache, and a program that has
GDR_CACHE_DIR=DIR in its environment finds them there and needs no compiler.
"""

# Options that give an element type or "none": the operand, and what it is.
_TYPED = {
    "g": "the gate [B, T, HV]",
    "beta": "the step size [B, T, HV]",
    "A_log": "a parameter [HV] of the softplus gate",
    "dt_bias": "a parameter [HV] of the softplus gate",
    "initial_state": "the state [N, HV, K, V]",
    "final_state": "the state after the last token, unless it takes the initial one's place",
    "cu_seqlens": "the bounds [N + 1] of packed sequences",
    "read_indices": "the rows [N] of a state pool that are read",
    "write_indices": "the rows [N] of a state pool that are written",
}


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Adds the command to a parser's."""
    parser = commands.add_parser(
        "compile",
        help="compile kernels ahead of time",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("module", nargs="?", metavar="FILE", help="an MLIR module")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="where to write")
    parser.add_argument(
        "--chip",
        action="append",
        metavar="CHIP",
        help="sm_90a, cpu, ...; may be given several times (default: that of the first GPU)",
    )
    parser.add_argument(
        "--emit",
        action="append",
        choices=sorted(EMIT_KINDS),
        help="write files DIR/NAME-CHIP.SUFFIX instead; may be given several times",
    )
    parser.add_argument("--options", default="", help="further options of --gdr-compile")
    _add_signature(parser.add_argument_group("signature"))
    parser.set_defaults(run=run)


def _add_signature(group: argparse._ArgumentGroup) -> None:
    defaults = Signature(1, 1)
    group.add_argument("--hk", type=int, metavar="N", help="heads of q and k")
    group.add_argument("--hv", type=int, metavar="N", help="heads of v and o")
    group.add_argument("--key-dim", type=int, default=128, metavar="K", help="default: 128")
    group.add_argument("--value-dim", type=int, metavar="V", help="default: as the key's")
    group.add_argument("--dtype", default="bf16", choices=("bf16", "f16", "f32"))
    for name, what in _TYPED.items():
        default = getattr(defaults, name)
        group.add_argument(
            f"--{name.replace('_', '-').lower()}",
            dest=name,
            default=default,
            type=_get_type,
            metavar="TYPE",
            help=f"element type of {what}, or none (default: {default or 'none'})",
        )
    group.add_argument("--state-layout", default="k_first", choices=tuple(STATE_LAYOUTS))
    group.add_argument(
        "--not-in-place", action="store_true", help="the final state has a buffer of its own"
    )
    group.add_argument("--max-seqlen", action="store_true", help="calls give the longest length")
    group.add_argument("--gate-form", default="log", choices=tuple(GATE_FORMS))
    group.add_argument("--beta-form", default="given", choices=tuple(BETA_FORMS))
    group.add_argument("--qk-l2norm", action="store_true", help="q and k are normalized")
    group.add_argument("--l2norm-eps", type=float, default=defaults.l2norm_eps, metavar="EPS")
    group.add_argument("--scale", type=float, help="factor of the output (default: K^-0.5)")
    group.add_argument("--lower-bound", type=float, default=0.0, metavar="X")


def _get_type(text: str) -> str | None:
    if text not in ELEMENT_TYPES and text != "none":
        names = ", ".join(name for name in ELEMENT_TYPES if name)
        raise argparse.ArgumentTypeError(f"expected none or one of {names}, got {text!r}")
    return None if text == "none" else text


def _get_signature(options: argparse.Namespace) -> Signature:
    if options.hk is None or options.hv is None:
        raise ValueError("expected --hk and --hv, or a file with a module")
    return Signature(
        num_key_heads=options.hk,
        num_value_heads=options.hv,
        key_dim=options.key_dim,
        value_dim=options.value_dim,
        dtype=options.dtype,
        **{name: getattr(options, name) for name in _TYPED},
        in_place=not options.not_in_place,
        max_seqlen=options.max_seqlen,
        state_layout=options.state_layout,
        gate_form=options.gate_form,
        beta_form=options.beta_form,
        qk_l2norm=options.qk_l2norm,
        l2norm_eps=options.l2norm_eps,
        scale=options.scale,
        lower_bound=options.lower_bound,
    )


def _write(compiled: Compiled, kinds: list[str], directory: Path, stem: str) -> list[Path]:
    paths = []
    for kind in kinds:
        path = directory / f"{stem}-{compiled.chip.replace(',', '-')}{_SUFFIXES[kind]}"
        path.write_bytes(compiled.emit(kind))
        paths.append(path)
    return paths


def run(options: argparse.Namespace) -> int:
    """Runs the command."""
    module: Signature | str
    if options.module:
        module, stem = Path(options.module).read_text(), Path(options.module).stem
    else:
        module, stem = _get_signature(options), FUNCTION
        if options.emit:
            module = module.get_module()  # which is compiled without an entry in the cache
    directory = Path(options.output)
    directory.mkdir(parents=True, exist_ok=True)
    set_cache_directory(directory)

    def compile_for(chip: str) -> list[Path]:
        compiled = compile(module, chip, options=options.options)
        if options.emit:
            return _write(compiled, options.emit, directory, stem)
        functions = compiled.functions if options.module else [compiled.entry.launch["name"]]
        return sorted({Path(compiled.get_entry(name).path) for name in functions})

    chips = options.chip or [get_default_chip()]
    with progress("compiling", len(chips)) as advance, ThreadPoolExecutor() as pool:
        jobs = {pool.submit(compile_for, chip): chip for chip in chips}
        for job in as_completed(jobs):
            advance()
    for job in jobs:
        for path in job.result():
            print(path)
    return 0
