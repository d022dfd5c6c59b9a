"""Subgraphs' own directives that a @composeDirective asks to carry into the supergraph."""

from __future__ import annotations

from dataclasses import dataclass

from router import federation
from router.composition.expand.links import Link
from router.composition.merge.features import Carried, CarriedDirective, SupergraphLink
from router.composition.merge.session import Session
from router.composition.naming import did_you_mean
from router.composition.outcome import Place
from router.composition.schema.model import Application, Definition

_CODE = "DIRECTIVE_COMPOSITION_ERROR"
_OWN = frozenset({federation.CORE, federation.JOIN, federation.LINK, federation.FEDERATION}) | {
    f"https://specs.apollo.dev/{name}" for name in ("tag", "inaccessible")
}


@dataclass(frozen=True, slots=True)
class _Wish:
    """One @composeDirective: the directive's local name, its specification's name for it, and the link."""

    index: int
    local: str
    original: str
    link: Link
    definition: Definition
    at: Place


def carry_composed(session: Session, carried: Carried) -> None:
    """Add the directives that subgraphs ask for, each in its latest version, to what is carried."""
    wishes = _wishes(session)
    latest = {
        identity: _latest(session, identity, wishes) for identity in {wish.link.identity: None for wish in wishes}
    }
    refused = _refuse_inconsistent(session, wishes)
    _hint_on_names(session, wishes)
    _hint_on_versions(session, wishes)
    imports: dict[str, list[tuple[str, str]]] = {}
    for wish in wishes:
        link = latest[wish.link.identity]
        if link is None or wish.local in refused or wish.local in carried.directives:
            continue
        carried.directives[wish.local] = CarriedDirective(wish.local, None, _newest_definition(session, wish, link))
        imports.setdefault(wish.link.identity, []).append((f"@{wish.original}", f"@{wish.local}"))
    for wish in wishes:
        if wish.local in carried.directives and carried.directives[wish.local].canonical is None:
            carried.names[wish.index][wish.local] = wish.local
    for identity, names in imports.items():
        link = latest[identity]
        if link is not None:
            purpose = link.purpose
            alias = link.prefix if link.prefix != link.name else None
            carried.links.append(SupergraphLink(link.url, alias, purpose, tuple(sorted(names))))


def _newest_definition(session: Session, wish: _Wish, latest: Link) -> Definition:
    """Answer the definition of the last subgraph that links the latest version, whether or not it composes from it."""
    for subgraph in reversed(session.subgraphs):
        for link in subgraph.links:
            definition = subgraph.schema.definitions.get(link.directive(wish.original))
            if link.url == latest.url and definition is not None:
                return definition
    return wish.definition


def _wishes(session: Session) -> list[_Wish]:
    wishes: list[_Wish] = []
    for index, subgraph in enumerate(session.subgraphs):
        local = subgraph.local.get("composeDirective")
        for application in subgraph.schema.directives:
            if application.name != local:
                continue

            at = session.place(index, application)

            def refuse(message: str, fix: str, at: Place = at) -> None:
                session.refuse(_CODE, message, at, fix=fix)

            given = application.arguments.get("name")
            if not isinstance(given, str) or not given.startswith("@"):
                refuse(
                    f'Argument to @composeDirective "{given}" in subgraph "{subgraph.name}" must have a leading "@"',
                    f'Write `@composeDirective(name: "@{given}")`.',
                )
                continue
            name = given[1:]
            definition = subgraph.schema.definitions.get(name)
            link, original = _owner(subgraph.links, name)
            if definition is None and name not in subgraph.machinery.definitions:
                refuse(
                    "Could not find matching directive definition for argument to @composeDirective"
                    f' "{given}" in subgraph "{subgraph.name}".'
                    + did_you_mean(given, (f"@{known}" for known in subgraph.schema.definitions)),
                    "Define the directive in this subgraph, or correct its name.",
                )
            elif link is None or original is None:
                refuse(
                    f'Directive "{given}" in subgraph "{subgraph.name}" cannot be composed because it is not a member'
                    " of a core feature",
                    f'Import "{given}" from a specification of your own: `@link(url: "https://example.org/my/v1.0",'
                    f' import: ["{given}"])`.',
                )
            elif link.identity in _OWN:
                _judge_own(session, index, given, original, application)
            elif (taken := _taken(session, name)) is not None:
                refuse(
                    f'Directive "{given}" in subgraph "{subgraph.name}" cannot be composed because it conflicts with'
                    f' automatically composed federation directive "@{taken[0]}". Conflict exists in subgraph(s):'
                    f" ({','.join(taken[1])})",
                    f'Import your own "{given}" under another name.',
                )
            elif definition is not None:
                wishes.append(_Wish(index, name, original, link, definition, at))
    return wishes


def _owner(links: tuple[Link, ...], name: str) -> tuple[Link | None, str | None]:
    """Find the link a directive's local name belongs to."""
    for link in links:
        original = link.original(name)
        if original is not None:
            return link, original
    return None, None


def _judge_own(session: Session, index: int, given: str, original: str, application: Application) -> None:
    name = session.subgraphs[index].name
    if original in {"tag", "inaccessible"}:
        session.hint(
            "DIRECTIVE_COMPOSITION_INFO",
            f'Directive "{given}" should not be explicitly manually composed since it is a federation directive'
            " composed by default",
            session.place(index, application),
        )
    else:
        message = f'Composing federation directive "{given}" in subgraph "{name}" is not supported'
        session.refuse(
            _CODE, message, session.place(index, application), fix=f'Remove the @composeDirective of "{given}".'
        )


def _taken(session: Session, name: str) -> tuple[str, list[str]] | None:
    for directive in ("tag", "inaccessible"):
        where = [item.name for item in session.subgraphs if item.local.get(directive) == name]
        if where:
            return directive, where
    return None


def _latest(session: Session, identity: str, wishes: list[_Wish]) -> Link | None:
    """Answer the newest link of a specification among those who compose it; None when major versions clash."""
    links = {wish.link.version: wish.link for wish in wishes if wish.link.identity == identity}
    if len({version[0] for version in links}) > 1:
        session.refuse(
            _CODE,
            f'Core feature "{identity}" requested to be merged has major version mismatch across subgraphs',
            *(wish.at for wish in wishes if wish.link.identity == identity),
            fix="Link one major version of the specification in every subgraph that composes its directives.",
        )
        return None
    return links[max(links)]


def _hint_on_names(session: Session, wishes: list[_Wish]) -> None:
    """Tell about subgraphs that do not compose a directive others do, and call it something else."""
    for name, original, identity in dict.fromkeys((wish.local, wish.original, wish.link.identity) for wish in wishes):
        exporting = {wish.index for wish in wishes if wish.local == name}
        majors = {wish.link.version[0] for wish in wishes if wish.link.identity == identity}
        if any(
            link.identity == identity and link.directive(original) != name and link.version[0] in majors
            for index, subgraph in enumerate(session.subgraphs)
            for link in (subgraph.links if index not in exporting else ())
        ):
            session.hint(
                "DIRECTIVE_COMPOSITION_WARN",
                f'Composed directive "@{name}" is named differently in a subgraph that doesn\'t export it. Consistent'
                " naming will be required to export it.",
                *(wish.at for wish in wishes if wish.local == name),
            )


def _hint_on_versions(session: Session, wishes: list[_Wish]) -> None:
    """Tell about specifications linked in versions that do not agree, where those who compose from them do agree."""
    majors: dict[str, set[int]] = {}
    for subgraph in session.subgraphs:
        for link in subgraph.links:
            majors.setdefault(link.identity, set()).add(link.version[0])
    for identity, found in majors.items():
        composed = {wish.link.version[0] for wish in wishes if wish.link.identity == identity}
        if len(found) > 1 and len(composed) < 2 and identity not in _OWN:
            session.hint(
                "DIRECTIVE_COMPOSITION_INFO",
                f'Non-composed core feature "{identity}" has major version mismatch across subgraphs',
                *(
                    session.place(index, link)
                    for index, subgraph in enumerate(session.subgraphs)
                    for link in subgraph.links
                    if link.identity == identity
                ),
            )


def _refuse_inconsistent(session: Session, wishes: list[_Wish]) -> set[str]:
    refused: set[str] = set()
    for name in dict.fromkeys(wish.local for wish in wishes):
        same = [wish for wish in wishes if wish.local == name]
        if len({wish.original for wish in same}) > 1:
            refused.add(name)
            session.refuse(
                _CODE,
                f'Composed directive "@{name}" does not refer to the same directive in every subgraph',
                *(wish.at for wish in same),
                fix="Import different directives under different names (`import: [{name: ..., as: ...}]`).",
            )
        if len({wish.link.identity for wish in same}) > 1:
            refused.add(name)
            session.refuse(
                _CODE,
                f'Composed directive "@{name}" is not linked by the same core feature in every subgraph',
                *(wish.at for wish in same),
                fix="Link the same specification (the same URL but for the version) in every subgraph.",
            )
    for identity, original in dict.fromkeys((wish.link.identity, wish.original) for wish in wishes):
        names: dict[str, list[int]] = {}
        for wish in wishes:
            if wish.original == original and wish.link.identity == identity:
                names.setdefault(wish.local, []).append(wish.index)
        if len(names) > 1:
            refused |= set(names)
            texts = [f'"@{name}" in {session.names(indexes)}' for name, indexes in names.items()]
            session.refuse(
                _CODE,
                "Composed directive is not named consistently in all subgraphs"
                f" {texts[0]} but {' and '.join(texts[1:])}",
                *(wish.at for wish in wishes if wish.original == original and wish.link.identity == identity),
                fix=f'Import "@{original}" under one name in all subgraphs.',
            )
    return refused
