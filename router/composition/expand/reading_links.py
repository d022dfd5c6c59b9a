"""Reads a schema's `@link` applications: which specifications it uses, and under which local names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from router import federation
from router.composition.expand.links import IMPLIED, BadLink, Import, Link, Problem
from router.composition.expand.names_of_links import Names
from router.composition.naming import did_you_mean
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Application, Schema
from router.composition.schema.spans import NOWHERE
from router.composition.schema.values import EnumName, Value, print_value

_ADDRESS = 'Give the specification\'s URL with its version, such as "https://specs.apollo.dev/federation/v2.9".'
_ELEMENT = re.compile(r"@?[_A-Za-z]\w*", re.ASCII)
_VERSION = re.compile(r"^v(\d+)\.(\d+)$")
_USAGE: Final = "INVALID_LINK_DIRECTIVE_USAGE"


def read_links(schema: Schema, subgraph: str) -> tuple[tuple[Link, ...], tuple[Fault, ...]]:
    """Read the links of a schema that can be used; the faults say why the others cannot.

    A schema that links the link specification itself has its links taken one by one. In one that links federation
    alone, the first that cannot be used is told alone. One that links neither is a Federation 1 schema, in which a
    link that cannot be used says nothing.
    """
    name = linking_directive(schema)
    applications = [application for application in schema.directives if application.name == name]
    itself = next((application for application in applications if _links(application, federation.LINK)), None)
    names = Names()
    if itself is None:
        names.take(IMPLIED)
    links: list[Link] = []
    faults: list[Fault] = []
    for application in sorted(applications, key=lambda application: application is not itself):
        try:
            link = _link(application)
            if link is not None:
                names.take(link)
                links.append(link)
        except BadLink as bad:
            faults += [_fault(subgraph, application, problem) for problem in bad.problems]
            if itself is None:
                break
    if itself is None and not any(_links(application, federation.FEDERATION) for application in applications):
        faults = []
    return tuple(links), tuple(faults)


def _fault(subgraph: str, application: Application, problem: Problem) -> Fault:
    others = () if problem.other is None or problem.other.at == NOWHERE else (Place(subgraph, *problem.other.at),)
    places = (Place(subgraph, *application.at), *others)
    return Fault(problem.code, f"[{subgraph}] {problem.message}", places, problem.fix)


def _links(application: Application, identity: str) -> bool:
    url = application.arguments.get("url")
    return isinstance(url, str) and url.startswith(identity)


def linking_directive(schema: Schema) -> str:
    """Answer the local name of `@link`, which a schema may have renamed with `as:`."""
    for application in schema.directives:
        url = application.arguments.get("url", application.arguments.get("feature"))
        if isinstance(url, str) and url.startswith((federation.LINK + "/", federation.CORE + "/")):
            alias = application.arguments.get("as")
            expected = alias if isinstance(alias, str) else url.removeprefix("https://specs.apollo.dev/").split("/")[0]
            if application.name == expected:
                return application.name
    return "link"


def _link(application: Application) -> Link | None:
    url = application.arguments.get("url")
    if url is None:
        return None
    if not isinstance(url, str):
        raise BadLink(
            Problem(
                "INVALID_LINK_IDENTIFIER",
                f"Invalid value for @link(url:): {print_value(url)} is not a string.",
                _ADDRESS,
            )
        )
    identity, name, version = parse_address(url)
    alias = application.arguments.get("as")
    purpose = application.arguments.get("for")
    link = Link(
        identity=identity,
        name=name,
        version=version,
        prefix=alias if isinstance(alias, str) else name,
        imports=_imports(application.arguments, _elements(identity, version)),
        purpose=purpose.name if isinstance(purpose, EnumName) else None,
        at=application.at,
    )
    if identity == federation.LINK and version not in federation.LINK_VERSIONS:
        raise BadLink(
            Problem(
                "UNKNOWN_LINK_VERSION",
                f"Schema uses unknown version v{version[0]}.{version[1]} of the link spec",
                f"Link one of {versions(federation.LINK_VERSIONS)}.",
            )
        )
    return link


def versions(known: Iterable[federation.Version]) -> str:
    """Write versions in a sentence."""
    return ", ".join(f"v{major}.{minor}" for major, minor in sorted(known))


def parse_address(url: str) -> tuple[str, str, federation.Version]:
    """Split a specification's URL into identity, name and version (link v1.0, "URLs"); raises BadLink."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadLink(Problem("INVALID_LINK_IDENTIFIER", f"Invalid URL {url!r} in @link: {error}", _ADDRESS)) from None
    segments = [segment for segment in parts.path.split("/") if segment]
    match = _VERSION.match(segments[-1]) if segments else None
    if not parts.scheme:
        message = f"Invalid URL: {url}"
    elif not segments:
        message = f"Missing path in feature url '{parts.scheme}://{parts.netloc}/'"
    elif len(segments) == 1:
        message = f"Missing version component in feature url '{url}'"
    elif match is None:
        message = f"Expected a version string (of the form v1.2), got {segments[-1]}"
    else:
        identity = f"{parts.scheme}://{parts.netloc}/{'/'.join(segments[:-1])}"
        return identity, segments[-2], (int(match[1]), int(match[2]))
    raise BadLink(Problem("INVALID_LINK_IDENTIFIER", message, _ADDRESS))


def _elements(identity: str, version: federation.Version) -> list[str] | None:
    """Answer what a known version of a known specification defines; None of one that nobody knows."""
    if identity == federation.LINK and version in federation.LINK_VERSIONS:
        return ["@link", "Purpose", "Import"]
    if identity == federation.FEDERATION and version in federation.FEDERATION_VERSIONS:
        directives = [item.name for item in federation.FEDERATION_DIRECTIVES if item.stands_in(version)]
        scalars = [scalar for scalar, since in federation.FEDERATION_SCALARS.items() if since <= version]
        return [*(f"@{name}" for name in directives), *scalars]
    for feature in federation.SUPERGRAPH_FEATURES:
        defined = feature.directives_in(version)
        if feature.identity == identity and defined is not None:
            return [*(f"@{name}" for name in defined), *([feature.scalar] if feature.scalar else [])]
    return None


def _imports(arguments: Mapping[str, Value], known: list[str] | None) -> tuple[Import, ...]:
    given = arguments.get("import")
    if given is None:
        return ()
    imports: list[Import] = []
    problems: list[Problem] = []
    for item in given if isinstance(given, tuple) else (given,):
        try:
            imports.append(_import(item))
        except BadLink as bad:
            problems += bad.problems
            continue
        element = imports[-1].element
        if known is not None and element not in known:
            problems.append(_unknown(element, known))
    if problems:
        raise BadLink(*problems)
    return tuple(imports)


def _import(item: Value) -> Import:
    if isinstance(item, str):
        return Import(item, item)
    written = print_value(item)
    how = 'Write "@name" for a directive, "Name" for a type.'
    if not isinstance(item, dict):
        message = (
            f"Invalid sub-value {written} for @link(import:) argument: values should be either strings or input object"
            ' values of the form { name: "<importedElement>", as: "<alias>" }.'
        )
        raise BadLink(Problem(_USAGE, message, how))
    for key, value in item.items():
        if key not in {"name", "as"}:
            message = f'Unknown field "{key}" for sub-value {written} of @link(import:) argument.'
            raise BadLink(Problem(_USAGE, message, f'Remove "{key}".'))
        if not isinstance(value, str) or _ELEMENT.fullmatch(value) is None:
            what = "use a GraphQL name" if isinstance(value, str) else "be a string"
            message = (
                f'Invalid value for the "{key}" field for sub-value {written} of @link(import:) argument: must {what}.'
            )
            raise BadLink(Problem(_USAGE, message, how))
    if "name" not in item:
        message = f'Invalid sub-value {written} for @link(import:) argument: missing mandatory "name" field.'
        raise BadLink(Problem(_USAGE, message, how))
    element, alias = str(item["name"]), str(item.get("as", item["name"]))
    if element.startswith("@") and not alias.startswith("@"):
        message = (
            f"Invalid @link import renaming: directive \"{element}\" imported name should start with a '@' character,"
            f' but got "{alias}".'
        )
        raise BadLink(Problem(_USAGE, message, f'Write `as: "@{alias}"`.'))
    if not element.startswith("@") and alias.startswith("@"):
        message = (
            f"Invalid @link import renaming: type \"{element}\" imported name should not start with a '@' character,"
            f" but got \"{alias}\" (or, if @{element} is a directive, then it should be referred to with a '@')."
        )
        raise BadLink(
            Problem(_USAGE, message, f'Write `as: "{alias[1:]}"`, or `name: "@{element}"` if it is a directive.')
        )
    return Import(element, alias)


def _unknown(element: str, known: list[str]) -> Problem:
    guess = f' Did you mean directive "@{element}"?' if f"@{element}" in known else did_you_mean(element, known)
    newer = any(f"@{directive.name}" == element for directive in federation.FEDERATION_DIRECTIVES)
    fix = (
        "Link a newer version of the federation specification, which has it."
        if newer
        else "Remove the import, or correct its name."
    )
    return Problem(_USAGE, f'Cannot import unknown element "{element}".{guess}', fix)
