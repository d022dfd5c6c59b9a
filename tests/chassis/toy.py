"""A subgraph as small as can be, with everything in it that goes wrong."""

import asyncio
from dataclasses import dataclass
from typing import Any, Self

import strawberry

import chassis.context
from chassis.app import Subgraph
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound, RefusalCode, Refused, Unavailable
from chassis.loaders import loader
from chassis.money import Amount, Money
from chassis.refusals import mutation
from chassis.schema import Schema, reference


class Broken(Refused):
    """It broke."""

    code = RefusalCode.UNAVAILABLE
    price: Money


class Loads:
    """A loader that remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

        async def by_ids(ids: list[str]) -> dict[str, str]:
            self.batches.append(ids)
            return {id: f"toy {id}" for id in ids if not id.startswith("gone")}

        self.names = loader(by_ids)


@dataclass(frozen=True)
class Context(chassis.context.Context):
    loads: Loads


Info = strawberry.Info[Context, None]


@strawberry.federation.interface(keys=["id"])
class Thing:
    id: strawberry.ID

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> "Toy | None":
        return await Toy.resolve_reference(info, id)


@strawberry.federation.type(keys=["id", "serialNumber"])
class Toy(Thing):
    serial_number: str
    name: str
    weight: str | None = strawberry.federation.field(external=True, default=None)

    @strawberry.federation.field(requires=["weight"])
    def shipping(self) -> str | None:
        return f"for {self.weight}"

    @strawberry.federation.field(requires_scopes=[["toys:read", "toys:all"], ["toys:admin"]])
    def secret(self) -> str | None:
        return "secret"

    @strawberry.federation.field(authenticated=True)
    def personal(self) -> str | None:
        return "personal"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("password=hunter2")

    @classmethod
    async def resolve_reference(
        cls, info: Info, id: str | None = None, serial_number: str | None = None, weight: Any = None
    ) -> Self | None:
        if id == "boom":
            raise RuntimeError("password=hunter2")
        name = await info.context.loads.names.load(id or serial_number or "gone")
        if name is None:
            return None
        return cls(id=strawberry.ID(id or ""), serial_number=serial_number or "", name=name, weight=str(weight))


@strawberry.federation.type(keys=["id"])
class Needy:
    id: strawberry.ID

    @classmethod
    def resolve_reference(cls, id: str, size: dict[str, Any]) -> Self:
        size["changed"] = True
        return cls(id=strawberry.ID(id))


@strawberry.federation.type(keys=[reference("sku")])
class Elsewhere:
    sku: str


@strawberry.federation.type(authenticated=True)
class Private:
    value: str = "value"


@strawberry.type
class Query:
    toys: list[Toy] = strawberry.field(resolver=lambda: [Toy(id=strawberry.ID("1"), serial_number="1", name="one")])
    private: Private | None = strawberry.field(resolver=Private)
    needy: Needy | None = None
    elsewhere: Elsewhere | None = None

    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def count(self, n: int) -> int:
        return n

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def refused(self) -> str | None:
        raise InvalidInput("Write it differently.", field=("a", "b"))

    @strawberry.field
    def down(self) -> str | None:
        raise Unavailable("The weather did not answer.", service="weather")

    @strawberry.field
    def missing(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    async def slow(self) -> str | None:
        await asyncio.Event().wait()
        return None

    @strawberry.field
    def who(self, info: Info) -> str:
        viewer = info.context.viewer
        return f"{viewer.user_id} {viewer.cart_token} {viewer.internal}"


@strawberry.type
class MendSuccess:
    name: str


@strawberry.type
class Mutation:
    @mutation(refuses=(Broken, NotFound))
    async def mend_it(self, how: str) -> MendSuccess:
        """Mend it."""
        match how:
            case "break":
                raise Broken("It broke.", field=("how",), price=Money.of(Amount(1999)))
            case "lose":
                raise NotFound("It is lost.")
            case "mistype":
                raise InvalidInput("Not listed here.", field=("how",))
            case "crash":
                raise RuntimeError("password=hunter2")
            case _:
                return MendSuccess(name=how)


def subgraph(database: Database, loads: Loads | None = None) -> Subgraph:
    return Subgraph(
        name="toys",
        schema=Schema(query=Query, mutation=Mutation),
        database=database,
        context=lambda viewer: Context(viewer=viewer, loads=loads or Loads()),
    )
