#!/usr/bin/env python3
"""Turns benchmark results into README's table and a plot.

    bench/report.py bench/results/decode.json            prints the table
    bench/report.py bench/results/decode.json --plot     also writes the plot beside it (needs matplotlib)
    bench/report.py bench/results/prefill.json           the same of many tokens
"""

import argparse
import json
import pathlib


def find(rows, **wanted):
    for row in rows:
        if all(row[key] == value for key, value in wanted.items()):
            return row
    return {}


def cell(row, key="us"):
    value = row.get(key)
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def print_table(rows):
    print("| sequences, T | V-first | with overlap | K-first | with overlap | bf16 state | FLA 0.5.2 V-first / K-first | copy of the state |")
    print("|---|---|---|---|---|---|---|---|")
    for tokens in sorted({row["tokens"] for row in rows}):
        for batch in sorted({row["batch"] for row in rows if row["tokens"] == tokens}):
            def get(layout, state="f32", overlap=False):
                return find(rows, layout=layout, state=state, overlap=overlap, batch=batch, tokens=tokens)

            v, k = get("v_first"), get("k_first")
            print(f"| {batch}, T = {tokens} | {cell(v)} | {cell(get('v_first', overlap=True))} | {cell(k)} "
                  f"| {cell(get('k_first', overlap=True))} | {cell(get('v_first', state='bf16'))} "
                  f"| {cell(v, 'fla_us')} / {cell(k, 'fla_us')} | {cell(v, 'copy_us') if tokens == 1 else ''} |")


def print_prefill_table(rows):
    print("| HK/HV, sequences x tokens | us | predicted | FLA 0.5.2 | hand-written CUDA | FLA / ours |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        ratio = row["fla_us"] / row["us"] if row.get("fla_us") else None
        print(f"| {row['shape']} | {cell(row)} | {cell(row, 'predicted_us')} | {cell(row, 'fla_us')} "
              f"| {cell(row, 'hand_written_us')} | {'' if ratio is None else f'{ratio:.1f}'} |")


def plot_prefill(result, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as pyplot

    rows = result["rows"]
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    places = range(len(rows))
    for offset, (label, key) in enumerate([("gdr", "us"), ("hand-written CUDA", "hand_written_us"), ("FLA", "fla_us")]):
        chosen = [(place, row[key]) for place, row in zip(places, rows) if row.get(key)]
        axes.bar([place + 0.27 * (offset - 1) for place, _ in chosen], [us for _, us in chosen], 0.27, label=label)
    axes.set_yscale("log")
    axes.set_ylabel("us a call")
    axes.set_xticks(list(places), [row["shape"] for row in rows], rotation=40, ha="right", fontsize=7)
    axes.set_title(f"Many tokens, K=V=128, bf16, f32 state\n{result['device']}")
    axes.grid(alpha=0.3, axis="y")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    print(f"wrote {path}")


def plot(result, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as pyplot

    rows = [row for row in result["rows"] if row["tokens"] == 1 and row["state"] == "f32"]
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    series = [
        ("gdr, V-first, overlap", "v_first", True, "us", "C0-o"),
        ("gdr, V-first", "v_first", False, "us", "C0--o"),
        ("gdr, K-first, overlap", "k_first", True, "us", "C1-s"),
        ("gdr, K-first", "k_first", False, "us", "C1--s"),
        ("FLA, V-first", "v_first", False, "fla_us", "C3-^"),
        ("FLA, K-first", "k_first", False, "fla_us", "C3--^"),
        ("copy of the state", "v_first", False, "copy_us", "k:"),
    ]
    for label, layout, overlap, key, style in series:
        chosen = [row for row in rows if row["layout"] == layout and row["overlap"] == overlap and row.get(key)]
        axes.plot([row["batch"] for row in chosen],
                  [row["minimum_bytes"] / row[key] / 1e3 for row in chosen], style, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xlabel("sequences")
    axes.set_ylabel("GB/s of the fewest bytes a step moves")
    axes.set_title(f"One decode step, HK=16, HV=32, K=V=128, f32 state\n{result['device']}")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--plot", action="store_true")
    options = parser.parse_args()
    result = json.loads(options.results.read_text())
    is_prefill = "shape" in result["rows"][0]
    (print_prefill_table if is_prefill else print_table)(result["rows"])
    if options.plot:
        (plot_prefill if is_prefill else plot)(result, options.results.with_suffix(".png"))


if __name__ == "__main__":
    main()
