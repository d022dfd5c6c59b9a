"""Texts that are meant to do more than to be read, in every argument that takes one: kept as they are, or refused."""

import html
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    print_ast,
)

from subgraphs import NAMES
from tests.journeys.shop import Answer
from tests.security.entities import directives, schema_of
from tests.security.people import CHECKOUT, Town, bought, checkout_input, guest_with_cart, registered
from tests.security.premises import ANONYMOUS, Person, Premises

MIXED = "'; DROP TABLE users; --\"<script>alert(1)</script>\u202e{{7*7}}${7*7}%s%n\\"
TEXTS = {
    "a statement and a script": MIXED,
    "control characters": "a\x07\x1b[31m\r\nX-Evil: 1\x7f",
    "U+0000": "a\x00b",
    "half a character": "\ud800",
    "a novel": "x" * 30_000,
    "wide": "﷽" * 5_000,
    "nothing": "",
}
FAULTS = {
    "INTERNAL_ERROR",
    "INTERNAL_SERVER_ERROR",
    "GATEWAY_TIMEOUT",
    "SUBREQUEST_HTTP_ERROR",
    "RESPONSE_VALIDATION_FAILED",
}
# They would end the session, or the account, that asks.
LEFT_OUT = {"logout", "deleteAccount", "sessionRevoke"}
WITHOUT_A_TEXT = {"cartClear", "revenue"}
VALUES: dict[str, Any] = {"Int": 1, "Float": 1.0, "Boolean": False, "Decimal": "1.00", "DateTime": "2026-01-01T00:00:00Z",
                          "JSON": {}, "ID": "x"}  # fmt: skip
Definitions = dict[str, Any]


def asked() -> Iterator[tuple[str, str, str, FieldDefinitionNode]]:
    """Every root field that clients may call with a text: subgraph, operation, name."""
    for subgraph in NAMES:
        for node in schema_of(subgraph).definitions:
            if isinstance(node, ObjectTypeDefinitionNode) and node.name.value in ("Query", "Mutation"):
                for field in node.fields or ():
                    name = field.name.value
                    is_open = not name.startswith("_") and "inaccessible" not in directives(field)
                    if is_open and name not in LEFT_OUT | WITHOUT_A_TEXT and field.arguments:
                        yield subgraph, node.name.value.lower(), name, field


ROOTS = {name: (subgraph, kind, field) for subgraph, kind, name, field in asked()}


def value(kind: TypeNode, text: str, known: Definitions) -> Any:
    """Something of this type, with the text wherever one can stand."""
    if isinstance(kind, NonNullTypeNode):
        return value(kind.type, text, known)
    if isinstance(kind, ListTypeNode):
        return [value(kind.type, text, known)]
    assert isinstance(kind, NamedTypeNode)
    node = known.get(kind.name.value)
    if isinstance(node, EnumTypeDefinitionNode):
        return (node.values or ())[0].name.value
    if isinstance(node, InputObjectTypeDefinitionNode):
        return {each.name.value: value(each.type, text, known) for each in node.fields or ()}
    return text if kind.name.value in ("String", "ID") else VALUES[kind.name.value]


def call(name: str, text: str) -> tuple[str, dict[str, Any]]:
    subgraph, kind, field = ROOTS[name]
    named = ((getattr(node, "name", None), node) for node in schema_of(subgraph).definitions)
    known = {name.value: node for name, node in named if name is not None}
    declared = ", ".join(f"${each.name.value}: {print_ast(each.type)}" for each in field.arguments or ())
    passed = ", ".join(f"{each.name.value}: ${each.name.value}" for each in field.arguments or ())
    # A list of things has no members of its own to select but __typename.
    query = f"{kind}({declared}) {{ {name}({passed}) {{ __typename }} }}"
    return query, {each.name.value: value(each.type, text, known) for each in field.arguments or ()}


@pytest.fixture(scope="module")
def busybody(premises: Premises, among_others: Callable[[], AbstractContextManager[None]]) -> Person:
    """Somebody who may do everything, and has nothing."""
    with among_others():
        _, made = registered(premises)
    every = (
        "users:read users:write products:write inventory:read inventory:write orders:read orders:write payments:read "
        "payments:write reviews:moderate"
    )
    return premises.with_claims(made["user"]["id"], scope=every, policies=["verified_email"])


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", ROOTS)
def test_no_text_in_any_argument_is_a_fault(premises: Premises, busybody: Person, name: str, kind: str) -> None:
    query, variables = call(name, TEXTS[kind])

    answer = premises.ask(busybody, query, variables)

    assert answer.status in (200, 400)
    assert not answer.codes & FAULTS, answer.body
    if kind in ("U+0000", "half a character"):
        assert answer.codes <= {"BAD_USER_INPUT", "BAD_REQUEST"}
        assert answer.codes
        assert not any((answer.body.get("data") or {}).values())
    # What is too long is not sent back in full.
    assert len(str(answer.body)) < 100_000


def test_what_looks_like_a_script_is_kept_as_it_was_written(premises: Premises) -> None:
    """GraphQL answers JSON: to escape is for whoever makes a page of it, and mails are pages that we make."""
    who, made = registered(premises, firstName="<b>Eve</b>", lastName="O'Brien; --")
    shown = premises.ask(who, "{ me { firstName lastName } }").data["me"]

    assert shown == {"firstName": "<b>Eve</b>", "lastName": "O'Brien; --"}
    assert made["user"]["id"]


def test_a_script_in_a_name_is_text_in_the_mail(premises: Premises) -> None:
    guest, cart = guest_with_cart(premises)
    evil = '<img src=x onerror="alert(1)">'
    address = {**checkout_input(cart)["shippingAddress"], "name": evil}
    inbox = f"{uuid.uuid4().hex}@example.org"
    made = premises.ask(
        guest, CHECKOUT, {"input": checkout_input(cart, shippingAddress=address, email=inbox), "key": uuid.uuid4().hex}
    )
    assert made.data["checkout"]["__typename"] == "CheckoutSuccess"

    mail = premises.mail_to(inbox)

    page = mail.get_body(("html",))
    assert page is not None
    assert evil not in page.get_content()
    assert html.unescape(page.get_content()).count("onerror") == page.get_content().count("onerror")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "bm90LWEtY3Vyc29y", "W10=", "WzEsMiwzLDRd", "bnVsbA==", "' OR 1=1", "x" * 50_000, "WyJcdTAwMDAiXQ=="],
)
@pytest.mark.parametrize(
    "field", ["products", "bundles", "orders", "users", "stockLevels", "lowStock", "reviewsToModerate"]
)  # fmt: skip
def test_a_cursor_nobody_gave_is_refused_clearly(premises: Premises, town: Town, field: str, cursor: str) -> None:
    query = f"query($after: String) {{ {field}(first: 2, after: $after) {{ edges {{ cursor }} }} }}"

    answer = premises.ask(town.admin, query, {"after": cursor})

    assert_clear(answer, cursor)


def assert_clear(answer: Answer, cursor: str) -> None:
    if cursor:
        assert answer.codes <= {"INVALID", "BAD_USER_INPUT"}, answer.body
        assert answer.codes, answer.body
    else:
        assert answer.codes <= {"INVALID"}, answer.body


@pytest.mark.parametrize(
    "text",
    ["'; SELECT pg_sleep(10); --", "%", "_%_%", "\\", "a & b | !c:*", "(((", "<->", "x" * 500, "é" * 300, "\u202e"],
)
def test_a_search_is_for_words_whatever_they_look_like(premises: Premises, town: Town, text: str) -> None:
    search = "query($t: String) { products(first: 3, filter: {text: $t}) { totalCount edges { cursor } } }"
    people = "query($t: String) { users(first: 3, text: $t) { totalCount edges { node { id } } } }"

    found, who = premises.ask(ANONYMOUS, search, {"t": text}), premises.ask(town.admin, people, {"t": text})

    for answer in (found, who):
        assert answer.codes <= {"INVALID"}, answer.body
    if not who.codes:
        assert who.data["users"]["edges"] == []


def test_an_order_can_be_bought_to_a_place_with_any_letters(premises: Premises) -> None:
    """So that nobody helps against scripts by refusing people's names."""
    guest, cart = guest_with_cart(premises)

    assert bought(premises, guest, cart)["status"] == "CONFIRMED"
