"""validate: the document against the schema clients see, and the variables against the operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    ValidationRule,
    specified_rules,
)
from graphql import validate as validate_document
from graphql.execution.values import VariableValues, get_variable_values

from router.execution.faults import GraphQLFault
from router.pipeline.request import Refused

ERRORS_MAX = 100
# What graphql-core repeats of a value that does not fit: it may be a card's number or a password.
_REPEATED = re.compile(r"(cannot represent [^:]*)?(?(1)|, found): .*", re.DOTALL)
# The same behind a suggestion: "Did you mean 'phone'? Found: {...}".
_REPEATED_AFTER_SUGGESTION = re.compile(r"(?<=\?) Found: .*", re.DOTALL)


class KeptResponseName(ValidationRule):
    """No other field is called `__typename`: by that name subgraphs tell of what type an object is."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """A field with an alias."""
        if node.alias is not None and node.alias.value == "__typename" and node.name.value != "__typename":
            self.report_error(GraphQLError("Only the type's own name can be called '__typename'.", node.alias))


_RULES = (*specified_rules, KeptResponseName)


def validate(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Raises Refused (400, GRAPHQL_VALIDATION_FAILED) with every violation, at most ERRORS_MAX."""
    try:
        errors = validate_document(schema, document, _RULES, max_errors=ERRORS_MAX)
    except RecursionError as error:
        raise Refused.because(400, "GRAPHQL_VALIDATION_FAILED", "The document is nested too deeply.") from error
    if errors:
        raise Refused(400, *(_fault(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))


def coerce_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Variables as their types want them, defaults filled in. Raises Refused (400, BAD_USER_INPUT)."""
    result = get_variable_values(schema, operation.variable_definitions or (), dict(given), max_errors=20)
    if isinstance(result, VariableValues):
        return result.coerced
    raise Refused(400, *(_fault(error, "BAD_USER_INPUT") for error in result))


def _fault(error: GraphQLError, code: str) -> GraphQLFault:
    locations = tuple({"line": place.line, "column": place.column} for place in error.locations or ())
    message = _REPEATED.sub(r"\1.", _REPEATED_AFTER_SUGGESTION.sub("", error.message))
    return GraphQLFault(message, None, {"code": code}, locations)
