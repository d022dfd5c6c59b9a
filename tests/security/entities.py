"""The entities of the graph as the subgraphs' schemas declare them, and one thing of each to ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    parse,
)

from subgraphs import NAMES
from tests.journeys.shop import ROOT, Answer
from tests.security.people import Town
from tests.security.premises import Person

SCALARS = {"ID", "String", "Int", "Float", "Boolean", "DateTime", "Date", "Decimal", "JSON"}
VARIANT = 'query { variant(sku: "MOUSE-001") { SELECTION } }'
Definition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


@dataclass(frozen=True)
class Thing:
    """Something of an entity's type: how a subgraph is asked for it, and how a client comes to it through the router."""

    name: str
    type: str
    key: Mapping[str, Any]
    way: str
    """An operation with SELECTION where the thing's fields go; empty where no client comes to it."""


@cache
def schema_of(subgraph: str) -> DocumentNode:
    return parse((ROOT / "subgraphs" / subgraph / "schema.graphql").read_text(encoding="utf-8"))


def definitions(document: DocumentNode) -> dict[str, Definition]:
    return {node.name.value: node for node in document.definitions if isinstance(node, Definition)}


@cache
def entities(subgraph: str) -> dict[str, Definition]:
    """The types that a subgraph resolves by a key."""
    return {
        name: node
        for name, node in definitions(schema_of(subgraph)).items()
        if any(is_resolvable_key(each) for each in node.directives or ())
    }


def is_resolvable_key(directive: Any) -> bool:
    if directive.name.value != "key":
        return False
    given = {argument.name.value: getattr(argument.value, "value", None) for argument in directive.arguments or ()}
    return given.get("resolvable", True) is not False


def directives(field: FieldDefinitionNode) -> set[str]:
    return {directive.name.value for directive in field.directives or ()}


def own_fields(subgraph: str, entity: str) -> dict[str, FieldDefinitionNode]:
    """The fields of an entity that the subgraph itself answers."""
    node = entities(subgraph)[entity]
    return {field.name.value: field for field in node.fields or () if "external" not in directives(field)}


def selected(field: FieldDefinitionNode, document: DocumentNode) -> str:
    """The field as it is asked for: what is behind it is another row's matter."""
    kind = field.type
    while not isinstance(kind, NamedTypeNode):
        kind = kind.type  # type: ignore[attr-defined]
    name = kind.name.value
    kinds = {getattr(node, "name", None) and node.name.value: node.kind for node in document.definitions}  # type: ignore[attr-defined]
    is_leaf = name in SCALARS or kinds.get(name) in ("enum_type_definition", "scalar_type_definition")
    assert not any(isinstance(each.type, NonNullTypeNode) and not each.default_value for each in field.arguments or ())
    return field.name.value if is_leaf else f"{field.name.value} {{ __typename }}"


def things(town: Town) -> list[Thing]:
    """One thing of each entity, and further ones where somebody else owns them."""
    its, user = town.things, "user-customer"
    # A public review of the owner's: from there anybody comes to them.
    author = 'query { review(id: "review-demo-005") { author { SELECTION } } }'
    waiting = "payment-demo-awaiting_payment"
    total = {"amount": "268.80", "currency": "USD"}
    return [
        Thing("User", "User", {"id": user, "displayName": "Casey C."}, author),
        Thing("Address", "Address", {"id": "address-customer"}, author.replace("SELECTION", "addresses { SELECTION }")),
        Thing("Cart", "Cart", {"id": its["cart"]}, author.replace("SELECTION", "cart { SELECTION }")),
        Thing("CartLine", "CartLine", {"id": its["cart line"]}, author.replace("SELECTION", "cart { lines { SELECTION } }")),
        Thing("guest's Cart", "Cart", {"id": its["guest's cart"]}, ""),
        Thing("guest's CartLine", "CartLine", {"id": its["guest's cart line"]}, ""),
        Thing("Order", "Order", {"id": its["order"], "total": total}, of("order", its["order"])),
        Thing("OrderLine", "OrderLine", {"id": its["order line"]}, of("order", its["order"], "lines { SELECTION }")),
        Thing("guest's Order", "Order", {"id": its["guest's order"], "total": total}, of("order", its["guest's order"])),
        Thing(
            "guest's OrderLine", "OrderLine", {"id": its["guest's order line"]},
            of("order", its["guest's order"], "lines { SELECTION }"),
        ),
        Thing("Payment", "Payment", {"id": its["payment"]}, of("payment", its["payment"])),
        Thing("guest's Payment", "Payment", {"id": its["guest's payment"]}, of("payment", its["guest's payment"])),
        Thing("failed Payment", "Payment", {"id": "payment-demo-failed"}, of("payment", "payment-demo-failed")),
        Thing("waiting Payment", "Payment", {"id": waiting}, of("payment", waiting)),
        Thing("Review", "Review", {"id": "review-demo-005"}, of("review", "review-demo-005")),
        Thing("rejected Review", "Review", {"id": "review-demo-004"}, of("review", "review-demo-004")),
        Thing("Product", "Product", product("prod-mouse-001", "MOUSE-001"), of("product", "prod-mouse-001")),
        Thing("draft Product", "Product", product(its["draft"], its["draft SKU"]), of("product", its["draft"])),
        Thing("deleted Product", "Product", product(its["deleted"], "DELETED-001"), of("product", its["deleted"])),
        Thing("CatalogItem", "CatalogItem", {"id": "prod-mouse-001"}, of("product", "prod-mouse-001")),
        Thing("draft CatalogItem", "CatalogItem", {"id": its["draft"]}, of("product", its["draft"])),
        Thing("Variant", "Variant", {"sku": "MOUSE-001"}, VARIANT),
        Thing("draft Variant", "Variant", {"sku": its["draft SKU"]}, VARIANT.replace("MOUSE-001", its["draft SKU"])),
        Thing("Bundle", "Bundle", {"id": "bundle-desk-001"}, of("bundle", "bundle-desk-001")),
        Thing("Category", "Category", {"id": "cat-computers"}, 'query { category(slug: "computers") { SELECTION } }'),
        Thing("Reservation", "Reservation", {"id": "reservation-demo-confirmed"}, of("reservation", "reservation-demo-confirmed")),
        Thing("Warehouse", "Warehouse", {"id": "wh-east"}, "query { warehouses { SELECTION } }"),
    ]  # fmt: skip


def of(field: str, id: str, inside: str = "SELECTION") -> str:
    return f'query {{ {field}(id: "{id}") {{ {inside} }} }}'


def product(id: str, sku: str) -> dict[str, Any]:
    return {"id": id, "variants": [{"__typename": "Variant", "sku": sku}]}


def rows(town: Town) -> Iterator[tuple[str, Thing]]:
    """Each thing in each subgraph that resolves its type."""
    for subgraph in NAMES:
        known = entities(subgraph)
        for thing in things(town):
            if thing.type in known:
                yield subgraph, thing


def seen_directly(town: Town, who: Person, subgraph: str, thing: Thing) -> dict[str, bool]:
    """For each field, whether the subgraph shows it to this person when it is asked by raw `_entities`.

    Each is asked for by itself, since a refused field that may not be null would hide those beside it.
    """
    document, fields = schema_of(subgraph), own_fields(subgraph, thing.type)
    asked = (
        f"{name}: _entities(representations: $r) {{ ... on {thing.type} {{ {selected(field, document)} }} }}"
        for name, field in fields.items()
    )
    references = [{"__typename": thing.type, **thing.key}]
    answer = town.premises.ask_subgraph(
        who, subgraph, f"query($r: [_Any!]!) {{ {' '.join(asked)} }}", {"r": references}
    )
    refuse_anything_but_denials(answer)
    return {name: is_shown(answer.body["data"][name], name) for name in fields}


def seen_through_the_router(town: Town, who: Person, thing: Thing) -> dict[str, bool]:
    """For each field of the entity, in whichever subgraph, whether a client comes to see it."""
    fields = {
        name: selected(field, schema_of(subgraph))
        for subgraph in NAMES
        if thing.type in entities(subgraph)
        for name, field in own_fields(subgraph, thing.type).items()
        if "inaccessible" not in directives(field)
    }
    # A refused field that may not be null would hide those beside it.
    alone = [name for name in fields if name in guarded(thing.type)]
    together = [name for name in fields if name not in alone]
    seen: dict[str, bool] = {}
    for names in (together, *([name] for name in alone)):
        answer = town.premises.ask(who, thing.way.replace("SELECTION", " ".join(fields[name] for name in names)))
        refuse_anything_but_denials(answer)
        seen |= {name: is_shown(answer.body.get("data"), name) for name in names}
    return seen


def guarded(entity: str) -> set[str]:
    """The entity's fields that carry a requirement, in any subgraph."""
    return {
        name
        for subgraph in NAMES
        if entity in entities(subgraph)
        for name, field in own_fields(subgraph, entity).items()
        if directives(field) & {"authenticated", "requiresScopes", "policy"}
    }


def is_shown(value: Any, name: str) -> bool:
    """Whether an answer holds something under this name, at its end."""
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = value[0]
        elif name in value:
            return value[name] is not None
        else:
            value = next(iter(value.values()))
    return False


def refuse_anything_but_denials(answer: Answer) -> None:
    """A field that may not be seen is null, or says so; it is no fault."""
    allowed = {"UNAUTHORIZED_FIELD_OR_TYPE", "UNAUTHENTICATED", "FORBIDDEN"}
    assert answer.codes <= allowed, answer.body
