"""Changes seeded in the shop's own subgraphs: what breaks its clients is caught at their line, what does not passes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from graphql import validate

from router.checks.changes import changes
from router.checks.operations import Operation, Sender, from_documents
from router.checks.verdict import Verdict, judge
from router.commands.compose import read_config
from router.composition import Source
from router.sources.schemas import Schema, composed
from tests.architecture.repository import ROOT

OPERATIONS = ROOT / "clients" / "operations"


class Seed(NamedTuple):
    """A change of one subgraph: within the definition that begins so, this becomes that."""

    subgraph: str
    within: str
    this: str
    that: str


class Broken(NamedTuple):
    """What must be told: the kind and coordinate of the change, and the line of the operation, as it is written."""

    seed: Seed
    kind: str
    coordinate: str
    operation: str
    line: str


BREAKING = [
    Broken(
        Seed("users", "type User ", "  firstName: String\n", ""),
        "FIELD_REMOVED",
        "User.firstName",
        "CheckoutPage",
        "firstName",
    ),
    Broken(
        Seed("users", "type Mutation", "login(email: String!, ", "login(email: String!, device: String!, "),
        "REQUIRED_ARG_ADDED",
        "Mutation.login(device:)",
        "Login",
        "login(email",
    ),
    Broken(
        Seed("users", "input RegisterInput", "password: String!", "password: String!\n  birthday: String!"),
        "REQUIRED_INPUT_FIELD_ADDED",
        "RegisterInput.birthday",
        "Register",
        "mutation Register($input",
    ),
    Broken(
        Seed("products", "type Category ", "children: [Category!]!", "children: [Category!]"),
        "FIELD_BECAME_NULLABLE",
        "Category.children",
        "Home",
        "children {",
    ),
    Broken(
        Seed("products", "type Query", "product(id: ID = null, slug: String = null)", "product(id: ID!)"),
        "ARG_REMOVED",
        "Query.product(slug:)",
        "ProductPage",
        "product(slug",
    ),
    Broken(
        Seed("products", "input ProductFilter", "text: String", "words: String"),
        "INPUT_FIELD_REMOVED",
        "ProductFilter.text",
        "Search",
        "products(first",
    ),
    Broken(
        Seed("inventory", "type VariantAvailability", "availableQuantity: Int!", "availableQuantity: String!"),
        "FIELD_CHANGED_TYPE",
        "VariantAvailability.availableQuantity",
        "CartPage",
        "availableQuantity",
    ),
    Broken(
        Seed("inventory", "type Query", "lowStock(first: Int = null", "lowStock(first: ID = null"),
        "ARG_CHANGED_TYPE",
        "Query.lowStock(first:)",
        "AdminDashboard",
        "lowStock(first",
    ),
    Broken(
        Seed("cart", "type Mutation", "cartLineRemove(lineId: ID!", "cartLineRemove(line: ID!"),
        "ARG_REMOVED",
        "Mutation.cartLineRemove(lineId:)",
        "RemoveFromCart",
        "cartLineRemove(lineId",
    ),
    Broken(
        Seed("cart", "type Cart ", "itemCount: Int!", "itemCount: Int"),
        "FIELD_BECAME_NULLABLE",
        "Cart.itemCount",
        "AddToCart",
        "itemCount",
    ),
    Broken(
        Seed("cart", "union CartLineUpdateResult", "CartLineUpdateSuccess | ", ""),
        "TYPE_REMOVED_FROM_UNION",
        "CartLineUpdateResult",
        "UpdateCartLine",
        "... on CartLineUpdateSuccess",
    ),
    Broken(
        Seed("orders", "input CheckoutInput", "email: String = null", "email: String!"),
        "INPUT_FIELD_BECAME_REQUIRED",
        "CheckoutInput.email",
        "Checkout",
        "mutation Checkout($input",
    ),
    Broken(
        Seed("orders", "type Query", "currency: Currency! = USD", "currency: Currency!"),
        "ARG_BECAME_REQUIRED",
        "Query.revenue(currency:)",
        "AdminDashboard",
        "revenue(from",
    ),
    Broken(
        Seed("orders", "type OrderLine ", "  variant: Variant\n", ""),
        "FIELD_REMOVED",
        "OrderLine.variant",
        "OrderHistory",
        "variant {",
    ),
    Broken(
        Seed("orders", "type TotalChanged implements Refusal", " implements Refusal", ""),
        "IMPLEMENTED_INTERFACE_REMOVED",
        "TotalChanged",
        "Checkout",
        "... on Refusal",
    ),
    Broken(
        Seed("payments", "type Payment ", "status: PaymentStatus!", "status: PaymentStatus"),
        "FIELD_BECAME_NULLABLE",
        "Payment.status",
        "OrderHistory",
        "status",
    ),
    Broken(
        Seed("payments", "union PaymentMethod ", "CardPaymentMethod | ", ""),
        "TYPE_REMOVED_FROM_UNION",
        "PaymentMethod",
        "CheckoutPage",
        "... on CardPaymentMethod",
    ),
    Broken(
        Seed("reviews", "type Rating", "average: Float", "mean: Float"),
        "FIELD_REMOVED",
        "Rating.average",
        "ProductPage",
        "average",
    ),
    Broken(
        Seed("reviews", "input ReviewCreateInput", "rating: Int!", "rating: Boolean!"),
        "INPUT_FIELD_CHANGED_TYPE",
        "ReviewCreateInput.rating",
        "WriteReview",
        "mutation WriteReview($input",
    ),
]
SAFE = [
    Seed("users", "type User ", "  phone: String\n", "  phone: String\n  nickname: String\n"),
    Seed("users", "type User ", "  createdAt: DateTime\n", ""),
    Seed("users", "type Mutation", "login(email: String!, ", "login(email: String!, device: String, "),
    Seed("products", "type Product ", "brand: String", 'brand: String @deprecated(reason: "ask the attributes")'),
    Seed("products", "type Query", "  bundle(id: ID!): Bundle\n", ""),
    Seed("products", "enum ProductSort", "{\n", "{\n  RATING\n"),
    Seed("inventory", "type VariantAvailability", "availableQuantity: Int!", "availableQuantity: Int!\n  restockedAt: String"),
    Seed("inventory", "input StockSetInput", "{\n", "{\n  because: String!\n"),
    Seed("cart", "type Mutation", "cartLineRemove(lineId: ID!", "cartLineRemove(lineId: ID"),
    Seed("cart", "union CartLineRemoveResult", " | CartChanged", " | CartChanged | InvalidInput"),
    Seed("orders", "input ShippingAddressInput", "postalCode: String!", "postalCode: String"),
    Seed("orders", "type Revenue ", "averageOrderValue: Money", "averageOrderValue: Money!"),
    Seed("payments", "type Payment ", "  declineCode: String\n", ""),
    Seed("payments", "enum TransactionKind", "{\n", "{\n  DISPUTE\n"),
    Seed("reviews", "type Review ", "  unhelpfulCount: Int!\n", ""),
    Seed("reviews", "input ReviewCreateInput", "rating: Int!", "rating: Float!"),
]  # fmt: skip


@cache
def sources() -> tuple[Source, ...]:
    return tuple(read_config(ROOT / "supergraph.yaml"))


@cache
def before() -> Schema:
    return composed(sources(), "before")


@cache
def operations() -> tuple[Operation, ...]:
    """The operations that the seeds break; what others send may change without a say in these tests."""
    files = sorted({OPERATIONS / f"{broken.operation}.graphql" for broken in BREAKING})
    return tuple(from_documents([(str(file), file.read_text()) for file in files], Sender("shop", "1.0")))


def seeded(seed: Seed) -> list[Source]:
    """The shop's subgraphs with one of them changed."""
    changed = []
    for source in sources():
        sdl = source.sdl
        if source.name == seed.subgraph:
            found = re.search(rf"^{re.escape(seed.within)}.*?(?=\n\n[^ ]|\Z)", sdl, re.MULTILINE | re.DOTALL)
            assert found is not None, f"{seed.subgraph} has no {seed.within}"
            assert seed.this in found[0], f"{seed.within} has no {seed.this}"
            sdl = sdl[: found.start()] + found[0].replace(seed.this, seed.that, 1) + sdl[found.end() :]
        changed.append(Source(source.name, source.url, sdl))
    return changed


def verdict_on(seed: Seed) -> Verdict:
    old, new = before().api, composed(seeded(seed), "after")
    assert new.faults == ()
    assert old is not None
    assert new.api is not None
    found = changes(old, new.api)
    assert found, "the seed changes nothing for clients"
    verdict = judge(found, old, new.api, operations())
    # Whatever else: no operation that is invalid now goes untold.
    invalid = {each.name for each in operations() if validate(new.api, each.document)}
    assert invalid <= {effect.operation.name for judged in verdict.changes for effect in judged.effects}
    return verdict


@pytest.mark.parametrize("broken", BREAKING, ids=lambda broken: f"{broken.coordinate} {broken.kind}")
def test_what_breaks_a_client_is_caught_at_its_line(broken: Broken) -> None:
    verdict = verdict_on(broken.seed)

    told = {
        (judged.change.kind.value, judged.change.coordinate, effect.operation.name): effect
        for judged in verdict.changes
        for effect in judged.effects
    }
    effect = told[broken.kind, broken.coordinate, broken.operation]
    assert effect.severity.value == verdict.severity.value == "breaking"
    assert effect.operation.senders[0].label == "shop@1.0"
    assert Path(effect.place.file).name == f"{broken.operation}.graphql"
    assert Path(effect.place.file).read_text().splitlines()[effect.place.line - 1].strip().startswith(broken.line)
    assert verdict.invalid == ()


@pytest.mark.parametrize(
    "seed", SAFE, ids=lambda seed: f"{seed.subgraph} {seed.within.strip()} {seed.that.strip()}"[:60]
)
def test_what_breaks_no_client_passes(seed: Seed) -> None:
    assert verdict_on(seed).severity.value == "safe"


def test_every_subgraph_is_seeded_both_ways() -> None:
    names = {source.name for source in sources()}

    assert {broken.seed.subgraph for broken in BREAKING} == names
    assert {seed.subgraph for seed in SAFE} == names
