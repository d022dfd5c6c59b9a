"""What comes in at /payments/webhooks/{provider}: taken only when genuine, kept before it is acknowledged, told once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock, now
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.payments import app
from subgraphs.payments.providers.signature import TOLERANCE_S, sign
from subgraphs.payments.routes import BODY_BYTES_MAX

pytestmark = pytest.mark.anyio

OLD, NEW = "the secret of last year", "the secret of this year"
URL = "/payments/webhooks/sandbox"


@pytest.fixture(scope="module")
def clock() -> StoppedClock:
    return StoppedClock(now())


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix, clock) -> AsyncIterator[Client]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}webhooks_",
        sandbox_webhook_secrets=f"{OLD}, {NEW}",
        # Subgraphs answer only the router then; providers do not sign as it does.
        router_secret="r" * 40,
    )
    async with under_test("payments", lambda settings: app.subgraph(settings, clock=clock), settings) as client:
        yield client


def event(name: str, kind: str = "charge.authorized", reference: str | None = "sandbox-nothing") -> bytes:
    return json.dumps({"id": name, "type": kind, "created": 0, "data": {"reference": reference}}).encode()


async def send(payments: Client, body: bytes, signature: str | None = None, url: str = URL) -> httpx.Response:
    headers = {b"sandbox-signature": signature.encode()} if signature is not None else {}
    return await payments.http.post(url, content=body, headers=headers)


async def kept(payments: Client) -> list[Any]:
    async with payments.database.reading() as session:
        rows = await session.execute(text("SELECT * FROM webhook_events ORDER BY position"))
        return list(rows)


async def test_a_genuine_webhook_is_stored_byte_for_byte_before_it_is_acknowledged(payments, clock) -> None:
    body = event("genuine").replace(b": ", b" :  ")

    answer = await send(payments, body, sign(body, [OLD], at=clock()))

    assert (answer.status_code, answer.json()) == (200, {"received": True, "new": True})
    (row,) = [row for row in await kept(payments) if row.event_id == "genuine"]
    assert (bytes(row.payload), row.provider, row.type, row.handled_at) == (body, "sandbox", "charge.authorized", None)


@pytest.mark.parametrize("secrets", [[OLD], [NEW], ["somebody else's", NEW], [OLD, NEW]])
async def test_while_a_secret_is_replaced_both_are_accepted(payments, clock, secrets) -> None:
    body = event(f"rotation {secrets}")

    assert (await send(payments, body, sign(body, secrets, at=clock()))).status_code == 200


async def test_the_same_event_again_is_acknowledged_and_kept_once(payments, clock) -> None:
    body, other = event("twice"), event("twice", kind="charge.voided")

    first = await send(payments, body, sign(body, [NEW], at=clock()))
    again = [await send(payments, each, sign(each, [NEW], at=clock())) for each in (body, other)]

    assert first.json()["new"]
    assert [(answer.status_code, answer.json()["new"]) for answer in again] == [(200, False)] * 2
    assert [bytes(row.payload) for row in await kept(payments) if row.event_id == "twice"] == [body]


async def test_the_same_event_many_times_at_once_is_kept_once(payments, clock) -> None:
    body = event("at once")
    signature = sign(body, [NEW], at=clock())

    answers = await asyncio.gather(*(send(payments, body, signature) for _ in range(8)))

    assert sorted(answer.json()["new"] for answer in answers) == [False] * 7 + [True]


def forged(clock: StoppedClock) -> list[tuple[str, str | None]]:
    body = event("forged")
    right = sign(body, [NEW], at=clock())
    time, _, digest = right.partition(",")
    return [
        ("no signature", None),
        ("an empty one", ""),
        ("somebody else's", sign(body, ["guessed"], at=clock())),
        ("one of another body", sign(event("other"), [NEW], at=clock())),
        ("one of another time", f"t={int(clock().timestamp()) + 1},{digest}"),
        ("no time", digest),
        ("two times", f"{time},{right}"),
        ("no digest", time),
        ("no v1", right.replace("v1=", "v0=")),
        ("words", "t=now,v1=yes"),
        ("digits of another script", right.replace("t=", "t=٣")),
        ("a very long time", f"t={'9' * 40},{digest}"),
        ("hundreds of guesses", ",".join([time, *["v1=" + "0" * 64] * 300])),
        ("from yesterday", sign(body, [NEW], at=clock() - timedelta(days=1))),
        ("a second too old", sign(body, [NEW], at=clock() - timedelta(seconds=TOLERANCE_S + 1))),
        ("of the future", sign(body, [NEW], at=clock() + timedelta(seconds=TOLERANCE_S + 2))),
    ]


@pytest.mark.parametrize("number", range(16))
async def test_what_is_forged_stale_or_half_a_signature_is_refused_and_leaves_nothing(payments, clock, number) -> None:
    _, signature = forged(clock)[number]
    before = len(await kept(payments))

    answer = await send(payments, event("forged"), signature)

    assert answer.status_code == 401
    assert "signature" in answer.json()["error"].lower()
    assert NEW not in answer.text
    assert len(await kept(payments)) == before


async def test_almost_five_minutes_either_way_are_tolerated(payments, clock) -> None:
    for seconds in (1 - TOLERANCE_S, TOLERANCE_S - 1):
        body = event(f"tolerated {seconds}")
        signature = sign(body, [NEW], at=clock() + timedelta(seconds=seconds))
        assert (await send(payments, body, signature)).status_code == 200


async def test_a_recorded_webhook_cannot_be_played_again_later(payments, clock) -> None:
    body = event("replayed")
    recorded = sign(body, [NEW], at=clock())
    assert (await send(payments, body, recorded)).status_code == 200

    clock.advance(seconds=TOLERANCE_S + 1)

    assert (await send(payments, body, recorded)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"{}", b'{"id": 1, "type": "a", "data": {}}', b'{"id": "a", "type": "b", "data": 1}',
     b'{"id": "a", "type": "b", "data": {"reference": 7}}', b"\xff\xfe"],
)  # fmt: skip
async def test_what_is_signed_and_yet_no_webhook_is_refused(payments, clock, body: bytes) -> None:
    before = len(await kept(payments))

    answer = await send(payments, body, sign(body, [NEW], at=clock()))

    assert answer.status_code == 400
    assert len(await kept(payments)) == before


async def test_a_body_larger_than_any_webhook_is_not_read_to_its_end(payments, clock) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 64 * 1024
            yield b" " * 64 * 1024

    answer = await payments.http.post(URL, content=endless(), headers={"sandbox-signature": "t=1,v1=0"})
    exact = event("exact").ljust(BODY_BYTES_MAX)

    assert answer.status_code == 413
    assert (await send(payments, exact, sign(exact, [NEW], at=clock()))).status_code == 200


@pytest.mark.parametrize("provider", ["stripe", "nobody", "%2e%2e"])
async def test_a_provider_that_is_not_set_up_is_not_found(payments, clock, provider) -> None:
    body = event("elsewhere")

    answer = await send(payments, body, sign(body, [NEW], at=clock()), url=f"/payments/webhooks/{provider}")

    assert answer.status_code == 404


async def test_types_nobody_knows_are_acknowledged_and_kept(payments, clock) -> None:
    body = event("customer", kind="customer.created")

    answer = await send(payments, body, sign(body, [NEW], at=clock()))

    assert answer.status_code == 200
    (row,) = [row for row in await kept(payments) if row.event_id == "customer"]
    assert row.handled_at is not None


async def test_a_webhook_needs_no_router_and_no_token_and_is_only_posted(payments) -> None:
    assert (await payments.http.get(URL)).status_code == 405
