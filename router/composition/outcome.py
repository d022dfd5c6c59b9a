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
    path: str | None = None
    """The file the SDL was read from, as the user named it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one subgraph's SDL; lines and columns count from 1, the end column is the one after the last.

    Line 0 stands for the subgraph as a whole.
    """

    subgraph: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is to tell about subgraphs: under Apollo's code, and with a place in each subgraph concerned."""

    code: str
    message: str
    places: tuple[Place, ...] = ()

    @property
    def subgraph(self) -> str | None:
        """The first subgraph concerned, if any is known."""
        return self.places[0].subgraph if self.places else None

    @property
    def line(self) -> int:
        """The line of the first place; 0 when unknown."""
        return self.places[0].line if self.places else 0


@dataclass(frozen=True, slots=True)
class Fault(Finding):
    """One reason why the subgraphs do not compose: `message` says what is wrong and why, `fix` what would mend it."""

    fix: str = ""


@dataclass(frozen=True, slots=True)
class Hint(Finding):
    """Something that composed but deserves a second look."""


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
