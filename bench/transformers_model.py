#!/usr/bin/env python3
"""Prefill and decode of a Hugging Face model with random weights, with and without the op in its layers.

    PYTHONPATH=build/python bench/transformers_model.py    writes bench/results/transformers_model.json
    PYTHONPATH=build/python bench/transformers_model.py --device cpu   a small model, to see that it runs

The model is a Qwen3-Next of 8 layers, 6 of them Gated DeltaNet layers of real size (16 key heads, 32
value heads, K = V = 128), with small experts, so that the layers that matter here weigh as they do. Three
processes: plain PyTorch, flash-linear-attention where it is installed, and gdr. Decode is by `generate`, and
by replays of a CUDA graph of one step, which leave out what Python does between the kernels. Needs transformers 5.
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
SMALL = dict(hidden_size=128, num_hidden_layers=4, num_attention_heads=2, head_dim=64, linear_num_key_heads=2,
             linear_num_value_heads=4, moe_intermediate_size=64, shared_expert_intermediate_size=64)  # fmt: skip


def make_model(device):
    import torch
    from transformers import Qwen3NextConfig, Qwen3NextForCausalLM

    torch.manual_seed(0)
    sizes = dict(
        vocab_size=1024, hidden_size=2048, intermediate_size=512, num_hidden_layers=8, num_attention_heads=16,
        num_key_value_heads=2, head_dim=256, linear_num_key_heads=16, linear_num_value_heads=32,
        linear_key_head_dim=128, linear_value_head_dim=128, num_experts=8, num_experts_per_tok=2,
        moe_intermediate_size=512, shared_expert_intermediate_size=512, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    config = Qwen3NextConfig(**sizes | (SMALL if device == "cpu" else {}))
    with torch.device(device):
        return Qwen3NextForCausalLM(config).to(torch.bfloat16).eval()


def make_step(model, prompt, steps):
    """Runs the prompt; returns a function that decodes one token, and the tensor [1, 1] that it leaves it in.

    All that a step does is on the device and at fixed addresses, so that a graph of it can be replayed: the
    forward of one token with a StaticCache (keys and values of the attention layers are written at a position
    that is a tensor; the states of convolutions and recurrences are updated in place), the choice of the
    likeliest token, and the position and the mask of the next step.
    """
    import torch
    from transformers import StaticCache

    # The other implementations of the experts ask the device which of them are hit.
    model.set_experts_implementation("batched_mm")
    cache = StaticCache(config=model.config, max_cache_len=prompt.shape[1] + steps)
    # Newer versions call it `cache`, and take this name until 5.40.
    token = model(prompt, past_key_values=cache, use_cache=True, logits_to_keep=1).logits.argmax(-1)
    places = torch.arange(prompt.shape[1] + steps, device=prompt.device)
    position = torch.full((1, 1), prompt.shape[1], device=prompt.device)

    def step():
        masks = {"full_attention": (places <= position)[:, None, None], "linear_attention": None}
        output = model(token, past_key_values=cache, use_cache=True, position_ids=position, attention_mask=masks)
        token.copy_(output.logits.argmax(-1))
        position.add_(1)

    return step, token


def decode_by_graph(model, prompt, wait):
    """Tokens a second, and the tokens; on the CPU of the same steps without a graph."""
    import torch

    warm_up = 3
    step, token = make_step(model, prompt, NEW_TOKENS)
    tokens = [token.clone()]

    def run(call, count):
        for _ in range(count):
            call()
            tokens.append(token.clone())

    if prompt.device.type == "cuda":
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            run(step, warm_up)
        wait()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            step()
        replay = graph.replay
    else:
        run(step, warm_up)
        replay = step
    wait()
    begin = time.perf_counter()
    run(replay, NEW_TOKENS - warm_up)
    wait()
    return (NEW_TOKENS - warm_up) / (time.perf_counter() - begin), torch.cat(tokens, 1)[0].tolist()


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
        rate, graph_tokens = decode_by_graph(model, prompt, wait)
    return {"variant": variant, "prefill_ms": prefill * 1e3, "decode_tokens_per_s": NEW_TOKENS / (whole - first),
            "graph_tokens_per_s": rate, "tokens": tokens[0, PROMPT:].tolist(), "graph_tokens": graph_tokens}  # fmt: skip


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
        same = [sum(x == y for x, y in zip(row[key], rows[0]["tokens"])) for key in ("tokens", "graph_tokens")]
        print(f"{variant}: prefill {row['prefill_ms']:.1f} ms, decode {row['decode_tokens_per_s']:.1f} tokens/s, by graph "
              f"{row['graph_tokens_per_s']:.1f}, {same[0]} and {same[1]} of {len(row['tokens'])} tokens as "
              f"{rows[0]['variant']}")  # fmt: skip
    if arguments.device == "cpu":
        return
    result = {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__, "transformers": transformers.__version__,
        "prompt": PROMPT, "new_tokens": NEW_TOKENS, "rows": rows,
    }  # fmt: skip
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
