"""Small models of Hugging Face's with random weights: the same numbers with the op in their layers.

They are compared with plain PyTorch's: flash-linear-attention, which transformers would take where it is
installed, multiplies float32 in tf32, and takes no tensors on the CPU.
"""

import copy
import functools
import linecache
import sys

import pytest
import torch
import torch.nn.functional as F

transformers = pytest.importorskip("transformers", minversion="4.57")
integration = pytest.importorskip("gdr.integrations.transformers")

COMMON = dict(
    vocab_size=128,
    hidden_size=64,
    intermediate_size=64,
    num_hidden_layers=4,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    linear_num_key_heads=2,
    linear_num_value_heads=4,
    linear_key_head_dim=16,
    linear_value_head_dim=16,
    linear_conv_kernel_dim=4,
    max_position_embeddings=512,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=None,
)
EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, shared_expert_intermediate_size=32)
ATTENTION = dict(layer_types=["linear_attention", "linear_attention", "full_attention", "linear_attention"])

MODELS = {
    "Qwen3Next": ("Qwen3NextConfig", "Qwen3NextForCausalLM", COMMON | EXPERTS | ATTENTION),
    "Qwen3_5": ("Qwen3_5TextConfig", "Qwen3_5ForCausalLM", COMMON | ATTENTION),
    "Qwen3_5Moe": ("Qwen3_5MoeTextConfig", "Qwen3_5MoeForCausalLM", COMMON | EXPERTS | ATTENTION),
    "OlmoHybrid": ("OlmoHybridConfig", "OlmoHybridForCausalLM", COMMON | ATTENTION),
}


def make_model(name, device, dtype=torch.float32):
    config_name, model_name, options = MODELS[name]
    if not hasattr(transformers, model_name):
        pytest.skip(f"transformers {transformers.__version__} has no {model_name}")
    torch.manual_seed(0)
    config = getattr(transformers, config_name)(**options)
    model = getattr(transformers, model_name)(config).to(device, dtype).eval()
    # Larger weights than those of a new model, so that a wrong state shows in the logits.
    for parameter in model.parameters():
        if parameter.dim() >= 2:
            parameter.mul_(3)
    return model


@pytest.fixture(scope="module", autouse=True)
def without_fla():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "fla", None)  # as if it were not installed
        yield


@pytest.fixture(params=MODELS)
def model_name(request):
    return request.param


def generate(model, tokens, **options):
    return model.generate(tokens, max_new_tokens=12, do_sample=False, **options)


def test_same_logits_and_tokens(device, model_name):
    model = make_model(model_name, device)
    tokens = torch.randint(1, 128, (2, 70), device=device)
    expected_logits, expected_tokens = model(tokens).logits, generate(model, tokens)
    calls = count_calls()
    integration.patch(model)
    try:
        with calls:
            logits, generated = model(tokens).logits, generate(model, tokens)
    finally:
        integration.unpatch(model)
    # 3 layers; one forward, one prompt and 11 more tokens. No gate is computed outside of the op.
    assert calls.counts == {"gated_delta_rule": 6, "gated_delta_rule_": 33}
    torch.testing.assert_close(logits, expected_logits, rtol=1e-3, atol=1e-3)
    assert torch.equal(generated, expected_tokens)
    assert len(set(generated[0, 70:].tolist())) > 3
    assert torch.equal(model(tokens).logits, expected_logits)


def test_padded_prompts(device):
    model = make_model("Qwen3Next", device)
    tokens = torch.randint(1, 128, (2, 9), device=device)
    mask = torch.ones_like(tokens)
    mask[1, :4] = 0
    expected = generate(model, tokens, attention_mask=mask)
    integration.patch(model)
    try:
        assert torch.equal(generate(model, tokens, attention_mask=mask), expected)
    finally:
        integration.unpatch(model)


def test_bfloat16(device, model_name):
    """As far from float32 as the model without the op is: a rounding may send a token to another expert."""
    tokens = torch.randint(1, 128, (1, 70), device=device)
    expected = make_model(model_name, device)(tokens).logits
    model = make_model(model_name, device, torch.bfloat16)

    def get_error():
        return ((model(tokens).logits.float() - expected).norm() / expected.norm()).item()

    without = get_error()
    integration.patch(model)
    try:
        error = get_error()
    finally:
        integration.unpatch(model)
    assert error < 1.5 * without + 1e-2


def test_other_models():
    with pytest.raises(ValueError, match="expected a model with layers among Qwen3NextGatedDeltaNet.*got Linear"):
        integration.patch(torch.nn.Linear(1, 1))


def test_other_versions():
    class Qwen3NextGatedDeltaNet(torch.nn.Module):
        def forward(self, x):
            return x

    with pytest.raises(NotImplementedError, match="Qwen3NextGatedDeltaNet of transformers .* is not known"):
        integration.patch(torch.nn.Sequential(Qwen3NextGatedDeltaNet()))


def test_functions_in_the_layer():
    """As in version 4: each layer has its own, and only that of the model is replaced."""

    class Qwen3NextGatedDeltaNet(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.chunk_gated_delta_rule = self.recurrent_gated_delta_rule = len

    one, other = torch.nn.Sequential(Qwen3NextGatedDeltaNet()), Qwen3NextGatedDeltaNet()
    assert integration.patch(integration.patch(one)) is one
    assert one[0].chunk_gated_delta_rule is one[0].recurrent_gated_delta_rule is integration.gated_delta_rule
    assert other.chunk_gated_delta_rule is len
    integration.unpatch(one)
    assert one[0].chunk_gated_delta_rule is one[0].recurrent_gated_delta_rule is len


class LayerOfVersion4(torch.nn.Module):
    """The part of a layer that computes its gates; returns what the recurrence is called with."""

    def __init__(self):
        super().__init__()
        self.A_log, self.dt_bias = torch.nn.Parameter(torch.rand(2)), torch.nn.Parameter(torch.rand(2))
        self.allow_neg_eigval = True
        self.chunk_gated_delta_rule = self.recurrent_gated_delta_rule = lambda *args, **options: (args, options)

    def forward(self, q, a, b, is_prompt):
        beta = b.sigmoid()
        if self.allow_neg_eigval:
            beta = beta * 2.0
        g = -self.A_log.float().exp() * F.softplus(a.float() + self.dt_bias)
        if is_prompt:
            return self.chunk_gated_delta_rule(q, g=g, beta=beta, output_final_state=True)
        return self.recurrent_gated_delta_rule(q, g=g, beta=beta)


def get_call(monkeypatch, layer, *args):
    """What the op is called with in the layer."""
    calls = []
    monkeypatch.setattr(integration, "gated_delta_rule", lambda *args, **options: calls.append((args, options)))
    integration.patch(layer)
    layer(*args)
    return calls


def test_gates_in_the_layer(monkeypatch):
    """As in version 4, where the functions are the layer's, and so is its new forward."""
    layer_class = type("Qwen3NextGatedDeltaNet", (LayerOfVersion4,), {})
    one, other = layer_class(), layer_class()
    q, a, b = torch.rand(3, 2)
    for is_prompt in (True, False):
        ((args, options),) = get_call(monkeypatch, one, q, a, b, is_prompt)
        assert args == (q,) and options.pop("output_final_state", False) == is_prompt
        assert options.pop("g") is a and options.pop("beta") is b
        assert options == {"A_log": one.A_log, "dt_bias": one.dt_bias, "allow_neg_eigval": True}
        assert other(q, a, b, is_prompt)[1].keys() <= {"g", "beta", "output_final_state"}
        copied, forward = copy.deepcopy(one), one.forward
        for layer in (one, copied):
            integration.unpatch(layer)
            assert "forward" not in vars(layer)
            assert layer(q, a, b, is_prompt)[1].keys() <= {"g", "beta", "output_final_state"}
        # Who kept it has what calls the op, and not functions that know nothing of the parameters.
        assert forward(q, a, b, is_prompt) is None


def test_hooks_stay(monkeypatch):
    """Hooks of accelerate are a forward in the layer, around that of the class; with them gates are as they were."""
    layer = type("Qwen3NextGatedDeltaNet", (LayerOfVersion4,), {})()
    forward, calls = layer.forward, []

    def hooked(*args):
        calls.append(args)
        return forward(*args)

    layer.forward = hooked
    q, a, b = torch.rand(3, 2)
    ((_, options),) = get_call(monkeypatch, layer, q, a, b, True)
    assert len(calls) == 1 and "A_log" not in options
    integration.unpatch(layer)
    assert layer.forward is hooked

    layer = type("Qwen3NextGatedDeltaNet", (LayerOfVersion4,), {})()
    get_call(monkeypatch, layer, q, a, b, True)
    layer.forward = hooked
    integration.unpatch(layer)
    assert layer.forward is hooked


def get_beta(beta="b.sigmoid()"):
    return f"    beta = {beta}\n"


def get_gate(gate="-self.A_log.float().exp() * F.softplus(a.float() + self.dt_bias)"):
    return f"    g = {gate}\n"


CALL = "    return self.chunk_gated_delta_rule(g=g, beta=beta)\n"
FORWARDS = {
    "another gate": get_beta() + get_gate("-self.A_log.exp() * F.softplus(a.float() + self.dt_bias)") + CALL,
    "another bias": get_beta() + get_gate("-self.A_log.float().exp() * F.softplus(a.float() + 1)") + CALL,
    "another beta": get_beta("2 * b.sigmoid()") + get_gate() + CALL,
    "another use": get_beta() + get_gate() + "    self.last = g\n" + CALL,
    "another use of what it is of": get_beta() + get_gate() + "    a.zero_()\n" + CALL,
    "two betas": get_beta() + get_beta("b.clamp(0, 1)") + get_gate() + CALL,
    "a beta in a branch": "    if self.x:\n    " + get_beta() + get_gate() + CALL,
    "a product in place": get_beta() + "    beta *= 2.0\n" + get_gate() + CALL,
    "a doubling in a branch": get_beta() + get_gate() + "    if self.x:\n        if self.allow_neg_eigval:\n"
    "            beta = beta * 2.0\n" + CALL,
    "another gate later": get_beta() + get_gate() + "    g = torch.zeros_like(g)\n" + CALL,
    "another function": get_beta() + get_gate() + CALL.replace("chunk", "other"),
    "arguments by position": get_beta() + get_gate() + CALL.replace("g=g, beta=beta", "g, beta"),
}


def make_forward(tmp_path, body):
    path = tmp_path / "layer.py"
    path.write_text("import torch\nimport torch.nn.functional as F\n\ndef forward(self, a, b):\n" + body)
    names = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names["forward"], path


def leave_to_op(forward):
    return integration._gates.leave_to_op(forward, integration._NAMES, integration.gated_delta_rule)


def test_known_gates(tmp_path):
    assert leave_to_op(make_forward(tmp_path, get_beta() + get_gate() + CALL)[0])


@pytest.mark.parametrize("name", FORWARDS)
def test_unknown_gates_stay(tmp_path, name):
    assert leave_to_op(make_forward(tmp_path, FORWARDS[name])[0]) is None


def test_other_sources_stay(tmp_path):
    assert leave_to_op(len) is None
    forward, path = make_forward(tmp_path, get_beta() + get_gate() + CALL)

    @functools.wraps(forward)
    def wrapped(*args):
        return forward(*args)

    assert leave_to_op(wrapped) is None
    # Another version has been installed meanwhile.
    path.write_text(path.read_text().replace("b.sigmoid()", "(b + 1).sigmoid()"))
    linecache.checkcache()
    assert leave_to_op(forward) is None


def test_traceback_shows_the_source():
    forward = leave_to_op(LayerOfVersion4.forward)
    assert forward.__code__.co_filename == __file__
    assert forward.__code__.co_firstlineno == LayerOfVersion4.forward.__code__.co_firstlineno


def count_calls():
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counter(TorchDispatchMode):
        counts = {}

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function.namespace == "gdr" or "softplus" in function._schema.name:
                name = function._schema.name.split("::")[1]
                self.counts[name] = self.counts.get(name, 0) + 1
            return function(*args, **(kwargs or {}))

    return Counter()
