#!/usr/bin/env python3
"""Writes the typed Python client, `shop_client/`, from ../schema.graphql and ../operations.

    python clients/python/generate.py             # write it
    python clients/python/generate.py --check     # write nothing; exit 1 and say so when it is stale

The generator needs an older graphql-core than the shop, so it runs in an environment of its own (.shop/codegen-<hash of
its lock file>), which the first run makes with uv.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOCK = HERE / "requirements-codegen.lock"
PACKAGE = "shop_client"
INPUTS = ("schema.graphql", "operations")


def generator() -> Path:
    """The generator's executable, in an environment made for exactly this lock file."""
    environment = ROOT / ".shop" / f"codegen-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    executable = environment / "bin" / "ariadne-codegen"
    if not executable.exists():
        uv = Path(sys.executable).with_name("uv")
        command = str(uv) if uv.exists() else "uv"
        # Made aside and moved into place, so that a run cut short leaves nothing that looks finished.
        unfinished = Path(tempfile.mkdtemp(dir=_made(environment.parent)))
        subprocess.run(
            [command, "venv", "-q", "--relocatable", "--python", sys.executable, unfinished / "env"], check=True
        )
        python = unfinished / "env" / "bin" / "python"
        subprocess.run(
            [command, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", LOCK], check=True
        )
        shutil.rmtree(environment, ignore_errors=True)
        (unfinished / "env").rename(environment)
        unfinished.rmdir()
    return executable


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def generate(into: Path) -> Path:
    """Generate into a copy of this folder under `into` and answer where the package stands there."""
    executable = generator()
    folder = _made(into / "python")
    for name in ("codegen.toml", "transport.py"):
        shutil.copy(HERE / name, folder)
    shutil.copy(HERE.parent / "schema.graphql", into)
    shutil.copytree(HERE.parent / "operations", into / "operations", ignore=shutil.ignore_patterns("*.json"))
    result = subprocess.run(
        [executable, "--config", "codegen.toml"], cwd=folder, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        sys.exit(f"ariadne-codegen could not generate the Python client:\n{result.stdout}{result.stderr}")
    return folder / PACKAGE


def stale(fresh: Path, committed: Path) -> list[str]:
    """The files that differ between the two packages, by name."""
    names = {path.name for folder in (fresh, committed) for path in folder.glob("*.py")}
    _, different, missing = filecmp.cmpfiles(fresh, committed, names, shallow=False)
    return sorted(different + missing)


def main() -> None:
    """Generate, or say what is stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the client is stale")
    arguments = parser.parse_args()
    committed = HERE / PACKAGE
    with tempfile.TemporaryDirectory() as folder:
        fresh = generate(Path(folder))
        if not arguments.check:
            shutil.rmtree(committed, ignore_errors=True)
            shutil.copytree(fresh, committed)
        elif files := stale(fresh, committed):
            sys.exit(f"clients/python/{PACKAGE} is stale ({', '.join(files)}): run clients/python/generate.py")


if __name__ == "__main__":
    main()
