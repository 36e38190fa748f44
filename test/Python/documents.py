"""The code in the documents, for the tests that run it."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def get_snippets(document, *languages):
    """The blocks of docs/DOCUMENT in these languages, in their order."""
    text = (ROOT / "docs" / document).read_text()
    names = "|".join(map(re.escape, languages))
    return re.findall(rf"^```(?:{names})\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def run_shell(snippets, directory, python, **environment):
    """Runs blocks as one script where `python` is that interpreter and examples/ is there; returns what it prints."""
    (directory / "examples").symlink_to(ROOT / "examples")
    script = "\n".join([f'python() {{ "{python}" "$@"; }}', *snippets])
    run = subprocess.run(
        ["bash", "-euc", script], cwd=directory, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
