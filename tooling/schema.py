"""Holds the graph against the one before it, as the pull request's workflow does: whom does the working tree break."""

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from tooling.console import say
from tooling.layout import ROOT, SUPERGRAPH_CONFIG, executable

MAIN = "main"
SUPERGRAPH_NAME = "supergraph.graphql"
OPERATIONS = "clients/operations"


def breaks_nobody() -> str:
    """Answer what `router check` complains about; nothing when it passes, or when there is nothing to compare with."""
    before = base()
    if before is None:
        say("The schema is not compared with an earlier one: there is no git history here.")
        return ""
    with tempfile.TemporaryDirectory() as folder:
        archive = _git(ROOT, "archive", "--format=zip", before, SUPERGRAPH_NAME, OPERATIONS)
        if archive is None:
            say(f"The schema is not compared: {before} has no {SUPERGRAPH_NAME} or no {OPERATIONS}.")
            return ""
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            files.extractall(folder)
        command = [
            executable("router"), "check", "--config", SUPERGRAPH_CONFIG,
            "--against", Path(folder) / SUPERGRAPH_NAME,
            # An operation of both is shown where it stands in the working tree.
            "--operations", f"shop={OPERATIONS}",
            "--operations", f"shop@{before}={Path(folder) / OPERATIONS}",
        ]  # fmt: skip
        result = subprocess.run(
            list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    return "" if result.returncode == 0 else f"compared with {before}:\n{result.stdout}"


def base(root: Path = ROOT) -> str | None:
    """Answer the commit to compare with: where this branch left main, or, on main itself, the commit before."""
    head, main = _revision("HEAD", root), _revision(MAIN, root)
    if head is None:
        return None
    if main is not None and main != head:
        forked = _git(root, "merge-base", main, head)
        if forked is not None and _short(forked) != head:
            return _short(forked)
    return _revision("HEAD~1", root)


def _revision(name: str, root: Path) -> str | None:
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return None if found is None else _short(found)


def _short(printed: bytes) -> str:
    return printed.decode().strip()[:12]


def _git(root: Path, *words: str) -> bytes | None:
    """Answer what git prints; None where git, its history or the object is missing."""
    try:
        result = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return result.stdout if result.returncode == 0 else None
