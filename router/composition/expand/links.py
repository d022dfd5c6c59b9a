"""Reads a schema's `@link` applications: which specifications it uses, and under which local names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from router import federation
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Application, Schema
from router.composition.schema.spans import NOWHERE, Span
from router.composition.schema.values import EnumName, Value, print_value

_ADDRESS = 'Give the specification\'s URL with its version, such as "https://specs.apollo.dev/federation/v2.9".'
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_VERSION = re.compile(r"^v(\d+)\.(\d+)$")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported element; directives keep their `@`."""

    element: str
    alias: str


@dataclass(frozen=True, slots=True)
class Link:
    """One linked specification. `identity` is its URL without the version, `name` the URL's last part."""

    identity: str
    name: str
    version: federation.Version
    prefix: str
    """The local namespace: the `as:` argument, else the name."""
    imports: tuple[Import, ...] = ()
    purpose: str | None = None
    at: Span = NOWHERE

    @property
    def url(self) -> str:
        """The address with its version."""
        return f"{self.identity}/v{self.version[0]}.{self.version[1]}"

    def directive(self, name: str) -> str:
        """Answer the local name (without `@`) of one of the specification's directives."""
        for item in self.imports:
            if item.element == f"@{name}":
                return item.alias[1:]
        return self.prefix if name == self.name else f"{self.prefix}__{name}"

    def type(self, name: str) -> str:
        """Answer the local name of one of the specification's types."""
        for item in self.imports:
            if item.element == name:
                return item.alias
        return f"{self.prefix}__{name}"

    def original(self, local: str) -> str | None:
        """Answer the specification's own name of a local directive, or None when it is not this specification's."""
        for item in self.imports:
            if item.alias == f"@{local}":
                return item.element[1:]
        if local == self.prefix:
            return self.name
        if local.startswith(f"{self.prefix}__"):
            return local.removeprefix(f"{self.prefix}__")
        return None


class BadLink(Exception):
    """A link that cannot be read; carries the fault's code, message and fix."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix or _ADDRESS


def read_links(schema: Schema, subgraph: str) -> tuple[tuple[Link, ...], tuple[Fault, ...]]:
    """Read every link of a schema; the faults say which could not be read."""
    name = _linking_directive(schema)
    links: list[Link] = []
    faults: list[Fault] = []
    for application in schema.directives:
        if application.name != name:
            continue
        try:
            link = _link(application)
        except BadLink as bad:
            faults.append(Fault(bad.code, f"[{subgraph}] {bad.message}", (Place(subgraph, *application.at),), bad.fix))
            continue
        if link is not None:
            links.append(link)
    faults.extend(_clashes(links, subgraph))
    return tuple(links), tuple(faults)


def _linking_directive(schema: Schema) -> str:
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
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Invalid value for @link(url:): {print_value(url)} is not a string.")
    identity, name, version = parse_address(url)
    alias = application.arguments.get("as")
    if isinstance(alias, str) and ("__" in alias or _NAME.fullmatch(alias) is None):
        raise BadLink(
            "INVALID_LINK_DIRECTIVE_USAGE",
            f'Cannot link feature "{identity}" as "{alias}" since it '
            + ('contains "__".' if "__" in alias else "is not a name.")
            + ' Please rename to a compliant name via "as".',
            'Give a name of letters, digits and single underscores: `as: "other"`.',
        )
    purpose = application.arguments.get("for")
    link = Link(
        identity=identity,
        name=name,
        version=version,
        prefix=alias if isinstance(alias, str) else name,
        imports=_imports(application.arguments),
        purpose=purpose.name if isinstance(purpose, EnumName) else None,
        at=application.at,
    )
    if identity == federation.LINK and version not in federation.LINK_VERSIONS:
        raise BadLink(
            "UNKNOWN_LINK_VERSION",
            f"Schema uses unknown version v{version[0]}.{version[1]} of the link spec",
            f"Link one of {_versions(federation.LINK_VERSIONS)}.",
        )
    if identity == federation.FEDERATION and version not in federation.FEDERATION_VERSIONS:
        raise BadLink(
            "UNKNOWN_FEDERATION_LINK_VERSION",
            f"Invalid version v{version[0]}.{version[1]} for the federation feature in @link directive on schema",
            f"Link one of {_versions(federation.FEDERATION_VERSIONS)}.",
        )
    return link


def _versions(known: Iterable[federation.Version]) -> str:
    return ", ".join(f"v{major}.{minor}" for major, minor in sorted(known))


def parse_address(url: str) -> tuple[str, str, federation.Version]:
    """Split a specification's URL into identity, name and version (link v1.0, "URLs"); raises BadLink."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Invalid URL {url!r} in @link: {error}") from None
    segments = [segment for segment in parts.path.split("/") if segment]
    if not parts.scheme:
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Invalid URL: {url}")
    if not segments:
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Missing path in feature url '{parts.scheme}://{parts.netloc}/'")
    if len(segments) == 1:
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Missing version component in feature url '{url}'")
    match = _VERSION.match(segments[-1])
    if match is None:
        raise BadLink("INVALID_LINK_IDENTIFIER", f"Expected a version string (of the form v1.2), got {segments[-1]}")
    identity = f"{parts.scheme}://{parts.netloc}/{'/'.join(segments[:-1])}"
    return identity, segments[-2], (int(match[1]), int(match[2]))


def _imports(arguments: Mapping[str, Value]) -> tuple[Import, ...]:
    given = arguments.get("import")
    if given is None:
        return ()
    imports: list[Import] = []
    for item in given if isinstance(given, tuple) else (given,):
        match item:
            case str():
                imports.append(Import(item, item))
            case {"name": str(element), **rest} if set(rest) <= {"as"} and isinstance(rest.get("as", element), str):
                alias = str(rest.get("as") or element)
                if element.startswith("@") and not alias.startswith("@"):
                    raise BadLink(
                        "INVALID_LINK_DIRECTIVE_USAGE",
                        f"Invalid @link import renaming: directive {element} imported name should start with a '@'"
                        f' character, but got "{alias}".',
                        f'Write `as: "@{alias}"`.',
                    )
                if not element.startswith("@") and alias.startswith("@"):
                    raise BadLink(
                        "INVALID_LINK_DIRECTIVE_USAGE",
                        f"Invalid @link import renaming: type {element} imported name should not start with a '@'"
                        f' character, but got "{alias}" (or, if @{element} is a directive, then it should be referred'
                        " to with a '@').",
                        f'Write `as: "{alias[1:]}"`, or `name: "@{element}"` if it is a directive.',
                    )
                imports.append(Import(element, alias))
            case _:
                raise BadLink(
                    "INVALID_LINK_DIRECTIVE_USAGE",
                    f"Invalid sub-value {print_value(item)} for @link(import:) argument: values should be either"
                    ' strings or input object values of the form { name: "<importedElement>", as: "<alias>" }.',
                    'Write "@name" for a directive, "Name" for a type.',
                )
    return tuple(imports)


def _imported_twice(links: list[Link], subgraph: str) -> Iterator[Fault]:
    """Refuse two elements imported under one name."""
    taken: dict[str, tuple[Link, Import]] = {}
    for link in links:
        for item in link.imports:
            other, first = taken.setdefault(item.alias, (link, item))
            if other is link and first.element == item.element:
                continue
            name = f'"{item.element}"' if item.element == item.alias else f'"{item.element}" as "{item.alias}"'
            before = f'for "{first.element}"' if other is link else f'from feature "{other.identity}"'
            message = (
                f'[{subgraph}] Cannot import {name} from feature "{link.identity}" since it was previously imported'
                f' {before}. Please rename the import to avoid conflicts via "as".'
            )
            places = (Place(subgraph, *link.at), *((Place(subgraph, *other.at),) if other is not link else ()))
            fix = f'Import it under another name: `{{name: "{item.element}", as: "{item.alias}2"}}`.'
            yield Fault("INVALID_LINK_DIRECTIVE_USAGE", message, places, fix)


def _clashes(links: list[Link], subgraph: str) -> list[Fault]:
    """Refuse two links of one specification, or two under one local namespace."""
    faults = [*_imported_twice(links, subgraph)]
    by_identity: dict[str, Link] = {}
    by_prefix: dict[str, Link] = {}
    for link in links:
        if link.identity in by_identity:
            message = f"[{subgraph}] Duplicate inclusion of feature {link.identity}"
            fix = "Keep one @link to the specification, with all its imports."
            faults.append(Fault("INVALID_LINK_DIRECTIVE_USAGE", message, (Place(subgraph, *link.at),), fix))
        elif link.prefix in by_prefix:
            message = (
                f"[{subgraph}] Name conflict: feature {link.url} and feature {by_prefix[link.prefix].url} both use"
                f" the name {link.prefix}"
            )
            places = (Place(subgraph, *link.at), Place(subgraph, *by_prefix[link.prefix].at))
            fix = 'Give one of the two another name: `@link(url: "...", as: "other")`.'
            faults.append(Fault("INVALID_LINK_DIRECTIVE_USAGE", message, places, fix))
        by_identity.setdefault(link.identity, link)
        by_prefix.setdefault(link.prefix, link)
    return faults
