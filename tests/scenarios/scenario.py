"""What a hand-made federation is written in: subgraph SDLs, records, rules for computed fields, and cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@shareable", "@external", '
    '"@requires", "@provides", "@override", "@inaccessible", "@interfaceObject", "@context", "@fromContext"])\n'
)


@dataclass(frozen=True)
class Case:
    """One named operation. `fetches` is the fewest requests that can answer it; None where that is not the point."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    fetches: int | None = None


class It:
    """The object a field is resolved on, as a rule sees it."""

    def __init__(self, record: Record, read: Callable[[str, dict[str, Any]], Any]) -> None:
        self.record = record
        self._read = read

    def __getitem__(self, name: str) -> Any:
        """A field's value: what was carried here for a `@requires`, else the object's own."""
        return self._read(name, {})

    def get(self, name: str, **arguments: Any) -> Any:
        """The same, of a field with arguments."""
        return self._read(name, arguments)


Rule: TypeAlias = Callable[[It, dict[str, Any]], Any]


@dataclass(frozen=True)
class Scenario:
    """A federation. `records` makes the data afresh: entities and the root records, told apart by `__typename`.

    A field's value is the record's property, or what the rule "Type.field" computes. Where `@interfaceObject` stands
    for a type, the rules of the object's own type count first, then those of its interface.
    """

    subgraphs: Mapping[str, str]
    records: Callable[[], list[Record]]
    cases: Mapping[str, Case]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    random: int = 25
