"""Operations ready to run: parsed, bounded and validated once, then kept by their text.

The bounds are checked before validation, because validation is what an oversized document makes expensive.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)

from chassis.scalars import nul_in_document

KEPT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an operation may be; counted with fragments expanded, introspection included."""

    depth_max: int = 20
    aliases_max: int = 100
    tokens_max: int = 10_000


@dataclass(frozen=True, slots=True)
class Document:
    """A document, or the errors that keep it from running."""

    ast: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()

    def why_not(self, operation_name: str | None) -> str | None:
        """Why no operation of that name can be run; None when one can. Only for a document without errors."""
        if operation_name is None and len(self._operations()) != 1:
            return "The document holds several operations: say which as operationName."
        if self._operation(operation_name) is None:
            return f"The document holds no operation named {operation_name!r}."
        return None

    def is_subscription(self, operation_name: str | None) -> bool:
        """Whether the operation of that name, or the only one, is answered more than once."""
        operation = self._operation(operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION

    def _operation(self, name: str | None) -> OperationDefinitionNode | None:
        for operation in self._operations():
            if name is None or (operation.name and operation.name.value == name):
                return operation
        return None

    def _operations(self) -> list[OperationDefinitionNode]:
        assert self.ast is not None
        return [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]


class Documents:
    """The documents one schema was asked, the most recently used kept."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, kept_max: int = KEPT_MAX) -> None:
        self._schema = schema
        self._limits = limits
        self._kept_max = kept_max
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        """The document of this text, made on first sight."""
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept
        document = self._make(text)
        self._kept[text] = document
        if len(self._kept) > self._kept_max:
            self._kept.popitem(last=False)
        return document

    def _make(self, text: str) -> Document:
        try:
            ast = parse(text, max_tokens=self._limits.tokens_max)
        except GraphQLSyntaxError as syntax:
            syntax.extensions = {"code": "GRAPHQL_PARSE_FAILED"}
            return Document(None, (syntax,))
        if excess := exceeded(ast, self._limits):
            return Document(None, (excess,))
        if unstorable := nul_in_document(ast):
            return Document(None, (unstorable,))
        errors = validate(self._schema, ast)
        for error in errors:
            error.extensions = {"code": "GRAPHQL_VALIDATION_FAILED", **(error.extensions or {})}
        return Document(None if errors else ast, tuple(errors))


def exceeded(ast: DocumentNode, limits: Limits) -> GraphQLError | None:
    """The error of a document beyond its limits; None when it is within them.

    Each fragment is measured once, so a document whose fragments multiply costs no more than its text. Cyclic
    fragments count as nothing here: validation refuses them.
    """
    fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
    measured: dict[str, tuple[int, int]] = {}

    def of_fragment(name: str) -> tuple[int, int]:
        if name not in measured:
            measured[name] = (0, 0)
            if name in fragments:
                measured[name] = of_selections(fragments[name].selection_set)
        return measured[name]

    def of_selections(selections: SelectionSetNode | None) -> tuple[int, int]:
        depth = aliases = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                inner, inside = of_selections(node.selection_set)
                inner, inside = inner + 1, inside + (node.alias is not None)
            elif isinstance(node, InlineFragmentNode):
                inner, inside = of_selections(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                inner, inside = of_fragment(node.name.value)
            depth, aliases = max(depth, inner), aliases + inside
        return depth, aliases

    try:
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        sizes = [of_selections(node.selection_set) for node in operations]
    except RecursionError:
        return _too_large("depth", limits.depth_max, "DEPTH_LIMIT_EXCEEDED")
    for depth, aliases in sizes:
        if depth > limits.depth_max:
            return _too_large("depth", limits.depth_max, "DEPTH_LIMIT_EXCEEDED")
        if aliases > limits.aliases_max:
            return _too_large("number of aliases", limits.aliases_max, "ALIAS_LIMIT_EXCEEDED")
    return None


def _too_large(what: str, limit: int, code: str) -> GraphQLError:
    return GraphQLError(f"The operation's {what} is over the limit of {limit}.", extensions={"code": code})
