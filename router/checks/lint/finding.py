"""What lint finds, and what may be set: levels by rule, and what is let be, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Level(Enum):
    """How a finding counts: not at all, as a word, as a fault."""

    OFF = "off"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `coordinate` is what it is about, the line and column (from 1) where that is defined first."""

    code: str
    level: Level
    coordinate: str
    message: str
    subgraph: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that is let be: `coordinate` may end in `*`; the reason is written down for those who come after."""

    code: str
    coordinate: str
    reason: str

    def covers(self, code: str, coordinate: str) -> bool:
        """Whether it speaks of this finding."""
        if self.code not in ("*", code):
            return False
        if self.coordinate.endswith("*"):
            return coordinate.startswith(self.coordinate[:-1])
        return coordinate == self.coordinate


@dataclass(frozen=True, slots=True)
class Settings:
    """The `lint` section: levels by code, where they differ from the rules' own."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
