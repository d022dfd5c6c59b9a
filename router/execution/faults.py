"""Errors of the answer: how what a subgraph reports becomes an error with the client's own path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from router.execution.shape import Composite, ObjectShape, Output, Required, Several
from router.plan import Field, Fragment, Selection


@dataclass(frozen=True, slots=True)
class GraphQLFault:
    """One entry of `errors`; the path is the client's (aliases, list indexes), None where no field is at fault."""

    message: str
    path: tuple[str | int, ...] | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    locations: tuple[Mapping[str, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As GraphQL specification 7.1.2 wants it."""
        out: dict[str, Any] = {"message": self.message}
        if self.locations:
            out["locations"] = list(self.locations)
        if self.path is not None:
            out["path"] = list(self.path)
        if self.extensions:
            out["extensions"] = dict(self.extensions)
        return out


def tree_path(path: Sequence[str | int], selections: Sequence[Selection]) -> tuple[str | int, ...]:
    """A path of a subgraph's reply, in tree keys; it ends where the selection does not know it."""
    out: list[str | int] = []
    here: Sequence[Selection] = selections
    for step in path:
        if isinstance(step, int):
            out.append(step)
            continue
        found = list(_named(here, step))
        if not found:
            break
        out.append(found[0].tree_key)
        # A key may stand several times, beside and inside fragments: the path may go on below any of them.
        here = [inner for one in found if one.tree_key == found[0].tree_key for inner in one.selections]
    return tuple(out)


def _named(selections: Sequence[Selection], key: str) -> Iterator[Field]:
    for selection in selections:
        if isinstance(selection, Fragment):
            yield from _named(selection.selections, key)
        elif selection.reply_key == key:
            yield selection


def visible(fault: GraphQLFault, shape: ObjectShape) -> GraphQLFault:
    """The fault with its path cut off where it leaves the client's selection (keys, @requires inputs)."""
    if fault.path is None:
        return fault
    shapes: list[ObjectShape] = [shape]
    out: list[str | int] = []
    for step in fault.path:
        if isinstance(step, int):
            out.append(step)
            continue
        found = [inner for one in shapes if (inner := one.get(step)) is not None]
        if not found:
            break
        out.append(step)
        shapes = [shape for inner in found for shape in _inside(inner.output)]
    return replace(fault, path=tuple(out) or None)


def _inside(output: Output) -> list[ObjectShape]:
    while isinstance(output, (Required, Several)):
        output = output.of
    if isinstance(output, Composite):
        return [output.shape(name) for name in sorted(output.possible)]
    return []
