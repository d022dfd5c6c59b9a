"""How the tools speak: one line when a step begins, its seconds when it ends, and failures that say what to do."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """A step could not be done; the message says why and what to do. Shown without a stack trace, exit code 1."""


def say(text: str = "") -> None:
    """Print at once, so that it stands before what child processes print; nobody reading is no reason to stop."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show that something has begun, and how long it took; on an error show that it failed and let the error rise."""
    back = ""
    if sys.stdout.isatty():
        print(f"  … {title}", end="", flush=True)
        back = "\r"
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{back}  ✗ {title}")
        raise
    say(f"{back}  ✓ {title} ({time.monotonic() - began:.1f} s)")
