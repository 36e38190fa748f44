#!/usr/bin/env python3
"""Prefill and decode of a Hugging Face model with random weights, with and without the op in its layers.

    PYTHONPATH=build/python bench/transformers_model.py    writes bench/results/transformers_model.json

The model is a Qwen3-Next of 8 layers, 6 of them Gated DeltaNet layers of real size (16 key heads, 32
value heads, K = V = 128), with small experts, so that the layers that matter here weigh as they do. Three
processes: plain PyTorch, flash-linear-attention where it is installed, and gdr. Decode is by `generate`.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PROMPT, NEW_TOKENS = 2048, 64


def make_model(device):
    import torch
    from transformers import Qwen3NextConfig, Qwen3NextForCausalLM

    torch.manual_seed(0)
    config = Qwen3NextConfig(
        vocab_size=1024, hidden_size=2048, intermediate_size=512, num_hidden_layers=8, num_attention_heads=16,
        num_key_value_heads=2, head_dim=256, linear_num_key_heads=16, linear_num_value_heads=32,
        linear_key_head_dim=128, linear_value_head_dim=128, num_experts=8, num_experts_per_tok=2,
        moe_intermediate_size=512, shared_expert_intermediate_size=512, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    with torch.device(device):
        return Qwen3NextForCausalLM(config).to(torch.bfloat16).eval()


def measure(variant, device):
    """Milliseconds of a prompt, tokens a second after it, and the tokens."""
    if variant == "torch":
        sys.modules["fla"] = None  # as if it were not installed
    import torch

    if variant == "fla":
        import fla  # noqa: F401, fails where it is not installed
    model = make_model(device)
    if variant == "gdr":
        import gdr.integrations.transformers

        gdr.integrations.transformers.patch(model)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    prompt = torch.arange(PROMPT, device=device)[None] % 1023 + 1

    def timed(call):
        wait()
        begin = time.perf_counter()
        result = call()
        wait()
        return (time.perf_counter() - begin), result

    with torch.no_grad():
        timed(lambda: model(prompt, use_cache=True))
        prefill = statistics.median(timed(lambda: model(prompt, use_cache=True))[0] for _ in range(5))
        options = dict(do_sample=False, use_cache=True)
        timed(lambda: model.generate(prompt, max_new_tokens=4, **options))
        whole, tokens = timed(lambda: model.generate(prompt, max_new_tokens=NEW_TOKENS + 1, **options))
        first, _ = timed(lambda: model.generate(prompt, max_new_tokens=1, **options))
    return {"variant": variant, "prefill_ms": prefill * 1e3, "decode_tokens_per_s": NEW_TOKENS / (whole - first),
            "tokens": tokens[0, PROMPT:].tolist()}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--variant", choices=["torch", "fla", "gdr"], help="this one alone, to standard output")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results" / "transformers_model.json")
    arguments = parser.parse_args()
    if arguments.variant:
        print(json.dumps(measure(arguments.variant, arguments.device)))
        return
    import torch
    import transformers

    rows = []
    for variant in ("torch", "fla", "gdr"):
        command = [sys.executable, __file__, "--variant", variant, "--device", arguments.device]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            print(f"{variant}: {run.stderr.strip().splitlines()[-1]}")
            continue
        rows.append(json.loads(run.stdout.splitlines()[-1]))
        row = rows[-1]
        same = sum(x == y for x, y in zip(row["tokens"], rows[0]["tokens"]))
        print(f"{variant}: prefill {row['prefill_ms']:.1f} ms, decode {row['decode_tokens_per_s']:.1f} tokens/s, "
              f"{same} of {len(row['tokens'])} tokens as {rows[0]['variant']}")  # fmt: skip
    result = {
        "device": torch.cuda.get_device_name() if arguments.device == "cuda" else "cpu",
        "torch": torch.__version__, "transformers": transformers.__version__,
        "prompt": PROMPT, "new_tokens": NEW_TOKENS, "rows": rows,
    }  # fmt: skip
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
