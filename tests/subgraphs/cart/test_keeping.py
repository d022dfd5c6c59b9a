"""How long carts are kept: customers' as long as the customer, guests' until they are abandoned."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import StoppedClock, now
from chassis.hints import Hints
from chassis.live import InProcessLive
from chassis.peers import peer
from chassis.testing import Client
from subgraphs.cart import store
from subgraphs.cart.model import Cart
from subgraphs.cart.peers import Catalogue
from subgraphs.cart.service import DELETED_AT_ONCE, Carts
from subgraphs.users.events import UserDeleted
from tests.subgraphs.cart.conftest import MERGE, envelope_of, guest, hear, pieces, put

pytestmark = pytest.mark.anyio


async def carts_in(client: Client, days: float) -> Carts:
    """The use-cases as they are so many days from now."""
    catalogue = Catalogue(peer("products", client.settings), peer("inventory", client.settings))
    return Carts(
        client.database,
        catalogue,
        Hints(InProcessLive()),
        timedelta(days=client.settings.cart_retention_days),
        StoppedClock(now() + timedelta(days=days)),
    )


async def test_a_guests_cart_goes_when_it_is_abandoned_and_a_customers_stays(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", user=user)

    early = await (await carts_in(cart, 29.9)).delete_abandoned()
    kept = await pieces(cart, **guest(token))
    late = await (await carts_in(cart, 30.1)).delete_abandoned()

    assert (early, kept) == (0, {"LAPTOP": 1})
    assert late >= 1
    assert await pieces(cart, **guest(token)) == {}
    assert await pieces(cart, user=user) == {"MOUSE": 1}


async def test_every_abandoned_cart_goes_however_many_and_their_lines_with_them(cart: Client) -> None:
    await (await carts_in(cart, 31)).delete_abandoned()
    count = DELETED_AT_ONCE + 1
    of_carts = """
        INSERT INTO carts (id, token_digest, version, created_at, updated_at)
        SELECT 'old-' || n, encode(sha256(('old-' || n)::bytea), 'hex'), 2, now(), now() FROM generate_series(1, :count) n
    """
    of_lines = """
        INSERT INTO cart_lines SELECT 'line-' || id, id, 'MOUSE', 'prod-mouse', 1, 1, 'USD', now(), 2 FROM carts
        WHERE id LIKE 'old-%'
    """
    async with cart.database.transaction() as session:
        await session.execute(text(of_carts), {"count": count})
        await session.execute(text(of_lines))

    assert await (await carts_in(cart, 31)).delete_abandoned() == count

    async with cart.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM cart_lines WHERE cart_id LIKE 'old-%'")) == 0


async def test_where_a_merged_cart_went_is_remembered_as_long_as_it_would_have_been_kept(
    cart: Client, user: str
) -> None:
    remembered = text(
        "SELECT count(*) FROM merged_carts WHERE cart_id IN (SELECT id FROM carts WHERE customer_id = :user)"
    )

    async def count() -> int:
        async with cart.database.reading() as session:
            return int(await session.scalar(remembered, {"user": user}) or 0)

    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", user=user)
    await cart.ask(MERGE, user=user, **guest(token))
    before = await count()
    await (await carts_in(cart, 31)).delete_abandoned()

    assert (before, await count()) == (1, 0)


async def test_a_persons_cart_goes_with_their_account(cart: Client, user: str) -> None:
    await put(cart, "LAPTOP", user=user)
    await put(cart, "LAPTOP", user=f"{user}-other")
    event = envelope_of("users", UserDeleted(user))

    await hear(cart, event)
    await hear(cart, event)

    assert await pieces(cart, user=user) == {}
    assert await pieces(cart, user=f"{user}-other") == {"LAPTOP": 1}


async def test_a_cart_that_is_deleted_while_it_is_opened_is_made_anew(
    cart: Client, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_before = (await put(cart, "LAPTOP", user=user))["cart"]["id"]
    look = store.owned_for_update

    async def look_after_it_was_deleted(session: AsyncSession, **owner: str | None) -> Cart | None:
        monkeypatch.setattr(store, "owned_for_update", look)
        await hear(cart, envelope_of("users", UserDeleted(user)))
        return await look(session, **owner)

    monkeypatch.setattr(store, "owned_for_update", look_after_it_was_deleted)
    async with cart.database.transaction() as session:
        opened = await store.open_for_update(session, Cart.empty(customer_id=user, at=now()))

    assert opened.id != found_before
    assert (await cart.ask("{ cart { id } }", user=user)).data == {"cart": {"id": opened.id}}


async def test_somebody_without_a_cart_leaves_none(cart: Client, user: str) -> None:
    await hear(cart, envelope_of("users", UserDeleted(user)))

    assert await pieces(cart, user=user) == {}
