"""Extensions need a base: some subgraph must define what others extend."""

from __future__ import annotations

from router.composition.merge.session import Session
from router.composition.merge.types import sources_of
from router.composition.schema.model import Kind, Operation, Schema


def refuse_extensions_without_base(session: Session, skeleton: Schema) -> None:
    """Refuse object and interface types that every subgraph only extends."""
    roots = {operation.value for operation in Operation}
    for outlined in skeleton.types.values():
        if outlined.kind not in {Kind.OBJECT, Kind.INTERFACE} or outlined.name in roots:
            continue
        sources = sources_of(session, outlined.name, outlined.kind)
        if any(type.defined for type in sources.values()):
            continue
        for index, type in sources.items():
            session.refuse(
                "EXTENSION_WITH_NO_BASE",
                f'[{session.subgraphs[index].name}] Type "{type.name}" is an extension type, but there is no type'
                f' definition for "{type.name}" in any subgraph.',
                session.place(index, type),
                fix=f"Write `type {type.name}` without `extend` in the subgraph that owns it, or correct its name.",
            )
