"""The public gateway benchmark, where it lies beside this checkout, with our router in it: `./dev bench yardstick`."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from bench.federation import ROOT

THERE = ROOT.parent / "shared" / "bench"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--work", type=Path, default=ROOT / ".bench", help="where its peers and stubs are installed")
    parser.add_argument("--peers", default="hive-rr")
    parser.add_argument("rest", nargs="*", help="handed to compare.py, after --")


def run(options: argparse.Namespace) -> int:
    """Install what it needs, run it on small and on large data."""
    if not THERE.is_dir():
        print("skipped: the yardstick is not beside this checkout (../shared/bench)")
        return 0
    work = options.work.resolve()
    if not (work / "stub").exists():
        subprocess.run([str(THERE / "setup.sh")], env={**os.environ, "WORK": str(work)}, check=True)
    ours = f"{shlex.quote(sys.executable)} -m router.cli serve --supergraph {{supergraph}}"
    ours += " --host 127.0.0.1 --port {port}"
    worst = 0
    for data in ("small", "large"):
        command = [sys.executable, str(THERE / "compare.py"), "--router", ours, "--cwd", str(ROOT), "--work", str(work)]
        command += ["--peers", options.peers, "--data", data, *options.rest]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst
