"""The subgraph `orders` as others would write it: Strawberry, with nothing of this house."""

from collections.abc import AsyncIterator

import strawberry


@strawberry.federation.type(keys=["id"])
class User:
    id: strawberry.ID


@strawberry.federation.type(keys=["id"])
class Order:
    id: strawberry.ID
    status: str
    buyer: User


@strawberry.type
class Query:
    orders: list[Order]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def order_updated(self, id: strawberry.ID) -> AsyncIterator[Order]:
        for number, status in enumerate(("PENDING", "CONFIRMED")):
            yield Order(id=id, status=status, buyer=User(id=strawberry.ID(str(number + 3))))


schema = strawberry.federation.Schema(query=Query, subscription=Subscription)
