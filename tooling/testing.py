"""`./dev test`: pytest over everything, then the TypeScript clients' own tests where Node is installed."""

import os
import subprocess
import sys
from collections.abc import Mapping

from tooling import web
from tooling.console import say
from tooling.layout import ENVIRONMENT, ROOT

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
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=_with_bytecode(os.environ), check=False).returncode


def _with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Where bytecode is not wanted beside the sources it is kept in `.venv`: tests start a hundred processes, and each
    would compile every library anew.
    """
    kept = dict(environment)
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        kept["PYTHONPYCACHEPREFIX"] = str(ENVIRONMENT / "bytecode")
    return kept
