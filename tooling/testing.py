"""`./dev test`: pytest over everything, then the TypeScript clients' own tests where Node is installed."""

import os
import subprocess
import sys

from tooling import web
from tooling.console import say
from tooling.layout import ROOT

# Files stay together: their servers and databases are made per file.
IN_PARALLEL = ("-n", str(min(2, os.cpu_count() or 1)), "--dist", "loadfile")


def test(chosen: list[str], *, quick: bool) -> int:
    """Run all tests, or only what is chosen (paths and options of pytest); answer the exit code."""
    if chosen:
        return _pytest(*chosen)
    if quick:
        return _pytest(*IN_PARALLEL, "-m", "not slow")
    if not web.node_is_there():
        say(f"The TypeScript tests are left out: {web.WITHOUT}.")
        return _pytest(*IN_PARALLEL)
    # Before pytest: the journeys through the browser and the TypeScript client need both.
    web.install()
    web.build_playground()
    failed = _pytest(*IN_PARALLEL)
    return web.test() or failed


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, check=False).returncode
