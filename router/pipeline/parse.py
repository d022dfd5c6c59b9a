"""parse: text to document."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, OperationDefinitionNode
from graphql import parse as parse_text

from router.execution.faults import GraphQLFault
from router.pipeline.request import Refused
from router.settings import Limits


def parse(text: str, limits: Limits) -> DocumentNode:
    """The document. Raises Refused (400, GRAPHQL_PARSE_FAILED) on a syntax error or beyond the parser's limits."""
    _refuse_deep_nesting(text, limits.parser_max_recursion)
    try:
        return parse_text(text, max_tokens=limits.parser_max_tokens)
    except GraphQLSyntaxError as error:
        raise Refused(400, syntax_fault(error)) from error
    except RecursionError as error:
        raise Refused.because(400, "GRAPHQL_PARSE_FAILED", "The document is nested too deeply.") from error


def _refuse_deep_nesting(text: str, most: int) -> None:
    # Braces in strings count too: that can only refuse what is absurdly deep anyway.
    depth = 0
    for character in text:
        if character in "{[(":
            depth += 1
            if depth > most:
                raise Refused.because(400, "GRAPHQL_PARSE_FAILED", f"The document is nested deeper than {most}.")
        elif character in "}])":
            depth -= 1


def syntax_fault(error: GraphQLError) -> GraphQLFault:
    """A GraphQL error of graphql-core, with its place in the text."""
    places = tuple({"line": place.line, "column": place.column} for place in error.locations or ())
    return GraphQLFault(error.message, None, {"code": "GRAPHQL_PARSE_FAILED"}, places)


def choose_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run (GraphQL specification 6.1, GetOperation). Raises Refused (400)."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations:
        raise Refused.because(400, "GRAPHQL_VALIDATION_FAILED", "The document contains no operation.")
    if name is None:
        if len(operations) > 1:
            raise Refused.because(
                400, "GRAPHQL_UNKNOWN_OPERATION_NAME", "The document has several operations: name one in operationName."
            )
        return operations[0]
    for operation in operations:
        if operation.name is not None and operation.name.value == name:
            return operation
    raise Refused.because(400, "GRAPHQL_UNKNOWN_OPERATION_NAME", f"The document has no operation named {name!r}.")
