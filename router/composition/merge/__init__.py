"""Fourth stage: the subgraphs' schemas become one, written in the join specification's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphql import parse

from router import federation
from router.composition.merge.access import inherited_rules
from router.composition.merge.applications import Directed, Merger
from router.composition.merge.bases import refuse_extensions_without_base
from router.composition.merge.compose_directives import carry_composed
from router.composition.merge.definitions import merge_definitions
from router.composition.merge.descriptions import merge_description
from router.composition.merge.features import Carried, features_in_use
from router.composition.merge.interface_objects import missing_fields
from router.composition.merge.kinds import stop_at_misplaced
from router.composition.merge.session import Session
from router.composition.merge.types import merge_type, outline
from router.composition.outcome import Hint
from router.composition.places import place
from router.composition.rules import Checked
from router.composition.schema.model import Application, Definition, Kind, Operation, Schema, Type
from router.composition.schema.reading import read_schema


@dataclass(frozen=True, slots=True)
class Merged:
    """The supergraph as data, with the subgraphs it was made from (in its own order) and what it carries on."""

    schema: Schema
    subgraphs: tuple[Checked, ...]
    graphs: tuple[str, ...]
    """Each subgraph's value in the join__Graph enum."""
    carried: Carried
    hints: tuple[Hint, ...]

    def find(self, directives: tuple[Application, ...], canonical: str) -> Application | None:
        """Answer the application of a carried federation directive, by its canonical name."""
        for application in directives:
            carried = self.carried.directives.get(application.name)
            if carried is not None and carried.canonical == canonical:
                return application
        return None

    def is_hidden(self, element: Directed) -> bool:
        """Tell whether the element itself is @inaccessible."""
        return self.find(element.directives, "inaccessible") is not None

    @property
    def version(self) -> federation.Version:
        """The highest federation version among the subgraphs."""
        return max(subgraph.implied_version for subgraph in self.subgraphs)


def merge(subgraphs: Sequence[Checked]) -> Merged:
    """Merge all subgraphs; raises CompositionFailed with everything that does not fit."""
    ordered = tuple(sorted(subgraphs, key=lambda subgraph: subgraph.name))
    session = Session(ordered)
    _hint_on_upgrades(session)
    carried = features_in_use(session, _feature_definitions())
    session.stop_at_faults()
    carry_composed(session, carried)
    session.stop_at_faults()
    skeleton = outline(session)
    stop_at_misplaced(session, skeleton)
    refuse_extensions_without_base(session, skeleton)
    merger = Merger(session, skeleton, carried, inherited_rules(session, skeleton))
    types: dict[str, Type] = {}
    enums = [type.name for type in skeleton.types.values() if type.kind is Kind.ENUM]
    definitions = merge_definitions(merger)
    for name in [*(name for name in skeleton.types if name not in set(enums)), *enums]:
        type = merge_type(merger, name)
        if type is not None:
            types[name] = type
    for type in list(types.values()):
        if type.kind is Kind.OBJECT and type.interfaces:
            types[type.name] = _completed(merger, types, type)
    objects = {name for name, type in types.items() if type.kind is Kind.OBJECT}
    roots = {operation: operation.value for operation in Operation if operation.value in objects}
    if Operation.QUERY not in roots:
        session.refuse(
            "NO_QUERIES",
            "No queries found in any subgraph: a supergraph must have a query root type.",
            *(place(subgraph, None) for subgraph in ordered),
            fix="Add a field to the Query type of some subgraph.",
        )
    session.stop_at_faults()
    sources = {index: item.schema for index, item in enumerate(session.subgraphs)}
    directives = merger.directives("schema", sources)
    schema = Schema(types, definitions, directives, roots, merge_description(session, "schema", sources))
    return Merged(schema, ordered, session.graphs, carried, tuple(session.hints))


def _completed(merger: Merger, types: dict[str, Type], type: Type) -> Type:
    """Give an object type the fields it gets through @interfaceObject."""
    added = missing_fields(merger, types, type)
    if not added:
        return type
    return replace(type, fields={**type.fields, **added})


def _hint_on_upgrades(session: Session) -> None:
    for subgraph in session.subgraphs:
        (major, minor), (newer, later) = subgraph.version, subgraph.implied_version
        if subgraph.version != subgraph.implied_version:
            session.hint(
                "IMPLICITLY_UPGRADED_FEDERATION_VERSION",
                f"Subgraph {subgraph.name} has been implicitly upgraded from federation v{major}.{minor} to"
                f" v{newer}.{later}",
                place(
                    subgraph, next((link for link in subgraph.links if link.identity == federation.FEDERATION), None)
                ),
            )


def _feature_definitions() -> dict[str, Definition]:
    text = "\n".join(
        f"directive @{name}{sdl}"
        for feature in federation.SUPERGRAPH_FEATURES
        for name, sdl in feature.directives.items()
    )
    return dict(read_schema(parse(text, no_location=True)).definitions)
