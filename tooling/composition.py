"""Composes the supergraph from the subgraphs' schemas, for the repository and for the running shop."""

import subprocess
from pathlib import Path

import yaml

from tooling.console import Failure
from tooling.layout import ROOT, SHOP, SUPERGRAPH, SUPERGRAPH_CONFIG, executable

SUBGRAPHS_PORT = 4001


def names() -> list[str]:
    """Answer the subgraphs' names, as supergraph.yaml lists them."""
    return list(yaml.safe_load(SUPERGRAPH_CONFIG.read_text(encoding="utf-8"))["subgraphs"])


def compose(config: Path = SUPERGRAPH_CONFIG) -> str:
    """Answer the supergraph SDL; raises Failure with the composer's own errors."""
    return _run(executable("router"), "compose", "--config", config)


def _run(command: Path, *arguments: str | Path) -> str:
    """Answer what a command prints; raises Failure with what it complained about."""
    result = subprocess.run([command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        said = (result.stderr or result.stdout).strip()
        raise Failure(f"`{command.name} {' '.join(map(str, arguments))}` failed:\n{said}")
    return result.stdout


def compose_for(port: int, target: Path) -> bool:
    """Write the supergraph whose subgraphs answer on `port` to `target`; answer whether the committed one is fresh."""
    own = SHOP / "supergraph.yaml"
    text = SUPERGRAPH_CONFIG.read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    for subgraph in config["subgraphs"].values():
        subgraph["schema"]["file"] = str(ROOT / subgraph["schema"]["file"])
    own.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    sdl = compose(own)
    target.write_text(_on_port(sdl, port), encoding="utf-8")
    return is_committed(sdl)


class Follower:
    """Hands what is composed into `composed` while the shop runs on to `target`, which its router watches."""

    def __init__(self, composed: Path, target: Path, *, port: int) -> None:
        self.composed = composed
        self.target = target
        self.port = port
        self._seen = self._read()

    def follow(self) -> bool:
        """Hand on what was composed since the last time; answer whether anything was."""
        now = self._read()
        if now in {"", self._seen}:
            return False
        self._seen = now
        self.target.write_text(_on_port(now, self.port), encoding="utf-8")
        return True

    def _read(self) -> str:
        return self.composed.read_text(encoding="utf-8") if self.composed.exists() else ""


def _on_port(sdl: str, port: int) -> str:
    return sdl.replace(f"127.0.0.1:{SUBGRAPHS_PORT}/", f"127.0.0.1:{port}/")


def is_committed(sdl: str) -> bool:
    """Say whether supergraph.graphql holds exactly this."""
    return SUPERGRAPH.exists() and SUPERGRAPH.read_text(encoding="utf-8") == sdl


def write() -> bool:
    """Export every subgraph's schema, compose them into supergraph.graphql, and print what clients see of it.

    Answers whether supergraph.graphql changed; raises Failure.
    """
    _run(executable("subgraphs"), "schema", "--write")
    sdl = compose()
    changed = not is_committed(sdl)
    if changed:
        SUPERGRAPH.write_text(sdl, encoding="utf-8")
    _run(executable("python"), "clients/print_schema.py")
    return changed
