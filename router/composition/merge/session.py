"""What every part of merging shares: the subgraphs in order, their names in the supergraph, and the faults found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from router.composition.expand.subgraph import Subgraph
from router.composition.naming import subgraph_names
from router.composition.outcome import CompositionFailed, Fault, Hint, Place
from router.composition.places import place, place_of
from router.composition.schema.model import Type
from router.composition.schema.spans import Located

Part = TypeVar("Part")
Sources: TypeAlias = Mapping[int, Part]
"""What subgraphs (by index) say about one element; a subgraph that has nothing to say is not there."""


@dataclass
class Session:
    """One run of merging. Faults and hints collect here, so that one run reports all of them."""

    subgraphs: Sequence[Subgraph]
    faults: list[Fault] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.graphs = graph_names([subgraph.name for subgraph in self.subgraphs])
        self.types: dict[str, dict[int, Type]] = {}
        """What each subgraph has under each type's name; first come the types of the first subgraph."""
        for index, subgraph in enumerate(self.subgraphs):
            for name, type in subgraph.schema.types.items():
                self.types.setdefault(name, {})[index] = type

    def refuse(self, code: str, message: str, *at: Place, fix: str = "") -> None:
        """Note a reason why the subgraphs do not compose."""
        self.faults.append(Fault(code, message, at, fix))

    def place(self, index: int, located: Located) -> Place:
        """Answer where a part of one subgraph is written."""
        return place(self.subgraphs[index], located)

    def places(self, indexes: Iterable[int], coordinate: str) -> Iterator[Place]:
        """Answer where these subgraphs write an element, or what is nearest to it."""
        return (place_of(self.subgraphs[index], coordinate) for index in sorted(indexes))

    def stop_at_faults(self) -> None:
        """Go no further when something was refused: what comes next takes for granted that it was not."""
        if self.faults:
            raise CompositionFailed(tuple(self.faults))

    def hint(self, code: str, message: str, *at: Place) -> None:
        """Note something that deserves a second look."""
        self.hints.append(Hint(code, message, at))

    def names(self, indexes: Iterable[int]) -> str:
        """Name subgraphs in a sentence: `subgraph "a"`, `subgraphs "a" and "b"`."""
        return subgraph_names(self.subgraphs[index].name for index in indexes)

    def differences(
        self,
        sources: Sources[Part],
        describe: Callable[[Part], str],
        *,
        first: str | None = None,
        between: str = " but ",
    ) -> str:
        """Say who has what: `type "A" in subgraph "a" but type "B" in subgraph "b"`.

        `first` is the description to lead with: what the supergraph has, where some subgraph has the same.
        """
        groups: dict[str, list[int]] = {}
        for index, part in sources.items():
            groups.setdefault(describe(part), []).append(index)
        order = sorted(groups, key=lambda text: text != first) if first in groups else list(groups)
        texts = [f"{text} in {self.names(groups[text])}" for text in order]
        if len(texts) == 1:
            return texts[0]
        return f"{texts[0]}{between}{' and '.join(texts[1:])}"


def graph_names(names: Sequence[str]) -> tuple[str, ...]:
    """Answer each subgraph's value in the join__Graph enum (join v0.3): upper case, distinct, and a GraphQL name."""
    wanted = [_enum_name(name) for name in names]
    answer: list[str] = []
    for index, name in enumerate(wanted):
        twins = [other for other in range(len(wanted)) if wanted[other] == name]
        answer.append(name if len(twins) == 1 else f"{name}_{twins.index(index) + 1}")
    return tuple(answer)


def _enum_name(name: str) -> str:
    upper = re.sub(r"[^_0-9A-Za-z]", "_", re.sub(r"^(?=[0-9])", "_", name)).upper()
    return f"{upper}_" if re.search(r"_\d+$", upper) else upper
