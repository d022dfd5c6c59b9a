"""The names the federation, link and join specifications give things: URLs, versions, and the SDL of their directives.

Pure facts, shared by composition (which writes supergraphs) and by the loader (which reads them). Sources: the
specifications published at https://specs.apollo.dev (link v1.0, join v0.3 to v0.5, federation v2.0 to v2.14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, int]

LINK: Final = "https://specs.apollo.dev/link"
CORE: Final = "https://specs.apollo.dev/core"
JOIN: Final = "https://specs.apollo.dev/join"
FEDERATION: Final = "https://specs.apollo.dev/federation"
CONNECT: Final = "https://specs.apollo.dev/connect"

LINK_VERSIONS: Final[frozenset[Version]] = frozenset({(1, 0)})
FEDERATION_VERSIONS: Final[tuple[Version, ...]] = tuple((2, minor) for minor in range(15))
FEDERATION_1: Final[Version] = (2, 0)
"""The version that has Federation 1's directives as Federation 1 has them."""
FEDERATION_1_UPGRADED: Final[Version] = (2, 4)
"""The version a Federation 1 schema counts as once it was upgraded."""


@dataclass(frozen=True, slots=True)
class FederationDirective:
    """One directive (or scalar) of the federation specification.

    `sdl` is its definition under its canonical names; `{FieldSet}` and the other bracketed names stand for the
    specification's own types, whose local names depend on the schema's imports.
    """

    name: str
    since: Version
    sdl: str
    before: Version | None = None
    """The first version in which it reads otherwise."""

    def stands_in(self, version: Version) -> bool:
        """Tell whether this version of the specification has the directive, in this form."""
        return self.since <= version and (self.before is None or version < self.before)


_FIRST_LOCATIONS: Final = "on FIELD_DEFINITION | OBJECT | INTERFACE | UNION"
_ALL_LOCATIONS: Final = (
    f"{_FIRST_LOCATIONS} | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)

FEDERATION_DIRECTIVES: Final[tuple[FederationDirective, ...]] = (
    FederationDirective(
        "key", (2, 0), "(fields: {FieldSet}!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"
    ),
    FederationDirective("requires", (2, 0), "(fields: {FieldSet}!) on FIELD_DEFINITION"),
    FederationDirective("provides", (2, 0), "(fields: {FieldSet}!) on FIELD_DEFINITION"),
    FederationDirective("external", (2, 0), "(reason: String) on OBJECT | FIELD_DEFINITION"),
    FederationDirective("tag", (2, 0), f"(name: String!) repeatable {_ALL_LOCATIONS}", before=(2, 3)),
    FederationDirective("tag", (2, 3), f"(name: String!) repeatable {_ALL_LOCATIONS} | SCHEMA"),
    FederationDirective("extends", (2, 0), " on OBJECT | INTERFACE"),
    FederationDirective("shareable", (2, 0), " on OBJECT | FIELD_DEFINITION", before=(2, 2)),
    FederationDirective("shareable", (2, 2), " repeatable on OBJECT | FIELD_DEFINITION"),
    FederationDirective("inaccessible", (2, 0), f" {_ALL_LOCATIONS}"),
    FederationDirective("override", (2, 0), "(from: String!) on FIELD_DEFINITION", before=(2, 7)),
    FederationDirective("override", (2, 7), "(from: String!, label: String) on FIELD_DEFINITION"),
    FederationDirective("composeDirective", (2, 1), "(name: String) repeatable on SCHEMA"),
    FederationDirective("interfaceObject", (2, 3), " on OBJECT"),
    FederationDirective("authenticated", (2, 5), " on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"),
    FederationDirective(
        "requiresScopes",
        (2, 5),
        "(scopes: [[{Scope}!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM",
    ),
    FederationDirective(
        "policy",
        (2, 6),
        "(policies: [[{Policy}!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM",
    ),
    FederationDirective("context", (2, 8), "(name: String!) repeatable on INTERFACE | OBJECT | UNION"),
    FederationDirective("fromContext", (2, 8), "(field: {ContextFieldValue}) on ARGUMENT_DEFINITION"),
    FederationDirective(
        "cost",
        (2, 9),
        "(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
    ),
    FederationDirective(
        "listSize",
        (2, 9),
        "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
        " requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION",
    ),
    FederationDirective("cacheTag", (2, 12), "(format: String!) repeatable on OBJECT | FIELD_DEFINITION"),
)

FEDERATION_SCALARS: Final[dict[str, Version]] = {
    "FieldSet": (2, 0),
    "Scope": (2, 5),
    "Policy": (2, 6),
    "ContextFieldValue": (2, 8),
}

FEDERATION_1_DIRECTIVES: Final[frozenset[str]] = frozenset(
    {"key", "requires", "provides", "external", "extends", "tag"}
)
"""The federation directives a Federation 1 schema may use."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A specification whose directives a supergraph carries on.

    `purpose` is the link's `for:`; `directives` maps each directive's name to its definition's SDL after the name.
    """

    name: str
    version: Version
    purpose: str | None
    directives: dict[str, str]
    since: Version = (2, 0)
    """The federation version a subgraph that links it by itself counts as, at least; some access rules ask for none."""
    scalar: str | None = None
    """The scalar its directives take, by its name in the specification."""
    older: Mapping[Version, dict[str, str]] = field(default_factory=dict)
    """The directives of the versions before, which a subgraph may link as well."""

    def directives_in(self, version: Version) -> dict[str, str] | None:
        """Answer the directives of a version that a subgraph links; None of one that is not known."""
        return self.directives if version == self.version else self.older.get(version)

    @property
    def identity(self) -> str:
        """The address without the version."""
        return f"https://specs.apollo.dev/{self.name}"

    @property
    def url(self) -> str:
        """The address the supergraph links."""
        return f"{self.identity}/v{self.version[0]}.{self.version[1]}"


_AUTH_LOCATIONS: Final = "on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"

SUPERGRAPH_FEATURES: Final[tuple[Feature, ...]] = (
    Feature(
        "tag",
        (0, 3),
        None,
        {"tag": f"(name: String!) repeatable {_ALL_LOCATIONS} | SCHEMA"},
        older={
            (0, 1): {"tag": f"(name: String!) repeatable {_FIRST_LOCATIONS}"},
            (0, 2): {"tag": f"(name: String!) repeatable {_ALL_LOCATIONS}"},
        },
    ),
    Feature(
        "inaccessible",
        (0, 2),
        "SECURITY",
        {"inaccessible": f" {_ALL_LOCATIONS}"},
        older={(0, 1): {"inaccessible": f" {_FIRST_LOCATIONS}"}},
    ),
    Feature("authenticated", (0, 1), "SECURITY", {"authenticated": " " + _AUTH_LOCATIONS}, since=(2, 5)),
    Feature(
        "requiresScopes",
        (0, 1),
        "SECURITY",
        {"requiresScopes": f"(scopes: [[requiresScopes__Scope!]!]!) {_AUTH_LOCATIONS}"},
        scalar="Scope",
    ),
    Feature(
        "policy",
        (0, 1),
        "SECURITY",
        {"policy": f"(policies: [[policy__Policy!]!]!) {_AUTH_LOCATIONS}"},
        scalar="Policy",
    ),
    Feature(
        "context",
        (0, 1),
        "SECURITY",
        {
            "context": "(name: String!) repeatable on INTERFACE | OBJECT | UNION",
            "fromContext": "(field: context__ContextFieldValue) on ARGUMENT_DEFINITION",
        },
        since=(2, 8),
        scalar="ContextFieldValue",
    ),
    Feature(
        "cost",
        (0, 1),
        None,
        {
            "cost": "(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION"
            " | OBJECT | SCALAR",
            "listSize": "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
            " requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION",
        },
        since=(2, 9),
    ),
)

CACHE_TAG: Final = Feature("cacheTag", (0, 1), "EXECUTION", {}, since=(2, 12))
"""Linked by supergraphs in which some subgraph applies @cacheTag; the joins carry the applications."""


def join_version(highest: Version) -> Version:
    """Answer the join specification that supergraphs of this highest subgraph federation version are written in."""
    if highest >= (2, 8):
        return (0, 5)
    return (0, 4) if highest >= (2, 7) else (0, 3)
