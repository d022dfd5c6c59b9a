"""Nothing is defined twice: types, fields, arguments, enum values, directives (GraphQL, "Type System")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graphql import (
    ASTValidationRule,
    GraphQLError,
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
from router.composition.schema.spans import NOWHERE, Span, between

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


_FIX = "Keep one of the definitions and remove the others, or give them different names."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse what is defined twice. Looks at the text itself: the schema read from it has each name once."""
    for error in validate_sdl(subgraph.document, None, RULES):
        yield fault(subgraph, "INVALID_GRAPHQL", error.message, _last(error), fix=_FIX)


def _last(error: GraphQLError) -> Span:
    """Answer where the name is given again: the error has every place it is given at."""
    nodes = [node.loc for node in error.nodes or () if node.loc is not None]
    return between(nodes[-1].start_token, nodes[-1].end_token) if nodes else NOWHERE
