"""Who hears of what changes: the same people who may read it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.security.people import Town, add, registered
from tests.security.premises import Person, Premises

ORDER = 'subscription { orderUpdated(id: "%s") { id total { amount } } }'
BY_TOKEN = 'subscription { orderUpdated(token: "%s") { id } }'
CART = "subscription { cartUpdated { id itemCount } }"


@contextmanager
def hearing(premises: Premises, who: Person, query: str) -> Iterator[Iterator[Mapping[str, Any] | None]]:
    """The responses of a subscription as they come through the router; None is its end."""
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json", **who.headers}
    with premises.http.stream("POST", premises.url, json={"query": query}, headers=headers) as response:
        yield events(response.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Mapping[str, Any] | None]:
    for line in lines:
        if line.startswith("data:") and (text := line.removeprefix("data:").strip()):
            yield json.loads(text)
        elif line.startswith("event: complete"):
            break
        elif line.startswith("{"):
            yield json.loads(line)
    yield None


def first(premises: Premises, who: Person, query: str) -> Any:
    """The first thing that is heard, whether by a stream or by a refusal."""
    with hearing(premises, who, query) as heard:
        return next(heard)


@pytest.mark.parametrize(
    ("thing", "hearers"), [("order", {"staff", "owner", "admin"}), ("guest's order", {"guest", "staff", "admin"})]
)
def test_an_order_is_watched_by_who_may_see_it(premises: Premises, town: Town, thing: str, hearers: set[str]) -> None:
    heard = {}
    for who in town.viewers():
        said = first(premises, who, ORDER % town.things[thing])
        heard[who.name] = bool(said and (said.get("data") or {}).get("orderUpdated"))

    assert {name for name, is_heard in heard.items() if is_heard} == hearers


def test_an_order_is_watched_with_its_token_and_no_other(premises: Premises, town: Town) -> None:
    for token, is_shown in ((town.things["guest's order token"], True), ("0" * 64, False)):
        said = first(premises, town.anonymous, BY_TOKEN % token)

        assert bool(said and (said.get("data") or {}).get("orderUpdated")) is is_shown


def test_a_cart_is_watched_by_its_owner_alone(premises: Premises, town: Town) -> None:
    heard = {}
    for who in (town.other, town.guest, town.owner, town.admin, town.anonymous):
        said = first(premises, who, CART)
        heard[who.name] = ((said or {}).get("data") or {}).get("cartUpdated") or {}

    assert heard["owner"]["id"] == town.things["cart"]
    assert heard["guest"]["id"] == town.things["guest's cart"]
    assert heard["anonymous"] == {}
    assert {heard[name].get("id") for name in ("other", "admin")} & {
        heard["owner"]["id"],
        heard["guest"]["id"],
    } == set()


def test_how_many_there_are_of_what_is_not_listed_is_not_watched(premises: Premises, town: Town) -> None:
    """Strangers hear of a draft what they hear of a SKU that nobody has."""
    sku = town.things["draft SKU"]
    counted = (
        'mutation($sku: String!) { stockSet(input: {sku: $sku, warehouseId: "wh-east", onHand: 7}) { __typename } }'
    )
    assert premises.ask(town.admin, counted, {"sku": sku}).data["stockSet"]["__typename"] == "StockSetSuccess"
    query = 'subscription { availabilityChanged(skus: ["%s"]) { availability { status availableQuantity } } }'

    for who in (town.anonymous, town.other):
        heard = [first(premises, who, query % each)["data"]["availabilityChanged"] for each in (sku, "NO-SUCH-SKU")]
        assert heard[0] == heard[1]
    (known,) = first(premises, town.admin, query % sku)["data"]["availabilityChanged"]
    assert known["availability"]["availableQuantity"] == 7


def test_who_signs_out_hears_no_more(premises: Premises) -> None:
    who, _ = registered(premises)
    add(premises, who)
    with hearing(premises, who, CART) as heard:
        assert next(heard)["data"]["cartUpdated"]["itemCount"] == 1  # type: ignore[index]
        premises.ask(who, "mutation { logout(everywhere: true) { __typename } }")
        # Another device of theirs goes on.
        again = premises.with_claims(premises.user_of(who))
        add(premises, again)

        said = next(heard)

    assert said is None or not (said.get("data") or {}).get("cartUpdated")


@pytest.mark.parametrize("token", ["x.y.z", "not-a-token"])
def test_a_flawed_token_hears_nothing(premises: Premises, token: str) -> None:
    said = first(premises, Person("attacker", {"Authorization": f"Bearer {token}"}), CART)

    assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
