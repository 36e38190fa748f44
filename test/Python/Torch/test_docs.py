"""The snippets of docs/PyTorch.md run, in their order, as one program."""

import importlib.util
import pathlib
import re
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "docs" / "PyTorch.md"


def test_snippets(tmp_path, loads_packages):
    languages = r"python(?: transformers)?" if importlib.util.find_spec("transformers") else "python"
    text = DOCUMENT.read_text()
    snippets = re.findall(rf"^```{languages}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert len(snippets) >= 6
    (tmp_path / "snippets.py").write_text("\n".join(snippets))
    run = subprocess.run([sys.executable, "snippets.py"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_schemas():
    """The document lists every argument of the ops."""
    import torch

    text = DOCUMENT.read_text()
    for op in (torch.ops.gdr.gated_delta_rule.default, torch.ops.gdr.gated_delta_rule_.default):
        for argument in op._schema.arguments:
            assert re.search(rf"\b{argument.name}\b", text), argument.name
