"""One change of an API schema: which kind, where, and how bad it is when nothing is known of the operations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """What a change may do to clients: nothing, surprise them, break them."""

    SAFE = "safe"
    DANGEROUS = "dangerous"
    BREAKING = "breaking"

    @property
    def rank(self) -> int:
        """The worse the higher."""
        return list(Severity).index(self)


class Kind(Enum):
    """What happened. Names are graphql-js's and GraphOS's where these have one."""

    TYPE_ADDED = "TYPE_ADDED"
    TYPE_REMOVED = "TYPE_REMOVED"
    TYPE_CHANGED_KIND = "TYPE_CHANGED_KIND"
    ROOT_TYPE_ADDED = "ROOT_TYPE_ADDED"
    ROOT_TYPE_REMOVED = "ROOT_TYPE_REMOVED"
    ROOT_TYPE_CHANGED = "ROOT_TYPE_CHANGED"
    FIELD_ADDED = "FIELD_ADDED"
    FIELD_REMOVED = "FIELD_REMOVED"
    FIELD_CHANGED_TYPE = "FIELD_CHANGED_TYPE"
    FIELD_BECAME_NULLABLE = "FIELD_BECAME_NULLABLE"
    FIELD_BECAME_NON_NULL = "FIELD_BECAME_NON_NULL"
    OPTIONAL_ARG_ADDED = "OPTIONAL_ARG_ADDED"
    REQUIRED_ARG_ADDED = "REQUIRED_ARG_ADDED"
    ARG_REMOVED = "ARG_REMOVED"
    ARG_CHANGED_TYPE = "ARG_CHANGED_TYPE"
    ARG_BECAME_REQUIRED = "ARG_BECAME_REQUIRED"
    ARG_BECAME_OPTIONAL = "ARG_BECAME_OPTIONAL"
    ARG_DEFAULT_VALUE_CHANGED = "ARG_DEFAULT_VALUE_CHANGED"
    OPTIONAL_INPUT_FIELD_ADDED = "OPTIONAL_INPUT_FIELD_ADDED"
    REQUIRED_INPUT_FIELD_ADDED = "REQUIRED_INPUT_FIELD_ADDED"
    INPUT_FIELD_REMOVED = "INPUT_FIELD_REMOVED"
    INPUT_FIELD_CHANGED_TYPE = "INPUT_FIELD_CHANGED_TYPE"
    INPUT_FIELD_BECAME_REQUIRED = "INPUT_FIELD_BECAME_REQUIRED"
    INPUT_FIELD_BECAME_OPTIONAL = "INPUT_FIELD_BECAME_OPTIONAL"
    INPUT_FIELD_DEFAULT_VALUE_CHANGED = "INPUT_FIELD_DEFAULT_VALUE_CHANGED"
    ONE_OF_ADDED = "ONE_OF_ADDED"
    ONE_OF_REMOVED = "ONE_OF_REMOVED"
    VALUE_ADDED_TO_ENUM = "VALUE_ADDED_TO_ENUM"
    VALUE_REMOVED_FROM_ENUM = "VALUE_REMOVED_FROM_ENUM"
    TYPE_ADDED_TO_UNION = "TYPE_ADDED_TO_UNION"
    TYPE_REMOVED_FROM_UNION = "TYPE_REMOVED_FROM_UNION"
    IMPLEMENTED_INTERFACE_ADDED = "IMPLEMENTED_INTERFACE_ADDED"
    IMPLEMENTED_INTERFACE_REMOVED = "IMPLEMENTED_INTERFACE_REMOVED"
    SPECIFIED_BY_CHANGED = "SPECIFIED_BY_CHANGED"
    DIRECTIVE_ADDED = "DIRECTIVE_ADDED"
    DIRECTIVE_REMOVED = "DIRECTIVE_REMOVED"
    DIRECTIVE_LOCATION_ADDED = "DIRECTIVE_LOCATION_ADDED"
    DIRECTIVE_LOCATION_REMOVED = "DIRECTIVE_LOCATION_REMOVED"
    DIRECTIVE_REPEATABLE_ADDED = "DIRECTIVE_REPEATABLE_ADDED"
    DIRECTIVE_REPEATABLE_REMOVED = "DIRECTIVE_REPEATABLE_REMOVED"
    AUTHORIZATION_TIGHTENED = "AUTHORIZATION_TIGHTENED"
    AUTHORIZATION_LOOSENED = "AUTHORIZATION_LOOSENED"
    DEPRECATION_ADDED = "DEPRECATION_ADDED"
    DEPRECATION_REMOVED = "DEPRECATION_REMOVED"
    DEPRECATION_REASON_CHANGED = "DEPRECATION_REASON_CHANGED"
    DESCRIPTION_CHANGED = "DESCRIPTION_CHANGED"


# These concern only who selects the field (or uses the directive) that the coordinate begins with.
OF_FIELDS = frozenset(
    {
        Kind.FIELD_BECAME_NON_NULL,
        Kind.FIELD_REMOVED,
        Kind.FIELD_CHANGED_TYPE,
        Kind.FIELD_BECAME_NULLABLE,
        Kind.REQUIRED_ARG_ADDED,
        Kind.ARG_REMOVED,
        Kind.ARG_CHANGED_TYPE,
        Kind.ARG_BECAME_REQUIRED,
        Kind.ARG_DEFAULT_VALUE_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two API schemas.

    `coordinate` follows the GraphQL specification (3.14, schema coordinates): `Type`, `Type.field`,
    `Type.field(argument:)`, `Enum.VALUE`, `@directive`, `@directive(argument:)`. `other` names the second party where
    there is one: the union's member, the interface, the directive's location. `severity` is what may happen in the
    worst case; operations narrow it down.
    """

    kind: Kind
    coordinate: str
    severity: Severity
    message: str
    other: str = ""
