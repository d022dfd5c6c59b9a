"""Nothing is defined twice: types, fields, arguments, enum values, directives (GraphQL, "Type System")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graphql import (
    ASTValidationRule,
    LoneSchemaDefinitionRule,
    UniqueArgumentDefinitionNamesRule,
    UniqueArgumentNamesRule,
    UniqueDirectiveNamesRule,
    UniqueEnumValueNamesRule,
    UniqueFieldDefinitionNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationTypesRule,
    UniqueTypeNamesRule,
)
from graphql.validation.validate import validate_sdl

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault

RULES: Final[tuple[type[ASTValidationRule], ...]] = (
    LoneSchemaDefinitionRule,
    UniqueOperationTypesRule,
    UniqueTypeNamesRule,
    UniqueEnumValueNamesRule,
    UniqueFieldDefinitionNamesRule,
    UniqueArgumentDefinitionNamesRule,
    UniqueDirectiveNamesRule,
    UniqueArgumentNamesRule,
    UniqueInputFieldNamesRule,
)


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse what is defined twice. Looks at the text itself: the schema read from it has each name once."""
    for error in validate_sdl(subgraph.document, None, RULES):
        line = error.locations[0].line if error.locations else 0
        yield fault(subgraph, "INVALID_GRAPHQL", error.message, line)
