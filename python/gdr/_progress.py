"""Shows a person that something takes its time: with rich, on a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PATIENCE = 1.0  # seconds before anything is shown


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def waiting(message: str) -> Iterator[None]:
    """Shows a spinner if the body takes longer than a second."""
    if not _is_watched():
        yield
        return
    shown: list[Any] = []
    lock = threading.Lock()

    def show() -> None:
        try:
            from rich.console import Console
        except ImportError:
            return
        with lock:
            if not timer.finished.is_set():
                shown.append(Console(stderr=True).status(message))
                shown[0].start()

    timer = threading.Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            for status in shown:
                status.stop()


@contextmanager
def progress(message: str, total: int) -> Iterator[Any]:
    """Gives a function to call after each of ``total`` steps; shows a bar of them."""
    try:
        if total < 2 or not _is_watched():
            raise ImportError
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield lambda: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(message, total=total)
        yield lambda: bar.advance(task)
