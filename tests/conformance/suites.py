"""The corpus' suites in this process: their subgraphs as functions, and what their cases say of operations to come."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    parse,
    print_schema,
    value_from_ast_untyped,
    visit,
)
from graphql.utilities import do_types_overlap

from router.supergraph import Supergraph
from tests.differential.operations import Writer
from tests.differential.routed import Federation

CASES = "cases.json", "generated.json"
# Fields that answer otherwise when something else is asked as well: no operation has them.
UNEVEN = {
    "non-resolvable-interface-object": ("b", "an interface without any object: no subgraph can tell a type"),
    "requires-interface": ("country", "it also reads what was sent for city"),
    "simple-interface-object": ("isActive", "one subgraph says true, another false"),
}
# What an argument may be besides what the cases say.
USUAL: Mapping[str, tuple[Any, ...]] = {
    "Int": (0, 1, 2),
    "Float": (0.5, 2.0),
    "String": ("a", "none"),
    "ID": ("1", "none"),
    "Boolean": (True, False),
}


@dataclass
class Answering:
    """One of a suite's subgraphs. `broken_rules` are the requests that its schema refuses.

    `punished` counts those that the suite gives an error to because another plan is better, though this one is right.
    """

    subgraph: Any
    broken_rules: list[str] = field(default_factory=list)
    punished: int = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to `{query, variables, operationName}`."""
        reply: dict[str, Any] = self.subgraph.run(request)
        self.punished += any(error["message"].startswith("poor plan") for error in reply.get("errors", ()))
        self.broken_rules += [
            f"{error['message']} in {request['query']}"
            for error in reply.get("errors", ())
            if error.get("extensions", {}).get("code") == "GRAPHQL_VALIDATION_FAILED"
        ]
        return reply


@dataclass
class Suite:
    """A suite's folder and its subgraphs; `stub` is the corpus' module that reads both."""

    folder: Path
    stub: ModuleType

    @staticmethod
    def all(gateway: Path) -> list[Suite]:
        """The suites of the corpus, by name."""
        found = importlib.util.spec_from_file_location("stub_subgraphs", gateway / "stub_subgraphs.py")
        assert found is not None
        assert found.loader is not None
        stub = sys.modules[found.name] = importlib.util.module_from_spec(found)
        found.loader.exec_module(stub)
        return [Suite(folder, stub) for folder in sorted((gateway / "suites").iterdir())]

    def sdl(self) -> str:
        """The supergraph that the reference composed."""
        return (self.folder / "supergraph.graphql").read_text()

    @cached_property
    def state(self) -> Any:
        """The subgraphs with the data that they share."""
        return self.stub.Suite(str(self.folder))

    def federation(self, sdl: str) -> Federation:
        """The suite's subgraphs behind a supergraph of them."""
        federation = Federation(Supergraph.parse(sdl))
        federation.servers |= self.servers
        return federation

    @cached_property
    def servers(self) -> dict[str, Answering]:
        """The subgraphs by name."""
        return {name: Answering(each) for name, each in self.state.subgraphs.items()}

    def punished(self) -> int:
        """How many requests the suite has given errors to though they were right."""
        return sum(each.punished for each in self.servers.values())

    def schema(self, federation: Federation) -> GraphQLSchema:
        """What operations are written on: the API schema, but for a field of UNEVEN."""
        schema = build_schema(print_schema(federation.supergraph.api_schema))
        left_out, _ = UNEVEN.get(self.folder.name, ("", ""))
        for type_ in schema.type_map.values():
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                type_.fields.pop(left_out, None)
        return schema

    def writer(self, federation: Federation) -> type[Writer]:
        """Who writes operations for this suite: with its cases' arguments, and aliases that are names of its keys."""
        schema = federation.supergraph.api_schema
        known, names = _values(schema, self._cases()), _keys(federation.supergraph)

        class SuiteWriter(Writer):
            """Its fragments also name types that share but some objects with the type they stand on, and cost depth."""

            def selection(self, type_: GraphQLNamedType, depth: int) -> str:
                """As in any federation, until the depth is used up."""
                return super().selection(type_, depth) if depth >= 0 else "{ __typename }"

            def fragment(self, type_: GraphQLNamedType, depth: int) -> str:
                """A level deeper."""
                return super().fragment(type_, depth - 1)

            def type_conditions(self, type_: GraphQLNamedType) -> list[GraphQLNamedType]:
                """As in any federation, and what overlaps."""
                overlapping = [
                    each
                    for each in self.schema.type_map.values()
                    if is_abstract_type(each)
                    and is_composite_type(type_)
                    and do_types_overlap(self.schema, each, type_)
                ]
                return super().type_conditions(type_) + overlapping

            def __post_init__(self) -> None:
                self.values, self.keys = known, names

        return SuiteWriter

    def _cases(self) -> Iterator[dict[str, Any]]:
        for path in (self.folder / name for name in CASES):
            if path.exists():
                yield from orjson.loads(path.read_bytes())


def _keys(supergraph: Supergraph) -> tuple[str, ...]:
    keys = (join.key for type_ in supergraph.types.values() for join in type_.joins if join.key)
    return tuple(sorted({name for key in keys for name in key.replace("{", " ").replace("}", " ").split()}))


def _values(schema: GraphQLSchema, cases: Iterator[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The literals of the cases, by the name of their scalar, after the usual ones."""
    found: dict[str, dict[Any, None]] = {name: dict.fromkeys(values) for name, values in USUAL.items()}

    class Collect(Visitor):
        """Notes the literals of one operation."""

        def enter(self, node: object, *_: object) -> None:
            """Every node; those that are literals of scalars count."""
            type_ = get_named_type(info.get_input_type())
            if isinstance(node, ValueNode) and is_leaf_type(type_) and type_.name in found:
                value = value_from_ast_untyped(node)
                if isinstance(value, str | int | float):
                    found[type_.name][value] = None

    for case in cases:
        info = TypeInfo(schema)
        visit(parse(case["query"]), TypeInfoVisitor(info, Collect()))
    return {name: tuple(values) for name, values in found.items()}
