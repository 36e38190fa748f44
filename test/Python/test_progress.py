"""What a person sees who waits."""

import io
import sys
import time

import pytest

from gdr import _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Makes a terminal of the errors; not before the test, as pytest changes them then."""

    def make():
        pytest.importorskip("rich")
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(_progress, "_PATIENCE", 0.05)
        return stream

    return make


def test_says_what_takes_long(terminal):
    stream = terminal()
    with _progress.waiting("compiling"):
        time.sleep(0.5)
    assert "compiling" in stream.getvalue()


def test_says_nothing_of_what_does_not(terminal):
    stream = terminal()
    with _progress.waiting("compiling"):
        pass
    time.sleep(0.1)
    assert stream.getvalue() == ""


def test_passes_errors_on(terminal):
    terminal()
    with pytest.raises(ValueError), _progress.waiting("compiling"):
        time.sleep(0.2)
        raise ValueError


def test_bar(terminal):
    stream = terminal()
    with _progress.progress("compiling", 3) as advance:
        for _ in range(3):
            advance()
            time.sleep(0.15)
    assert "compiling" in stream.getvalue()


def test_nobody_watches(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    with _progress.waiting("compiling"), _progress.progress("compiling", 3) as advance:
        advance()
        time.sleep(0.1)
    assert stream.getvalue() == ""
