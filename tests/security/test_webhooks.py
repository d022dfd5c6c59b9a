"""Webhooks that the provider did not send: nothing of them is believed, stored or done."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from subgraphs.payments.providers.signature import sign
from tests.security.books import count, text
from tests.security.people import bought, guest_with_cart
from tests.security.premises import WEBHOOK_SECRET, Premises

HEADER = "Sandbox-Signature"


def notice(**changes: Any) -> bytes:
    body = {
        "id": "evt-forged", "type": "charge.captured", "created": 1_700_000_000,
        "data": {"reference": "payment-demo-under_review"}, **changes,
    }  # fmt: skip
    return json.dumps(body).encode()


def send(premises: Premises, body: bytes, signature: str | None, provider: str = "sandbox") -> httpx.Response:
    headers = {} if signature is None else {HEADER: signature}
    url = f"http://127.0.0.1:{premises.port}/payments/webhooks/{provider}"
    return premises.http.post(url, content=body, headers={"Content-Type": "application/json", **headers})


def signed(body: bytes, secret: str = WEBHOOK_SECRET, *, at: datetime | None = None) -> str:
    return sign(body, [secret], at=at or datetime.now(UTC))


def stored(premises: Premises) -> int:
    return count(premises, "payments", "SELECT count(*) FROM webhook_events WHERE event_id LIKE 'evt-forged%'")


NOW = datetime.now(UTC)
FORGERIES = {
    "no signature": (None, 401),
    "nothing for a signature": ("", 401),
    "another secret": (signed(notice(), "another-secret-of-32-characters-or-so"), 401),
    "the secret of the repository": (signed(notice(), "sandbox-webhook-secret"), 401),
    "another body": (signed(notice(type="charge.voided")), 401),
    "a time in the past": (signed(notice(), at=NOW - timedelta(hours=1)), 401),
    "a time in the future": (signed(notice(), at=NOW + timedelta(hours=1)), 401),
    "a time put in": ("t=9999999999," + signed(notice()).partition(",")[2], 401),
    "two times": (f"t=1,{signed(notice())}", 401),
    "a hundred guesses": ("t=1," + ",".join(["v1=00"] * 100), 401),
    "no hex": ("t=1,v1=zz", 401),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_webhook_is_refused_and_not_stored(premises: Premises, forgery: str) -> None:
    signature, status = FORGERIES[forgery]

    answer = send(premises, notice(), signature)

    assert (answer.status_code, stored(premises)) == (status, 0)
    assert WEBHOOK_SECRET not in answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"nonsense", b"\xff\xfe", b"[" * 100_000, notice(data=None), notice(data=[]), notice(id=7),
     notice(id="evt-forged\x00"), notice(type=None), notice(data={"reference": 7})],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_a_webhook_that_makes_no_sense_is_refused_although_it_is_signed(premises: Premises, body: bytes) -> None:
    answer = send(premises, body, signed(body))

    assert (answer.status_code, stored(premises)) == (400, 0)


def test_a_huge_webhook_is_not_read_to_its_end(premises: Premises) -> None:
    body = notice(padding="x" * 1_000_000)

    assert send(premises, body, signed(body)).status_code == 413


@pytest.mark.parametrize("provider", ["stripe", "paypal", "..%2f..%2fgraphql", "sandbox%00"])
def test_a_webhook_of_a_provider_we_have_not_is_refused(premises: Premises, provider: str) -> None:
    assert send(premises, notice(), signed(notice()), provider).status_code == 404


def test_the_same_webhook_counts_once(premises: Premises) -> None:
    body = notice(id="evt-replayed", data={"reference": "nothing-of-ours"})

    assert [send(premises, body, signed(body)).json()["new"] for _ in range(3)] == [True, False, False]


def test_a_signed_webhook_decides_nothing_by_itself(premises: Premises) -> None:
    """What it says is a reason to ask the provider, and the provider's word counts: not the webhook's amount or state."""
    guest, cart = guest_with_cart(premises)
    order = bought(premises, guest, cart)
    payment = order["payments"][0]["id"]
    query = 'query { payment(id: "%s") { status refunded { amount } captured { amount } } }' % payment  # noqa: UP031
    before = premises.ask(guest, query).data["payment"]
    reference = text(premises, "payments", f"SELECT reference FROM payments WHERE id = '{payment}'")
    for kind in ("charge.refunded", "charge.voided", "charge.declined", "refund.succeeded", "made.up"):
        body = notice(
            id=f"evt-{kind}", type=kind, data={"reference": reference, "amount": "999999", "state": "REFUNDED"}
        )
        assert send(premises, body, signed(body)).status_code in (200, 400)

    assert premises.ask(guest, query).data["payment"] == before


def test_the_router_takes_no_webhooks(premises: Premises) -> None:
    url = premises.url.removesuffix("graphql") + "webhooks/sandbox"

    assert premises.http.post(url, content=notice(), headers={HEADER: signed(notice())}).status_code in (404, 405)
