"""Which specifications' directives the supergraph carries on, and under which names.

The composable federation directives (@tag, @inaccessible, authorization, cost …) go on when some subgraph applies them;
a subgraph's own directives when a @composeDirective names them (compose_directives.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from router import federation
from router.composition.expand.subgraph import Subgraph
from router.composition.merge.session import Session
from router.composition.outcome import Place
from router.composition.places import place
from router.composition.schema.model import Definition, every_application

NEVER_CARRIED = frozenset({"fromContext"})
"""Defined with its feature, but never applied in a supergraph: a join tells what it said."""


@dataclass(frozen=True, slots=True)
class CarriedDirective:
    """A directive that the supergraph has. `canonical` is its specification's name, None for a subgraph's own."""

    name: str
    canonical: str | None
    definition: Definition


@dataclass(frozen=True, slots=True)
class SupergraphLink:
    """A `@link` the supergraph's schema gets."""

    url: str
    alias: str | None = None
    purpose: str | None = None
    imports: tuple[tuple[str, str], ...] = ()
    """Imported elements with their local names."""


@dataclass
class Carried:
    """All directives that go on, the links that declare them, and each subgraph's name for them."""

    directives: dict[str, CarriedDirective] = field(default_factory=dict)
    links: list[SupergraphLink] = field(default_factory=list)
    scalars: list[str] = field(default_factory=list)
    names: list[dict[str, str]] = field(default_factory=list)
    """For each subgraph: its local directive name → the supergraph's."""


def features_in_use(session: Session, definitions: dict[str, Definition]) -> Carried:
    """Find the composable directives that subgraphs apply; `definitions` has each by its canonical name."""
    carried = Carried(names=[{} for _ in session.subgraphs])
    applied = [{application.name for _, _, application in every_application(item.schema)} for item in session.subgraphs]
    for feature in federation.SUPERGRAPH_FEATURES:
        names: dict[str, str] = {}
        used = False
        for canonical in feature.directives:
            names[canonical] = canonical if canonical == feature.name else f"{feature.name}__{canonical}"
            chosen = _agreed_name(session, canonical, applied)
            if chosen is None or canonical in NEVER_CARRIED:
                continue
            used = True
            names[canonical] = chosen
        if not used:
            continue
        for canonical, name in names.items():
            carried.directives[name] = CarriedDirective(name, canonical, definitions[canonical])
            for index, subgraph in enumerate(session.subgraphs):
                local = subgraph.local.get(canonical)
                if local is not None:
                    carried.names[index][local] = name
        carried.links.append(_link(feature, names))
        if feature.scalar is not None:
            carried.scalars.append(f"{feature.name}__{feature.scalar}")
    if any(
        item.local.get(federation.CACHE_TAG.name) in names
        for item, names in zip(session.subgraphs, applied, strict=True)
    ):
        carried.links.append(SupergraphLink(federation.CACHE_TAG.url, purpose=federation.CACHE_TAG.purpose))
    return carried


def _agreed_name(session: Session, canonical: str, applied: list[set[str]]) -> str | None:
    """Answer the name subgraphs that apply the directive import it by; None when nobody applies it."""
    sources: dict[str, list[int]] = {}
    for index, subgraph in enumerate(session.subgraphs):
        local = subgraph.local.get(canonical)
        if local is not None and local in applied[index]:
            sources.setdefault(local, []).append(index)
    if not sources:
        return None
    if len(sources) > 1:
        names = sorted(sources, key=lambda name: name != canonical)
        first = names[0]
        texts = [f'"@{name}" in {session.names(sources[name])}' for name in names]
        version = max(subgraph.version for subgraph in session.subgraphs)
        session.refuse(
            "LINK_IMPORT_NAME_MISMATCH",
            f'The "@{canonical}" directive (from {federation.FEDERATION}/v{version[0]}.{version[1]}) is imported with'
            f" mismatched name between subgraphs: it is imported as {texts[0]} but {' and '.join(texts[1:])}",
            *(
                _link_place(session.subgraphs[index])
                for index in sorted(index for found in sources.values() for index in found)
            ),
            fix=f'Import "@{canonical}" under one name in all subgraphs.',
        )
        return first
    return next(iter(sources))


def _link_place(subgraph: Subgraph) -> Place:
    """Answer where a subgraph imports the federation directives."""
    return place(subgraph, next((link for link in subgraph.links if link.identity == federation.FEDERATION), None))


def _link(feature: federation.Feature, names: dict[str, str]) -> SupergraphLink:
    imports = tuple(
        (f"@{canonical}", f"@{name}")
        for canonical, name in names.items()
        if name != (canonical if canonical == feature.name else f"{feature.name}__{canonical}")
    )
    return SupergraphLink(feature.url, None, feature.purpose, imports)
