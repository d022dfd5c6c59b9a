"""The shop's storefront contract: made of its tags, it has all that shoppers ask for and nothing of the back office."""

from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    validate,
    visit,
)

from router.commands.compose import read_config
from router.composition import Composed, compose
from router.contracts import contract
from router.sources.config import load_config
from router.supergraph import Supergraph

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = sorted((ROOT / "clients" / "operations").glob("*.graphql"))
SHOPPERS = frozenset(
    {
        "AddToCart",
        "CartPage",
        "Checkout",
        "CheckoutPage",
        "Home",
        "OrderHistory",
        "ProductPage",
        "Search",
        "WriteReview",
    }
)
CONFIG = load_config(ROOT / "supergraph.yaml", {})
(STOREFRONT,) = (each for each in CONFIG.contracts if each.name == "storefront")


@pytest.fixture(scope="module")
def supergraph() -> str:
    composed = compose(read_config(ROOT / "supergraph.yaml"))
    assert isinstance(composed, Composed)
    return composed.sdl


@pytest.fixture(scope="module")
def storefront(supergraph: str) -> GraphQLSchema:
    made = contract(
        supergraph,
        STOREFRONT.include,
        STOREFRONT.exclude,
        hide_unreachable_types=STOREFRONT.hide_unreachable_types,
    )
    assert isinstance(made, Composed), made
    return Supergraph.parse(made.sdl).api_schema


@pytest.fixture(scope="module")
def whole(supergraph: str) -> GraphQLSchema:
    return Supergraph.parse(supergraph).api_schema


@pytest.fixture(scope="module")
def admin(supergraph: str) -> set[str]:
    return tagged(supergraph, "admin")


def coordinates(schema: GraphQLSchema) -> set[str]:
    return {
        f"{type.name}.{field}"
        for type in schema.type_map.values()
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
        for field in type.fields
    }


def tagged(supergraph: str, tag: str) -> set[str]:
    """The fields that carry the tag, read from the text anew."""
    found = set()
    for definition in parse(supergraph).definitions:
        for field in getattr(definition, "fields", None) or ():
            for directive in field.directives or ():
                if directive.name.value == "tag" and directive.arguments[0].value.value == tag:
                    found.add(f"{definition.name.value}.{field.name.value}")  # type: ignore[attr-defined]
    return found


def selected(document: DocumentNode, schema: GraphQLSchema) -> set[str]:
    """The coordinates of the fields that a document selects."""
    found: set[str] = set()
    types = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = types.get_parent_type()
            found.add(f"{parent.name if parent else ''}.{node.name.value}")

    visit(document, TypeInfoVisitor(types, Fields()))
    return found


def test_no_field_of_the_back_office_is_in_the_storefront(
    admin: set[str], whole: GraphQLSchema, storefront: GraphQLSchema
) -> None:
    assert len(admin & coordinates(whole)) > 20
    assert admin & coordinates(storefront) == set()


def test_every_field_tagged_for_the_storefront_is_in_it(supergraph: str, storefront: GraphQLSchema) -> None:
    wanted = tagged(supergraph, "storefront")

    assert len(wanted) > 10
    assert wanted - coordinates(storefront) == set()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda file: file.stem)
def test_an_operation_is_valid_in_the_storefront_unless_it_asks_for_the_back_office(
    operation: Path, admin: set[str], whole: GraphQLSchema, storefront: GraphQLSchema
) -> None:
    document = parse(operation.read_text())
    asked = selected(document, whole)

    faults = validate(storefront, document)

    assert bool(faults) == bool(asked & admin), faults
    assert not faults or operation.stem not in SHOPPERS


def test_types_only_the_back_office_reaches_are_gone_too(whole: GraphQLSchema, storefront: GraphQLSchema) -> None:
    assert {"StockLevel", "Warehouse", "ProductCreateInput", "Revenue"} <= set(whole.type_map)
    assert {"StockLevel", "Warehouse", "ProductCreateInput", "Revenue"} & set(storefront.type_map) == set()
