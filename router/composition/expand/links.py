"""A linked specification, its local names, and why a link cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from router import federation
from router.composition.schema.spans import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Import:
    """One imported element; directives keep their `@`."""

    element: str
    alias: str

    def __str__(self) -> str:
        return f'"{self.element}"' if self.element == self.alias else f'"{self.element}" as "{self.alias}"'


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


IMPLIED: Final = Link(federation.LINK, "link", (1, 0), "link")
"""The link to the link specification itself, which a schema that links federation need not write."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a link cannot be used; `other` is the link it does not go with."""

    code: str
    message: str
    fix: str
    other: Link | None = None


class BadLink(Exception):
    """A link that cannot be used."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
