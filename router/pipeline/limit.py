"""limit: how deep and how wide an operation may be."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from router.pipeline.request import Refused
from router.settings import Limits


class _Weight:
    """What a selection set weighs, fragments counted wherever they are spread."""

    __slots__ = ("aliases", "depth", "fields")

    def __init__(self, depth: int = 0, aliases: int = 0, fields: int = 0) -> None:
        self.depth = depth
        self.aliases = aliases
        self.fields = fields


def limit(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
    """Raises Refused (400) with MAX_DEPTH_LIMIT, MAX_ALIASES_LIMIT, MAX_HEIGHT_LIMIT or MAX_ROOT_FIELDS_LIMIT."""
    known: dict[str, _Weight] = {}
    whole = _weigh(operation.selection_set, fragments, known)
    introspective = _is_introspection(operation)
    deepest = limits.introspection_max_depth if introspective else limits.max_depth
    _refuse("MAX_DEPTH_LIMIT", "depth", whole.depth, deepest)
    _refuse("MAX_ALIASES_LIMIT", "number of aliases", whole.aliases, limits.max_aliases)
    _refuse("MAX_HEIGHT_LIMIT", "number of fields", whole.fields, limits.max_height)
    _refuse(
        "MAX_ROOT_FIELDS_LIMIT",
        "number of root fields",
        _roots(operation.selection_set, fragments, {}),
        limits.max_root_fields,
    )


def _refuse(code: str, what: str, found: int, most: int | None) -> None:
    if most is not None and found > most:
        raise Refused.because(400, code, f"The operation's {what} is {found}; at most {most} is allowed.")


def _weigh(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, _Weight]
) -> _Weight:
    out = _Weight()
    for node in selection_set.selections:
        match node:
            case FieldNode():
                inner = _weigh(node.selection_set, fragments, known) if node.selection_set else _Weight()
                out.depth = max(out.depth, inner.depth + 1)
                out.aliases += inner.aliases + (1 if node.alias else 0)
                out.fields += inner.fields + 1
                continue
            case InlineFragmentNode():
                inner = _weigh(node.selection_set, fragments, known)
            case FragmentSpreadNode():
                name = node.name.value
                if name not in known:
                    known[name] = _weigh(fragments[name].selection_set, fragments, known)
                inner = known[name]
            case _:
                continue
        out.depth = max(out.depth, inner.depth)
        out.aliases += inner.aliases
        out.fields += inner.fields
    return out


def _roots(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, int]
) -> int:
    count = 0
    for node in selection_set.selections:
        match node:
            case InlineFragmentNode():
                count += _roots(node.selection_set, fragments, known)
            case FragmentSpreadNode():
                name = node.name.value
                if name not in known:
                    known[name] = _roots(fragments[name].selection_set, fragments, known)
                count += known[name]
            case _:
                count += 1
    return count


def _is_introspection(operation: OperationDefinitionNode) -> bool:
    return all(
        isinstance(node, FieldNode) and node.name.value.startswith("__") for node in operation.selection_set.selections
    )
