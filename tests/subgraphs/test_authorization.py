"""Whatever a subgraph's schema guards, the subgraph itself refuses: asked directly, without the router in front of it.

Every coordinate with @authenticated, @requiresScopes or @policy, in every schema that is in the repository, is asked as
a guest and as a customer who holds nothing, by root field and by `_entities`.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
    TypeNode,
    parse,
)

from chassis.settings import Settings
from chassis.testing import Answer, Client, under_test
from subgraphs import NAMES
from tests.architecture.repository import ROOT

pytestmark = pytest.mark.anyio

GUARDS = {"authenticated", "requiresScopes", "policy"}
ROOTS = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
# Something of each type that is there in the demo data, for fields that are reached by reference only.
REFERENCES = {
    "Product": {"id": "prod-laptop-001"},
    "Bundle": {"id": "bundle-desk-001"},
    "CatalogItem": {"id": "prod-laptop-001"},
    "Variant": {"sku": "LAPTOP-001"},
    "User": {"id": "user-customer"},
    "Order": {"id": "order-demo-1"},
}
VALUES = {"Int": "1", "Float": "1.0", "Boolean": "true", "Decimal": '"1.00"', "DateTime": '"2026-01-01T00:00:00Z"'}


@dataclass(frozen=True)
class Guarded:
    """One coordinate, and how it is asked for."""

    subgraph: str
    parent: str
    field: str
    selection: str
    guards: frozenset[str]
    is_nullable: bool

    @property
    def is_for_customers(self) -> bool:
        """Whether being signed in is enough."""
        return self.guards == {"authenticated"}

    def __str__(self) -> str:
        return f"{self.subgraph}:{self.parent}.{self.field}"


class Reader:
    """Finds what a schema guards."""

    def __init__(self, name: str, document: DocumentNode, *, text: str = "x") -> None:
        """`text` is what texts and ids are given as."""
        self.name = name
        self.text = text
        self.types = {node.name.value: node for node in document.definitions if hasattr(node, "name") and node.name}

    def guarded(self) -> Iterator[Guarded]:
        for parent, node in self.types.items():
            if not isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
                continue
            of_type = guards(node.directives)
            for field in node.fields or ():
                if of_field := of_type | guards(field.directives):
                    is_nullable = not isinstance(field.type, NonNullTypeNode)
                    yield Guarded(self.name, parent, field.name.value, self.selection(field), of_field, is_nullable)

    def selection(self, field: FieldDefinitionNode) -> str:
        needed = [argument for argument in field.arguments or () if is_needed(argument)]
        given = ", ".join(f"{each.name.value}: {self.value(each.type)}" for each in needed)
        kind = self.types.get(named(field.type))
        is_leaf = kind is None or isinstance(kind, EnumTypeDefinitionNode) or kind.kind == "scalar_type_definition"
        return f"{field.name.value}{f'({given})' if given else ''}{'' if is_leaf else ' { __typename }'}"

    def value(self, kind: TypeNode) -> str:
        if isinstance(kind, NonNullTypeNode):
            return self.value(kind.type)
        if isinstance(kind, ListTypeNode):
            return f"[{self.value(kind.type)}]"
        name = named(kind)
        node = self.types.get(name)
        if isinstance(node, EnumTypeDefinitionNode):
            return (node.values or ())[0].name.value
        if isinstance(node, InputObjectTypeDefinitionNode):
            inner = (f"{each.name.value}: {self.value(each.type)}" for each in node.fields or () if is_needed(each))
            return f"{{{', '.join(inner)}}}"
        return VALUES.get(name, f'"{self.text}"')

    def mutations(self) -> Iterator[str]:
        """Each mutation as it is asked for, and why it was refused."""
        root = self.types["Mutation"]
        assert isinstance(root, ObjectTypeDefinitionNode)
        for field in root.fields or ():
            yield self.selection(field).replace("{ __typename }", "{ __typename ... on Refusal { message } }")


def guards(directives: Iterable[DirectiveNode] | None) -> frozenset[str]:
    return frozenset(each.name.value for each in directives or ()) & GUARDS


def is_needed(value: InputValueDefinitionNode) -> bool:
    return isinstance(value.type, NonNullTypeNode) and value.default_value is None


def named(kind: TypeNode) -> str:
    while not isinstance(kind, NamedTypeNode):
        kind = kind.type  # type: ignore[attr-defined]
    return kind.name.value


def schema_of(name: str) -> DocumentNode:
    return parse((ROOT / "subgraphs" / name / "schema.graphql").read_text())


GUARDED = [each for name in NAMES for each in Reader(name, schema_of(name)).guarded()]
every_coordinate = pytest.mark.parametrize("guarded", GUARDED, ids=str)


@pytest.fixture(scope="module")
async def shop(postgres_url: str, database_prefix: str) -> AsyncIterator[dict[str, Client]]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix)
    async with AsyncExitStack() as running:
        yield {
            name: await running.enter_async_context(
                under_test(
                    name,
                    import_module(f"subgraphs.{name}.app").subgraph,
                    settings,
                    seed=import_module(f"subgraphs.{name}.seed").demo,
                )
            )
            for name in NAMES
        }


async def ask(shop: dict[str, Client], guarded: Guarded, **asking: Any) -> Answer:
    client = shop[guarded.subgraph]
    if guarded.parent in ROOTS:
        accepted = {"accept": "text/event-stream"} if guarded.parent == "Subscription" else None
        return await client.ask(f"{ROOTS[guarded.parent]} {{ {guarded.selection} }}", headers=accepted, **asking)
    assert guarded.parent in REFERENCES, f"say in REFERENCES how a {guarded.parent} is found in the demo data"
    return await client.entities(guarded.parent, [REFERENCES[guarded.parent]], guarded.selection, **asking)


def shown(answer: Answer, field: str) -> Any:
    """What an answer says under a field, wherever it stands."""
    value = answer.data
    if isinstance(value, dict) and "_entities" in value:
        (value,) = value["_entities"] or (None,)
    return value.get(field) if isinstance(value, dict) else None


@every_coordinate
async def test_a_guest_is_refused(shop: dict[str, Client], guarded: Guarded):
    answer = await ask(shop, guarded)

    assert answer.codes == ["UNAUTHENTICATED"]
    assert answer.errors[0]["path"][-1] == guarded.field
    assert shown(answer, guarded.field) is None
    if guarded.parent in ROOTS:
        assert answer.statements == 0


@pytest.mark.parametrize("guarded", [each for each in GUARDED if not each.is_for_customers], ids=str)
async def test_a_customer_who_holds_nothing_is_refused(shop: dict[str, Client], guarded: Guarded):
    # Scopes and policies that begin like the right ones, or that nobody grants.
    held: dict[str, Any] = {"scopes": ["admin", "*", "orders", "users:"], "policies": ["verified"], "roles": ["admin"]}
    for asking in ({}, held):
        answer = await ask(shop, guarded, user="user-alice", **asking)

        assert answer.codes == ["FORBIDDEN"]
        assert shown(answer, guarded.field) is None


@every_coordinate
def test_what_may_be_taken_away_takes_nothing_else_along(guarded: Guarded):
    """A null where none may be would empty what lies around it: for a root field, the whole answer."""
    assert guarded.is_nullable


async def test_a_guest_who_asks_for_an_administrators_fields_keeps_the_rest(shop: dict[str, Client]):
    answer = await shop["inventory"].ask(
        "{ lowStock { edges { cursor } } stockLevels { edges { cursor } } __typename }"
    )

    assert answer.data == {"lowStock": None, "stockLevels": None, "__typename": "Query"}
    assert [error["path"] for error in answer.errors] == [["lowStock"], ["stockLevels"]]


LONG = "y" * 5_000
EVERY_SCOPE = frozenset(
    scope.value
    for name in NAMES
    for node in Reader(name, schema_of(name)).types.values()
    for field in getattr(node, "fields", None) or ()
    for directive in getattr(field, "directives", None) or ()
    if directive.name.value == "requiresScopes"
    for scope in directive.arguments[0].value.values[0].values
)


@pytest.mark.parametrize(
    ("name", "mutation"),
    [(name, mutation) for name in NAMES for mutation in Reader(name, schema_of(name), text=LONG).mutations()],
    ids=lambda value: value.partition("(")[0],
)
async def test_no_refusal_is_as_long_as_what_it_refuses(shop: dict[str, Client], name: str, mutation: str):
    for asking in ({"scopes": EVERY_SCOPE, "policies": ["verified_email"], "roles": ["admin"]}, {"internal": True}):
        answer = await shop[name].ask(f"mutation {{ {mutation} }}", user="user-customer", **asking)

        assert answer.data is not None or answer.errors
        assert LONG[:100] not in str(answer.body)


def test_every_subgraph_guards_something_that_is_walked_here():
    assert {each.subgraph for each in GUARDED} == set(NAMES)
    assert len(GUARDED) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_a_root_field_for_staff_alone_needs_a_scope(name: str):
    open_to_all = {
        f"{node.name.value}.{field.name.value}"
        for node in schema_of(name).definitions
        if isinstance(node, ObjectTypeDefinitionNode) and node.name.value in ROOTS
        for field in node.fields or ()
        if tags(field) == {"admin"} and "requiresScopes" not in guards(field.directives)
    }

    assert open_to_all == set()


def tags(field: FieldDefinitionNode) -> set[str]:
    return {
        argument.value.value
        for directive in field.directives or ()
        if directive.name.value == "tag"
        for argument in directive.arguments or ()
        if isinstance(argument.value, StringValueNode)
    }
