"""Who is in the shop, and what is theirs: six kinds of viewers, and one of everything that somebody owns."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.buying import until
from tests.journeys.shop import lasting
from tests.security.premises import ANONYMOUS, Person, Premises

VIEWERS = ("anonymous", "other", "guest", "staff", "owner", "admin")
STAFF_SCOPES = "orders:read inventory:read"
CARD = "4242424242424242"
ADD = """mutation($sku: String!, $quantity: Int! = 1) { cartLineAdd(sku: $sku, quantity: $quantity) { __typename
  ... on CartLineAddSuccess { cart { id token version subtotal { amount currency } lines { id } } }
  ... on Refusal { code message field } } }"""
CHECKOUT = """mutation($input: CheckoutInput!, $key: String!) { checkout(input: $input, idempotencyKey: $key) { __typename
  ... on CheckoutSuccess { order { id token status total { amount currency } lines { id } payments { id } } }
  ... on Refusal { code message field } } }"""
ADDRESS = {
    "name": "Gwen Guest", "line1": "2 Market Street", "city": "Springfield", "region": "IL",
    "postalCode": "62701", "country": "US",
}  # fmt: skip


@dataclass
class Town:
    """Everybody, and the ids and tokens of what is theirs. The owner is the demo's customer, the other is Bob."""

    premises: Premises
    anonymous: Person
    other: Person
    guest: Person
    staff: Person
    owner: Person
    admin: Person
    things: dict[str, str] = field(default_factory=dict)

    def viewers(self) -> list[Person]:
        return [getattr(self, name) for name in VIEWERS]


def checkout_input(cart: dict[str, Any], *, card: str = CARD, **changes: Any) -> dict[str, Any]:
    """A checkout of this cart for what it costs."""
    return {
        "cartId": cart["id"],
        "cartVersion": cart["version"],
        "expectedTotal": cart["subtotal"],
        "email": "gwen@example.org",
        "shippingAddress": ADDRESS,
        "payment": {"card": {"number": card, "expMonth": 12, "expYear": 2039, "cvc": "123"}},
        **changes,
    }


def add(premises: Premises, who: Person, sku: str = "MOUSE-001", quantity: int = 1) -> dict[str, Any]:
    added = premises.ask(who, ADD, {"sku": sku, "quantity": quantity}).data["cartLineAdd"]
    assert added["__typename"] == "CartLineAddSuccess", added
    cart: dict[str, Any] = added["cart"]
    return cart


def guest_with_cart(premises: Premises, sku: str = "MOUSE-001") -> tuple[Person, dict[str, Any]]:
    """A guest of their own, and the cart they hold a token of."""
    cart = add(premises, ANONYMOUS, sku)
    return Person("guest", {"X-Cart-Token": cart["token"]}), cart


def bought(premises: Premises, who: Person, cart: dict[str, Any]) -> dict[str, Any]:
    bought = premises.ask(who, CHECKOUT, {"input": checkout_input(cart), "key": uuid.uuid4().hex}).data["checkout"]
    assert bought["__typename"] == "CheckoutSuccess", bought
    order: dict[str, Any] = bought["order"]
    return order


def registered(premises: Premises, email: str | None = None, **more: Any) -> tuple[Person, dict[str, Any]]:
    """Somebody new, signed in, with their tokens."""
    query = """mutation($input: RegisterInput!) { register(input: $input) { __typename
      ... on RegisterSuccess { user { id email } tokens { accessToken refreshToken } }
      ... on Refusal { code message field } } }"""
    given = {
        "email": email or f"{uuid.uuid4().hex}@example.org", "password": "correct horse battery staple",
        "firstName": "Nora", "lastName": "Newcomer", **more,
    }  # fmt: skip
    made = premises.ask(ANONYMOUS, query, {"input": given}).data["register"]
    assert made["__typename"] == "RegisterSuccess", made
    return Person("newcomer", {"Authorization": f"Bearer {made['tokens']['accessToken']}"}), made


def settle(premises: Premises) -> dict[str, dict[str, Any]]:
    """Sign everybody in, and give each what is theirs. Answers what another test process needs to find them."""
    guest, guests_cart = guest_with_cart(premises)
    guests_order = bought(premises, guest, guests_cart)
    # The guest goes on with an empty cart.
    until(lambda: premises.ask(guest, "{ cart { itemCount } }").data["cart"], lambda cart: cart["itemCount"] == 0)
    guests_cart = add(premises, guest, "SPEAKER-001")
    owner = premises.signed_in("customer@ecommerce.local", "customer123")
    admin = premises.signed_in("admin@ecommerce.local", "admin123")
    owners_cart = add(premises, owner)
    for asker, mutation in ((owner, PROFILE), (owner, BELL), (admin, REJECTION)):
        assert "Success" in json.dumps(premises.ask(asker, mutation).data)
    lines = premises.ask(owner, '{ order(id: "order-demo-confirmed") { lines { id } } }').data["order"]["lines"]
    draft, deleted = (
        premises.ask(admin, DRAFT, {"input": draft_input(name)}).data["productCreate"]["product"]
        for name in ("secret", "deleted")
    )
    premises.ask(admin, 'mutation { productDelete(id: "%s", version: 1) { __typename } }' % deleted["id"])  # noqa: UP031
    people = {
        "anonymous": ANONYMOUS,
        "other": premises.signed_in("bob@ecommerce.local", "customer123"),
        "guest": guest,
        "staff": premises.with_claims("user-carol", scope=STAFF_SCOPES),
        "owner": owner,
        "admin": admin,
    }
    things = {
        "cart": owners_cart["id"],
        "cart line": owners_cart["lines"][0]["id"],
        "order": "order-demo-confirmed",
        "order line": lines[0]["id"],
        "payment": "payment-demo-confirmed",
        "guest's cart": guests_cart["id"],
        "guest's cart line": guests_cart["lines"][0]["id"],
        "guest's order": guests_order["id"],
        "guest's order line": guests_order["lines"][0]["id"],
        "guest's order token": guests_order["token"],
        "guest's payment": guests_order["payments"][0]["id"],
        "draft": draft["id"],
        "draft slug": draft["slug"],
        "draft SKU": draft["variants"][0]["sku"],
        "draft variant": draft["variants"][0]["id"],
        "deleted": deleted["id"],
    }
    headers = {name: dict(person.headers) for name, person in people.items()}
    for each in headers.values():
        if "Authorization" in each:
            each["Authorization"] = lasting(each["Authorization"], premises.signing_key)
    return {"people": headers, "things": things}


def town_of(premises: Premises, facts: dict[str, dict[str, Any]]) -> Town:
    """The people that `settle` told of."""
    people = {name: Person(name, headers) for name, headers in facts["people"].items()}
    return Town(premises, **people, things=facts["things"])


PROFILE = 'mutation { updateProfile(input: {phone: "+1 555 0100"}) { __typename } }'
BELL = """mutation { addressUpdate(id: "address-customer", input: {
  name: "Casey Customer", line1: "2 Market Street", line2: "Back door", city: "Springfield", region: "IL"
  postalCode: "62701", country: "US", phone: "+1 555 0100" }) { __typename } }"""
REJECTION = """mutation { reviewModerate(input: {id: "review-demo-004", decision: REJECT, note: "Please be kind."}) {
  __typename } }"""
DRAFT = """mutation($input: ProductCreateInput!) { productCreate(input: $input) { __typename
  ... on ProductCreateSuccess { product { id slug variants { id sku } } } ... on Refusal { message field } } }"""


def draft_input(name: str) -> dict[str, Any]:
    """A product of which everything is known and nothing is told."""
    return {
        "typeId": "type-device", "categoryId": "cat-audio", "slug": f"{name}-speaker", "name": "Speaker", "brand": "Quiet",
        "variants": [{
            "sku": f"{name.upper()}-001", "name": "Speaker", "basePrice": {"amount": "99.00", "currency": "USD"},
            "costPrice": {"amount": "9.00", "currency": "USD"}, "weightGrams": 100,
            "dimensions": {"lengthMm": 1, "widthMm": 1, "heightMm": 1},
        }],
    }  # fmt: skip
