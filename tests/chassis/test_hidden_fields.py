"""A field that is not in the public schema is not told to who asks the subgraph past the router either."""

import json
import time
from typing import Any

import httpx
import pytest
import strawberry

import chassis.context
from chassis.app import Subgraph, create_app
from chassis.database import Database
from chassis.money import Amount, Money
from chassis.schema import SEALED, Schema
from chassis.settings import Settings
from chassis.signature import signature
from chassis.testing import Signer
from chassis.tokens import KnownKeys

pytestmark = pytest.mark.anyio

SECRET = "a secret of the router and its subgraphs"


@strawberry.federation.type(keys=["sku"])
class Item:
    sku: strawberry.ID
    cost: Money | None = strawberry.federation.field(inaccessible=True)

    @strawberry.federation.field(inaccessible=True)
    async def supplier(self) -> str | None:
        return "somebody"

    @strawberry.federation.field(inaccessible=True, metadata=SEALED)
    def stamp(self) -> str | None:
        return "sealed"

    @classmethod
    def resolve_reference(cls, sku: str) -> "Item":
        return cls(sku=strawberry.ID(sku), cost=Money.of(Amount(100)))


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item]:
        return [Item.resolve_reference("A")]


QUERIES = {
    "by root field": "{ items { sku cost { amount } supplier stamp } }",
    "by reference": '{ _entities(representations: [{__typename: "Item", sku: "A"}]) {'
    " ... on Item { sku cost { amount } supplier stamp } } }",
}  # fmt: skip
WHOLE = {"sku": "A", "cost": {"amount": "1.00"}, "supplier": "somebody", "stamp": "sealed"}


async def ask(query: str, *, secret: str | None = None, signed: bool = False, internal: bool = False) -> Any:
    settings = Settings(router_secret=secret)
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    items = Subgraph("items", Schema(query=Query, types=[Item]), database, chassis.context.Context)
    app = create_app([items], settings, keys=KnownKeys(Signer(settings).jwks), background=False)
    body = json.dumps({"query": query}).encode()
    headers = {"content-type": "application/json"}
    if internal:
        headers["x-internal-token"] = settings.internal_token.get_secret_value()
    if signed:
        headers["x-router-signature"] = signature((secret or "").encode(), body, moment=int(time.time()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://items") as http:
        return (await http.post("/items/graphql", content=body, headers=headers)).json()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_a_stranger_is_told_nothing_and_learns_why(query: str):
    answer = await ask(query)

    ((found,),) = answer["data"].values()
    assert found == {"sku": "A", "cost": None, "supplier": None, "stamp": "sealed"}
    assert [(error["path"][-1], error["extensions"]["code"]) for error in answer["errors"]] == [
        ("cost", "FORBIDDEN"), ("supplier", "FORBIDDEN"),
    ]  # fmt: skip
    assert "ROUTER_SECRET" in answer["errors"][0]["message"]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_the_router_and_other_subgraphs_are_told(query: str):
    for answer in (
        await ask(query, secret=SECRET, signed=True),
        await ask(query, internal=True),
        await ask(query, secret=SECRET, internal=True),
    ):
        assert "errors" not in answer
        assert list(answer["data"].values()) == [[WHOLE]]
