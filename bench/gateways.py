"""The gateways that can be measured: ours, those from npm in tests/peers, and binaries that the environment names.

A binary takes part when its variable gives a command with {supergraph} and {port}, for example

    BENCH_APOLLO_ROUTER='router --supergraph {supergraph} --listen 127.0.0.1:{port}'
    BENCH_HIVE_ROUTER, BENCH_COSMO_ROUTER, BENCH_GRAFBASE
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.federation import ROOT

PEERS = ROOT / "tests" / "peers"
OURS = "this router"
BINARIES = {
    "BENCH_APOLLO_ROUTER": "Apollo Router",
    "BENCH_HIVE_ROUTER": "Hive Router",
    "BENCH_COSMO_ROUTER": "Cosmo Router",
    "BENCH_GRAFBASE": "Grafbase Gateway",
}


@dataclass(frozen=True)
class Gateway:
    """How to start a gateway: a command with {supergraph} and {port}, where, and the path it answers at.

    `knows_security` is False for gateways that refuse a supergraph whose `@authenticated` or `@requiresScopes` they
    could not enforce; they get one where these are only remarks.
    """

    name: str
    command: str
    path: str = "/graphql"
    cwd: Path = ROOT
    knows_security: bool = True

    def words(self, supergraph: Path, port: int) -> list[str]:
        """The command line."""
        if not self.knows_security:
            remarked = supergraph.with_name("supergraph-without-security.graphql")
            remarked.write_text(without_security(supergraph.read_text(encoding="utf-8")), encoding="utf-8")
            supergraph = remarked
        return [word.format(supergraph=supergraph, port=port) for word in shlex.split(self.command)]


def without_security(supergraph: str) -> str:
    """The supergraph with `@authenticated`, `@requiresScopes` and `@policy` as remarks that nobody must understand.

    Link specification v1.0, `for`: a feature linked for SECURITY must be refused by who does not support it. Apollo's
    JavaScript gateway supports none of these. Subgraphs check the viewer themselves in any case.
    """
    return re.sub(
        r'(specs\.apollo\.dev/(?:authenticated|requiresScopes|policy)/v[\d.]+"), for: SECURITY', r"\1", supergraph
    )


def ours() -> Gateway:
    """Our router with its defaults."""
    command = f"{shlex.quote(sys.executable)} -m router.cli serve --supergraph {{supergraph}} --port {{port}}"
    return Gateway(OURS, command)


def available() -> tuple[list[Gateway], list[str]]:
    """The gateways that can be started here, ours first; and for each of the others, what it would take."""
    found, missing = [ours()], []
    if (PEERS / "node_modules" / "@apollo" / "gateway").is_dir():
        found.append(Gateway("Apollo Gateway", "node apollo.mjs {supergraph} {port}", "/", PEERS, knows_security=False))
        hive = "node node_modules/.bin/hive-gateway supergraph {supergraph} -c hive.config.mjs"
        hive += " --port {port} --host 127.0.0.1 --fork 1"
        found.append(Gateway("Hive Gateway, Rust planner", hive, cwd=PEERS))
    else:
        missing.append("Apollo Gateway, Hive Gateway: run `npm ci` in tests/peers")
    for variable, name in BINARIES.items():
        if command := os.environ.get(variable):
            found.append(Gateway(name, command))
        else:
            missing.append(f"{name}: set {variable} to its command")
    return found, missing
