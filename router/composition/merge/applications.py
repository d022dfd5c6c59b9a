"""Merges directive applications, and holds what all parts of merging look up while they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from router.composition.merge import strategies
from router.composition.merge.features import Carried
from router.composition.merge.references import Position
from router.composition.merge.session import Session, Sources
from router.composition.schema.model import Absent, Application, Schema
from router.composition.schema.references import Reference, base_name
from router.composition.schema.values import Value, canonical, print_value

BUILT_IN = ("deprecated", "specifiedBy")
ACCESS_CONTROL = ("authenticated", "requiresScopes", "policy")


class Directed(Protocol):
    """Anything directives are applied to."""

    @property
    def directives(self) -> tuple[Application, ...]:
        """The applications."""


D = TypeVar("D", bound=Directed)


@dataclass
class Merger:
    """The session, the shape of the supergraph's types, what directives go on, and where each type was used."""

    session: Session
    skeleton: Schema
    carried: Carried
    access: Mapping[str, Sequence[tuple[int, Application]]]
    """For coordinates that take over access rules from elsewhere: those rules (access.py)."""
    uses: dict[str, dict[Position, str]] = field(default_factory=dict)
    """For each type used, by position: the first coordinate that does."""

    def note_use(self, reference: Reference, position: Position, coordinate: str) -> None:
        """Remember that a type is used in this position."""
        self.uses.setdefault(base_name(reference), {}).setdefault(position, coordinate)

    def supergraph_name(self, index: int, local: str) -> str | None:
        """Answer what the supergraph calls a subgraph's directive; None when it does not go on."""
        if local in BUILT_IN:
            return local
        return self.carried.names[index].get(local)

    def is_inaccessible(self, directives: tuple[Application, ...]) -> bool:
        """Tell whether merged directives hide their element from clients."""
        return any(self._canonical(application.name) == "inaccessible" for application in directives)

    def is_access_rule(self, application: Application) -> bool:
        """Tell whether a merged directive restricts who may see its element."""
        return self._canonical(application.name) in ACCESS_CONTROL

    def _canonical(self, name: str) -> str | None:
        carried = self.carried.directives.get(name)
        return carried.canonical if carried is not None else None

    def inherited(self, coordinate: str) -> tuple[Application, ...]:
        """Merge the access rules that an element takes over from elsewhere."""
        nothing: dict[int, Directed] = {}
        return self.directives(coordinate, nothing)

    def directives(self, coordinate: str, sources: Sources[D]) -> tuple[Application, ...]:
        """Merge the applications on one element from all subgraphs."""
        if coordinate not in self.access and not any(source.directives for source in sources.values()):
            return ()
        found: dict[str, list[tuple[int, Application]]] = {}
        for index, source in sorted(sources.items()):
            for application in source.directives:
                name = self.supergraph_name(index, application.name)
                if name is not None:
                    found.setdefault(name, []).append((index, application))
        for index, application in self.access.get(coordinate, ()):
            name = self.supergraph_name(index, application.name)
            if name is not None:
                found.setdefault(name, []).append((index, application))
        merged: list[Application] = []
        for name, applications in found.items():
            carried = self.carried.directives.get(name)
            if carried is not None and carried.definition.repeatable:
                merged.extend(self._repeatable(name, applications))
            else:
                merged.append(self._single(coordinate, name, applications))
        return tuple(merged)

    def _repeatable(self, name: str, applications: list[tuple[int, Application]]) -> list[Application]:
        """Keep each distinct application; a context's name gets its subgraph's in front."""
        kept: dict[str, Application] = {}
        for index, application in applications:
            arguments = dict(application.arguments)
            if self._canonical(name) == "context":
                arguments["name"] = f"{self.session.subgraphs[index].name}__{arguments.get('name')}"
            kept.setdefault(canonical(self._filled(name, arguments)), Application(name, arguments))
        return list(kept.values())

    def _single(self, coordinate: str, name: str, applications: list[tuple[int, Application]]) -> Application:
        """Make one application of several: by the directive's own strategy, else the most frequent wins."""
        distinct: dict[str, Mapping[str, Value]] = {}
        counts: dict[str, int] = {}
        for _, application in applications:
            text = canonical(self._filled(name, application.arguments))
            distinct.setdefault(text, application.arguments)
            counts[text] = counts.get(text, 0) + 1
        if len(distinct) == 1:
            return Application(name, next(iter(distinct.values())))
        strategy = strategies.STRATEGIES.get(self._canonical(name) or "")
        if strategy is not None:
            self.session.hint(
                "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
                f'Directive @{name} is applied to "{coordinate}" in multiple subgraphs with different arguments.'
                f" Merging strategies used by arguments: {strategy.words}",
                *(self.session.place(index, item) for index, item in applications),
            )
            return Application(name, strategy.merge([self._filled(name, arguments) for arguments in distinct.values()]))
        chosen = max(counts, key=lambda text: counts[text])
        like = [index for index, item in applications if canonical(self._filled(name, item.arguments)) == chosen]
        unlike = {index: item for index, item in applications if index not in like}
        self.session.hint(
            "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
            f'Non-repeatable directive @{name} is applied to "{coordinate}" in multiple subgraphs but with incompatible'
            f" arguments. The supergraph will use {_in_words(distinct[chosen])} (from {self.session.names(like)}), but"
            f" found {self.session.differences(unlike, lambda item: _in_words(item.arguments), between=' and ')}.",
            *(self.session.place(index, item) for index, item in applications),
        )
        return Application(name, distinct[chosen])

    def _filled(self, name: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        """Answer the arguments with the definition's defaults for those not given."""
        carried = self.carried.directives.get(name)
        if carried is None:
            defaults: dict[str, Value] = {"reason": "No longer supported"} if name == "deprecated" else {}
        else:
            defaults = {
                argument.name: argument.default
                for argument in carried.definition.arguments.values()
                if not isinstance(argument.default, Absent)
            }
        return {**defaults, **arguments}


def _in_words(arguments: Mapping[str, Value]) -> str:
    return f"arguments {print_value(dict(arguments))}" if arguments else "no arguments"
