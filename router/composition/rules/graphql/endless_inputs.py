"""No input object must contain itself: no finite value of it could be written (GraphQL, "Circular References")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind, Schema, Type
from router.composition.schema.references import Named, NonNull

RINGS_MAX = 100
"""No more rings than this are told of one subgraph."""

_FIX = "Make one of the fields on the way nullable or a list: no finite value could be written."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse each ring of required references once, at the type it was met at."""
    schema = subgraph.schema
    needs = {type.name: _needs(schema, type) for type in schema.types.values() if type.kind is Kind.INPUT}
    for _, (name, way) in zip(range(RINGS_MAX), _rings(needs), strict=False):
        message = f'Cannot reference Input Object "{name}" within itself through a series of non-null fields: "{way}".'
        yield fault(subgraph, "INVALID_GRAPHQL", message, schema.types[name].at, fix=_FIX)


def _needs(schema: Schema, type: Type) -> dict[str, str]:
    """Answer the input objects that a value of this one must contain, each with the first field that asks for it."""
    needs: dict[str, str] = {}
    for given in type.inputs.values():
        match given.type:
            case NonNull(Named(name)) if name in schema.types and schema.types[name].kind is Kind.INPUT:
                needs.setdefault(name, given.name)
            case _:
                continue
    return needs


def _rings(needs: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Go through every type once, depth first, without recursion: what leads back to the way here closes a ring."""
    seen: set[str] = set()
    for start in needs:
        if start in seen:
            continue
        seen.add(start)
        depths = {start: 0}
        fields: list[str] = []
        ahead = [iter(needs[start].items())]
        names = [start]
        while ahead:
            target, field = next(ahead[-1], ("", ""))
            if not target:
                ahead.pop()
                del depths[names.pop()]
                del fields[-1:]
            elif target in depths:
                yield target, ".".join((*fields[depths[target] :], field))
            elif target not in seen:
                seen.add(target)
                depths[target] = len(names)
                names.append(target)
                fields.append(field)
                ahead.append(iter(needs[target].items()))
