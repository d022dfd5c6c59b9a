"""Extensions need a base: some subgraph must define what others extend."""

from __future__ import annotations

from router.composition.merge.session import Session
from router.composition.schema.model import Kind, Operation


def refuse_extensions_without_base(session: Session) -> None:
    """Refuse types that every subgraph only extends."""
    extended: dict[tuple[str, Kind], list[int]] = {}
    based = {(operation.value, Kind.OBJECT) for operation in Operation}
    for index, subgraph in enumerate(session.subgraphs):
        for type in subgraph.schema.types.values():
            kind = Kind.INTERFACE if subgraph.is_interface_object(type.name) else type.kind
            if type.defined:
                based.add((type.name, kind))
            elif kind in {Kind.OBJECT, Kind.INTERFACE}:
                extended.setdefault((type.name, kind), []).append(index)
    for (name, kind), indexes in extended.items():
        if (name, kind) in based:
            continue
        for index in indexes:
            subgraph = session.subgraphs[index]
            session.refuse(
                "EXTENSION_WITH_NO_BASE",
                f'[{subgraph.name}] Type "{name}" is an extension type, but there is no type definition for "{name}" in'
                " any subgraph.",
                subgraph=index,
                line=subgraph.schema.types[name].line,
            )
