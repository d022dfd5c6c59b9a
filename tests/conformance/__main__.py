"""Judges both executors by the corpus: `python -m tests.conformance ../shared/conformance`.

Suites of `STATEFUL` are left out: asking them twice changes the second answer.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.conformance.twice import Tally, check_suite

STATEFUL = frozenset(("mutations",))
STUB_SECONDS_MAX = 20


def main() -> int:
    """Run every case file of every suite; 0 when both executors gave the right answers with the same fetches."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("corpus", type=Path, help="the folder that holds gateway/")
    parser.add_argument("--only", default="", help="suites, separated by commas")
    parser.add_argument("--cases", default="cases.json,generated.json", help="case files, separated by commas")
    options = parser.parse_args()
    gateway = options.corpus / "gateway"
    chosen = frozenset(filter(None, options.only.split(",")))
    tally = Tally()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stub = subprocess.Popen(
        [sys.executable, gateway / "stub_subgraphs.py", "--suites", gateway / "suites", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_port(port)
        for folder in sorted((gateway / "suites").iterdir()):
            if folder.name in STATEFUL or (chosen and folder.name not in chosen):
                continue
            for cases in options.cases.split(","):
                if (folder / cases).exists():
                    asyncio.run(check_suite(folder, cases, f"http://127.0.0.1:{port}", tally))
    finally:
        stub.terminate()
        stub.wait()
    for fault in tally.wrong:
        print(f"FAIL {fault}")
    for reason, count in tally.reasons.most_common():
        print(f"{count} run generically: {reason}")
    print(f"left out, since their subgraphs remember: {', '.join(sorted(STATEFUL))}")
    generic = tally.cases - tally.compiled - tally.handed_over
    print(f"{tally.compiled} answered compiled, {tally.handed_over} handed over, {generic} generic only")
    print(f"{tally.cases - len(tally.wrong)} passed, {len(tally.wrong)} failed")
    return 1 if tally.wrong or not tally.cases else 0


def _await_port(port: int) -> None:
    until = time.monotonic() + STUB_SECONDS_MAX
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    raise SystemExit(main())
