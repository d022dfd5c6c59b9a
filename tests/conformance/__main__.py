"""Judges both executors by the corpus: `python -m tests.conformance ../shared/conformance`.

Suites of `STATEFUL` are left out: asking them twice changes the second answer. With `--composed`, everything is asked on
supergraphs that we compose from the suites' subgraphs, and on the reference's beside them; the stateful ones once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from chassis.embedded.process import reserved_port
from tests.conformance.twice import Tally, check_suite, composed

STATEFUL = frozenset(("mutations",))
STUB_SECONDS_MAX = 180
# Cases that cost more subgraph requests here than of the cheapest of the reference gateways: and how many.
DEARER = {"simple-interface-object_8": 3}
WHY_DEARER = (
    "what an @interfaceObject has is asked of those objects alone that a fragment names, as two of the three gateways do; "
    "asked of all, an object leaves the answer when a field of it fails that nobody wanted"
)


def main() -> int:
    """Run every case file of every suite; 0 when both executors gave the right answers with the same fetches."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("corpus", type=Path, help="the folder that holds gateway/")
    parser.add_argument("--only", default="", help="suites, separated by commas")
    parser.add_argument("--cases", default="cases.json,generated.json", help="case files, separated by commas")
    parser.add_argument("--composed", action="store_true", help="compare our own supergraphs with the reference's")
    options = parser.parse_args()
    gateway = options.corpus / "gateway"
    chosen = frozenset(filter(None, options.only.split(",")))
    suites = [folder for folder in sorted((gateway / "suites").iterdir()) if not chosen or folder.name in chosen]
    with stub(gateway) as subgraphs:
        check = Check(suites, options.cases.split(","), subgraphs)
        if options.composed:
            return _compare(check)
        tally = check.run(reference, once=False, fewest=_fewest(gateway))
    for fault in tally.wrong:
        print(f"FAIL {fault}")
    for reason, count in tally.reasons.most_common():
        print(f"{count} run generically: {reason}")
    print(f"{', '.join(DEARER)} may make a request more than the fewest: {WHY_DEARER}")
    print(f"left out, since their subgraphs remember: {', '.join(sorted(STATEFUL))}")
    generic = tally.cases - tally.compiled - tally.handed_over
    print(f"{tally.compiled} answered compiled, {tally.handed_over} handed over, {generic} generic only")
    print(f"{tally.cases - len(tally.wrong)} passed, {len(tally.wrong)} failed")
    return 1 if tally.wrong or not tally.cases else 0


def reference(folder: Path) -> str:
    """The suite's own supergraph, which the reference composed."""
    return (folder / "supergraph.graphql").read_text()


@dataclass(frozen=True)
class Check:
    """What is asked, of subgraphs at which URL."""

    suites: list[Path]
    cases: list[str]
    subgraphs: str

    def run(
        self, supergraph: Callable[[Path], str], *, once: bool, fewest: Mapping[str, int] = MappingProxyType({})
    ) -> Tally:
        """Ask all of it, on the supergraph of each suite's folder. No case may make more requests than its `fewest`."""
        tally = Tally(fewest)
        for folder in self.suites:
            if folder.name in STATEFUL and not once:
                continue
            for cases in self.cases:
                if (folder / cases).exists():
                    asyncio.run(check_suite(folder, cases, supergraph(folder), self.subgraphs, tally, once=once))
        return tally


def _fewest(gateway: Path) -> dict[str, int]:
    """How many requests the cheapest of the reference gateways makes for each case, but for those of DEARER."""
    baseline = json.loads((gateway / "requests_baseline.json").read_text())
    fewest = {case: min(requests.values()) for case, requests in baseline.items()}
    return fewest | DEARER


def _compare(check: Check) -> int:
    """Ask on the reference's supergraphs and on ours; 0 when the score and the requests are the same."""
    tallies = {"the reference's": check.run(reference, once=True), "our own": check.run(composed, once=True)}
    for name, tally in tallies.items():
        for fault in tally.wrong:
            print(f"FAIL {fault} (on {name})")
        print(
            f"{tally.cases - len(tally.wrong)} passed, {len(tally.wrong)} failed, {tally.requests} subgraph requests: {name}"
        )
    theirs, ours = tallies.values()
    same = (theirs.cases, theirs.wrong, theirs.requests) == (ours.cases, ours.wrong, ours.requests)
    print("the same" if same else "NOT the same")
    return 0 if same and ours.cases else 1


@contextmanager
def stub(gateway: Path) -> Iterator[str]:
    """The corpus' subgraphs, served until the block ends; their base URL."""
    port = reserved_port()
    stub = subprocess.Popen(
        [sys.executable, gateway / "stub_subgraphs.py", "--suites", gateway / "suites", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stub.terminate()
        stub.wait()


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
