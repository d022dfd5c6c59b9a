"""The parts that need Node: the playground's page and the TypeScript clients. Everything else runs without it."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from tooling.console import Failure, say, step
from tooling.layout import ROOT

NODE_OLDEST = 20
CLIENTS = ROOT / "clients"
PLAYGROUND = CLIENTS / "playground"
WITHOUT = f"Node {NODE_OLDEST} or newer is not installed"


def node_is_there() -> bool:
    """Say whether a recent enough Node with npm is on the PATH."""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return version is not None and int(version[1]) >= NODE_OLDEST


def install() -> None:
    """Run `npm ci` when the lock file has changed since the last time."""
    stamp = CLIENTS / "node_modules" / ".made-from"
    wanted = _digest([CLIENTS / "package-lock.json", *sorted(CLIENTS.glob("*/package.json"))])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    with step("install the web parts' packages (npm ci)"):
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted, encoding="utf-8")


def build_playground() -> str:
    """Build the router's page once if Node is there; answer what to tell the user about it."""
    if not (PLAYGROUND / "package.json").exists():
        return "(the playground is not part of this checkout)"
    if not node_is_there():
        return f"(without the playground's page: {WITHOUT})"
    sources = [
        file
        for file in sorted(PLAYGROUND.rglob("*"))
        if file.is_file() and not {"node_modules", "dist"} & set(file.relative_to(PLAYGROUND).parts)
    ]
    wanted = _digest([*sources, *sorted((CLIENTS / "operations").iterdir())])
    stamp = CLIENTS / "node_modules" / ".playground-made-from"
    built = (PLAYGROUND / "dist" / "index.html").exists()
    if not (built and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        try:
            install()
            with step("build the playground (once)"):
                npm("run", "build", "--workspace", "playground")
        except Failure as failure:
            # The page is a comfort: the shop runs without it.
            say(f"\n{failure}\n")
            return "(without the playground's page: it could not be built, see above)"
        stamp.write_text(wanted, encoding="utf-8")
    return "GraphiQL, with example operations in its tabs"


def test() -> int:
    """Run every web package's tests, in view; answer npm's exit code."""
    install()
    say("npm test:")
    return subprocess.run(["npm", "test", "--silent"], cwd=CLIENTS, check=False).returncode


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def npm(*arguments: str) -> None:
    """Run one npm command in clients/; raises Failure with what it printed."""
    result = subprocess.run(
        ["npm", *arguments], cwd=CLIENTS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode != 0:
        raise Failure(f"`npm {' '.join(arguments)}` failed in clients/:\n{result.stdout.strip()[-4000:]}")
