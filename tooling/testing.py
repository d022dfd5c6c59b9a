"""`./dev test`: pytest over everything, then the TypeScript clients' own tests where Node is installed."""

import os
import subprocess
import sys

from tooling import web
from tooling.console import say
from tooling.layout import ROOT

WORKERS = 2


def test(chosen: list[str], *, with_web: bool) -> int:
    """Run all tests, or only what is chosen (paths and options of pytest); answer the exit code."""
    if chosen:
        return _pytest(chosen)
    if not with_web:
        return _pytest([])
    if not web.node_is_there():
        say(f"The TypeScript tests are left out: {web.WITHOUT}.")
        return _pytest([])
    # Before pytest: the journeys through the browser and the TypeScript client need both.
    web.install()
    web.build_playground()
    return _pytest([]) or web.test()


def _pytest(chosen: list[str]) -> int:
    # One plan of what runs where for all runs: files stay together, since their servers and databases are per file.
    distribution = ["-n", str(min(WORKERS, os.cpu_count() or 1)), "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", "-q", *(chosen or distribution)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
