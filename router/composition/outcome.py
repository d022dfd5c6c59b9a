"""What goes into composition and what comes out: sources, faults, hints, and either a supergraph or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Source:
    """A subgraph as it was handed in."""

    name: str
    url: str
    sdl: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why the subgraphs do not compose.

    `code` is Apollo's error code. `subgraph` and `line` (from 1, in that subgraph's SDL) say where, as far as known.
    """

    code: str
    message: str
    subgraph: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that composed but deserves a second look."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Composed:
    """The subgraphs fit together."""

    sdl: str
    """The supergraph, in the join specification's spelling."""
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The subgraphs do not fit together."""

    faults: tuple[Fault, ...]


Outcome: TypeAlias = Composed | Refused


class CompositionFailed(Exception):
    """A stage found faults; nothing after it can run."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.code}: {fault.message}" for fault in faults))
        self.faults = faults
