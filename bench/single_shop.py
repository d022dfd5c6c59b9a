"""A shop of one service and one database, to compare with: the same sale without federation, sagas, events or peers.

    python -m bench.single_shop DATABASE_URL PORT PIECES

`POST /cart` puts one piece into a new cart, `POST /checkout` buys it in one transaction: a guarded update of the stock,
the order under its idempotency key, its line, its payment. It charges nobody; nothing of it survives a second service.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import ORJSONResponse

SCHEMA = """
CREATE TABLE stock (sku text PRIMARY KEY, available int NOT NULL CHECK (available >= 0), price_minor bigint NOT NULL);
CREATE TABLE carts (id text PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL);
CREATE TABLE orders (
    id text PRIMARY KEY, key text NOT NULL UNIQUE, cart_id text NOT NULL UNIQUE, email text NOT NULL,
    total_minor bigint NOT NULL, status text NOT NULL, placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_lines (order_id text NOT NULL REFERENCES orders, sku text NOT NULL, quantity int NOT NULL);
CREATE TABLE payments (
    id text PRIMARY KEY, order_id text NOT NULL REFERENCES orders, amount_minor bigint NOT NULL, status text NOT NULL
);
"""
# As many connections as all the subgraphs that take part in a checkout have together.
POOL = 32


def shop_of(url: str, pieces: int) -> FastAPI:
    """The whole shop."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=4, max_size=POOL) as pool:
            await pool.execute(SCHEMA)
            await pool.execute("INSERT INTO stock VALUES ('PIECE', $1, 9900)", pieces)
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)

    async def add(request: Request) -> Response:
        cart_id = uuid.uuid4().hex
        await request.app.state.pool.execute("INSERT INTO carts VALUES ($1, 'PIECE', 1)", cart_id)
        return ORJSONResponse({"id": cart_id})

    async def check_out(request: Request) -> Response:
        wish = await request.json()
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            return ORJSONResponse(await _bought(connection, wish))

    app.add_api_route("/cart", add, methods=["POST"])
    app.add_api_route("/checkout", check_out, methods=["POST"])
    return app


async def _bought(connection: Any, wish: dict[str, str]) -> dict[str, str]:
    known = await connection.fetchrow("SELECT id, status FROM orders WHERE key = $1", wish["key"])
    if known is not None:
        return {"order": known["id"], "status": known["status"]}
    cart = await connection.fetchrow("SELECT sku, quantity FROM carts WHERE id = $1 FOR UPDATE", wish["cart"])
    price = await connection.fetchval(
        "UPDATE stock SET available = available - $2 WHERE sku = $1 AND available >= $2 RETURNING price_minor",
        cart["sku"],
        cart["quantity"],
    )
    if price is None:
        return {"status": "StockUnavailable"}
    order_id, total = uuid.uuid4().hex, price * cart["quantity"]
    await connection.execute(
        "INSERT INTO orders VALUES ($1, $2, $3, $4, $5, 'CONFIRMED')",
        order_id, wish["key"], wish["cart"], wish["email"], total,
    )  # fmt: skip
    await connection.execute("INSERT INTO order_lines VALUES ($1, $2, $3)", order_id, cart["sku"], cart["quantity"])
    await connection.execute("INSERT INTO payments VALUES ($1, $2, $3, 'CAPTURED')", uuid.uuid4().hex, order_id, total)
    await connection.execute("DELETE FROM carts WHERE id = $1", wish["cart"])
    return {"order": order_id, "status": "CONFIRMED"}


if __name__ == "__main__":
    uvicorn.run(shop_of(sys.argv[1], int(sys.argv[3])), port=int(sys.argv[2]), log_level="warning", access_log=False)
