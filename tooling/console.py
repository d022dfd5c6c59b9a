"""How the tools speak: one line when a step begins, its seconds when it ends, and failures that say what to do."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """A step could not be done; the message says why and what to do. Shown without a stack trace, exit code 1."""


def say(text: str = "") -> None:
    """Print a line at once, so that it stands before what child processes print."""
    print(text, flush=True)


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
        print(f"{back}  ✗ {title}", flush=True)
        raise
    print(f"{back}  ✓ {title} ({time.monotonic() - began:.1f} s)", flush=True)
