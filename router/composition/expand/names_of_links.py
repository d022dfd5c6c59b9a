"""INVALID_LINK_DIRECTIVE_USAGE: no two links take one name, and none takes a name that reads like another's.

A namespace is a link's `as:`, else the specification's name; what is not imported is called `namespace__name` in it.
"""

from __future__ import annotations

import re
from typing import Final

from router import federation
from router.composition.expand.links import BadLink, Import, Link, Problem

_USAGE: Final = "INVALID_LINK_DIRECTIVE_USAGE"
_PREFIX = re.compile(r"[_A-Za-z][\w.-]*", re.ASCII)
_CARRIED_APART: Final = ("tag", "inaccessible")
"""Directives of federation that are specifications of their own as well, and are linked so by many schemas."""


class Names:
    """The names that the links so far have taken: those of namespaces, and those of what was imported."""

    def __init__(self) -> None:
        self.identities: set[str] = set()
        self.prefixes: dict[str, Link] = {}
        self.imports: dict[str, tuple[Link, Import]] = {}
        self.within: dict[str, str] = {}
        """Imports of the form `prefix__name`, by their prefix: no namespace may be called so."""

    def take(self, link: Link) -> None:
        """Take the names of one more link; raises BadLink where one could be mistaken for another's."""
        if link.identity in self.identities:
            message = f'Cannot link feature "{link.identity}" since it has already been linked in the schema.'
            raise BadLink(Problem(_USAGE, message, "Keep one @link to the specification, with all its imports."))
        self._check_prefix(link)
        own: dict[str, str] = {}
        for item in link.imports:
            self._check_import(link, item)
            if own.setdefault(item.element, item.alias) != item.alias:
                message = (
                    f'Cannot import {item} from feature "{link.identity}" since it was previously imported as'
                    f' "{own[item.element]}". Please remove one of these imports.'
                )
                raise BadLink(Problem(_USAGE, message, "Keep one of the two imports."))
            self._take_import(link, item)
        self.prefixes[link.prefix] = link
        self.identities.add(link.identity)

    def _check_prefix(self, link: Link) -> None:
        prefix = link.prefix
        own = {f"https://specs.apollo.dev/{name}": f"federation__{name}" for name in _CARRIED_APART}
        mistake = ""
        if "__" in prefix and (link.imports or own.get(link.identity) != prefix):
            mistake = 'contains "__"'
        elif prefix.endswith("_"):
            mistake = 'ends in "_"'
        elif _PREFIX.fullmatch(prefix) is None:
            mistake = "is not a valid GraphQL name"
        if mistake:
            message = (
                f'Cannot link feature "{link.identity}" as "{prefix}" since it {mistake}. Please rename to a compliant'
                ' name via "as".'
            )
            fix = 'Give a name of letters, digits and single underscores: `as: "other"`.'
            raise BadLink(Problem(_USAGE, message, fix))
        taken = self.imports.get(self.within.get(prefix, f"@{prefix}"))
        if taken is not None:
            other, item = taken
            raise _confused(item, other, link, other=other)
        if prefix in self.prefixes:
            other = self.prefixes[prefix]
            message = (
                f'Cannot link feature {link.identity} as "{prefix}" since another feature "{other.identity}" already'
                ' uses that alias. Please rename the feature to avoid conflicts via "as".'
            )
            fix = 'Give one of the two another name: `@link(url: "...", as: "other")`.'
            raise _apart(other, link) or BadLink(Problem(_USAGE, message, fix, other))

    def _check_import(self, link: Link, item: Import) -> None:
        """Refuse an import that reads like a name in a namespace, of another specification or its own."""
        element, alias = item.element.removeprefix("@"), item.alias.removeprefix("@")
        directive = item.element.startswith("@")
        prefix, separator, name = alias.partition("__")
        if separator:
            if prefix == link.prefix and name != element:
                raise _confused_within(item, link, f"@{name}" if directive else name)
            if prefix != link.prefix and prefix in self.prefixes:
                raise _confused(item, link, self.prefixes[prefix], other=self.prefixes[prefix])
            if prefix != link.prefix:
                self.within.setdefault(prefix, item.alias)
        if directive and alias == link.prefix and element != link.name:
            raise _confused_within(item, link, f"@{link.name}")
        if directive and alias != link.prefix and alias in self.prefixes:
            raise _confused(item, link, self.prefixes[alias], other=self.prefixes[alias])

    def _take_import(self, link: Link, item: Import) -> None:
        other, before = self.imports.setdefault(item.alias, (link, item))
        if before.element == item.element and other is link:
            return
        if other is link:
            why = f'for "{before.element}"'
        else:
            apart = _apart(other, link)
            if apart is not None:
                raise apart
            why = f'from feature "{other.identity}"'
        message = (
            f'Cannot import {item} from feature "{link.identity}" since it was previously imported {why}. Please rename'
            ' the import to avoid conflicts via "as".'
        )
        fix = f'Import it under another name: `{{name: "{item.element}", as: "{item.alias}2"}}`.'
        raise BadLink(Problem(_USAGE, message, fix, other if other is not link else None))


def _confused(item: Import, importing: Link, namespace: Link, *, other: Link) -> BadLink:
    """Say that an import reads like a name in another specification's namespace."""
    message = (
        f'Cannot import {item} from feature "{importing.identity}" since it can be confused with a namespaced name from'
        f' another linked feature "{namespace.identity}". Please rename the import or feature to avoid conflicts via'
        ' "as".'
    )
    fix = f'Import it under another name: `{{name: "{item.element}", as: "{item.element}2"}}`.'
    return _apart(importing, namespace) or BadLink(Problem(_USAGE, message, fix, other))


def _confused_within(item: Import, link: Link, element: str) -> BadLink:
    message = (
        f'Cannot import {item} from feature "{link.identity}" since it can be confused with the namespaced name for'
        f' "{element}". Please rename the import to avoid conflicts via "as".'
    )
    return BadLink(Problem(_USAGE, message, f'Import "{item.element}" under a name of its own.'))


def _apart(first: Link, second: Link) -> BadLink | None:
    """Say to take from federation what one of two clashing links takes from a specification of its own."""
    identities = {first.identity, second.identity}
    for name in _CARRIED_APART:
        identity = f"https://specs.apollo.dev/{name}"
        if identities == {federation.FEDERATION, identity}:
            message = (
                f'Please import "@{name}" from the feature "{federation.FEDERATION}" instead of using "{identity}" to'
                " avoid potential unexpected behavior in the future."
            )
            return BadLink(Problem(_USAGE, message, f'Import "@{name}" from federation, and remove the other link.'))
    return None
