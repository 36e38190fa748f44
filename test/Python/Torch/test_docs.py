"""The snippets of docs/PyTorch.md and docs/Export.md run, in their order, as one program each."""

import importlib.util
import os
import re
import subprocess
import sys

from documents import ROOT, get_snippets, run_shell


def run_snippets(document, directory, *languages):
    snippets = get_snippets(document, *languages)
    (directory / "snippets.py").write_text("\n".join(snippets))
    run = subprocess.run([sys.executable, "snippets.py"], cwd=directory, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return snippets


def test_pytorch(tmp_path):
    has_transformers = importlib.util.find_spec("transformers")
    snippets = run_snippets("PyTorch.md", tmp_path, "python", *["python transformers"] * bool(has_transformers))
    assert len(snippets) >= 5


def test_export(tmp_path, loads_packages, run_package):
    assert len(run_snippets("Export.md", tmp_path, "python")) == 4
    (tmp_path / "run_package").symlink_to(run_package)
    run_shell(get_snippets("Export.md", "sh run"), tmp_path, sys.executable, **os.environ)
    assert (tmp_path / "outputs.pt").exists()


def test_schemas():
    """The document lists every argument of the ops."""
    import torch

    text = (ROOT / "docs" / "PyTorch.md").read_text()
    for op in (torch.ops.gdr.gated_delta_rule.default, torch.ops.gdr.gated_delta_rule_.default):
        for argument in op._schema.arguments:
            assert re.search(rf"\b{argument.name}\b", text), argument.name
