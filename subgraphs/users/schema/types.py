"""People, addresses, sessions and wishlists as the graph shows them.

A person's display name is public. Everything else on User answers null to anybody but that person, an admin, and other
subgraphs, whether it is reached by `me`, `user`, or `_entities`.
"""

from datetime import datetime
from typing import Self

import strawberry

from chassis.connection import Connection, Edge
from chassis.schema import reference
from subgraphs.users.model import AddressRow, SessionRow, UserRow, WishRow
from subgraphs.users.schema.context import Info, may_see


@strawberry.federation.interface_object(keys=[reference("id")], description="Something the catalogue sells.")
class CatalogItem:
    """Products owns it; here it is only pointed at."""

    id: strawberry.ID


@strawberry.federation.type(keys=[reference("sku")])
class Variant:
    """Products owns it; here it is only pointed at."""

    sku: str


@strawberry.federation.type(keys=["id"], description="Where somebody lives or works.")
class Address:
    """Answers null to anybody but its owner, admins and other subgraphs."""

    id: strawberry.ID
    name: str = strawberry.field(description="Who receives what is sent here.")
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str
    country: str = strawberry.field(description="ISO 3166-1 code of two letters.")
    phone: str | None
    is_default: bool

    @classmethod
    def of(cls, row: AddressRow) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            line1=row.line1,
            line2=row.line2,
            city=row.city,
            region=row.region,
            postal_code=row.postal_code,
            country=row.country,
            phone=row.phone,
            is_default=row.is_default,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Self | None:
        """An address by reference."""
        row = await info.context.loaders.address.load(id)
        return cls.of(row) if row is not None and may_see(info, row.user_id) else None


@strawberry.type(description="One sign-in on one device.")
class Session:
    """Shown to its owner."""

    id: strawberry.ID
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    is_current: bool = strawberry.field(description="Whether this request was made in it.")

    @classmethod
    def of(cls, row: SessionRow, info: Info) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            created_at=row.created_at,
            used_at=row.used_at,
            expires_at=row.expires_at,
            is_current=row.id == info.context.viewer.session_id,
        )


@strawberry.type(description="Something somebody would like to have.")
class WishlistItem:
    """A wish."""

    id: strawberry.ID
    added_at: datetime
    item: CatalogItem | None = strawberry.field(description="Null once the catalogue does not have it any more.")
    variant: Variant | None

    @classmethod
    def of(cls, row: WishRow) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            added_at=row.added_at,
            item=CatalogItem(id=strawberry.ID(row.item_id)),
            variant=Variant(sku=row.sku) if row.sku else None,
        )


@strawberry.type(description="What somebody would like to have, newest first.")
class Wishlist:
    """A person's wishes."""

    owner: "User"

    @strawberry.field
    async def items(self, info: Info) -> list[WishlistItem]:
        return [WishlistItem.of(row) for row in await info.context.loaders.wishes_of.load(self.owner.id)]

    @strawberry.field(description="The token of the link this list is shared under; null while it is not.")
    async def share_token(self, info: Info) -> str | None:
        return await info.context.loaders.link_of.load(self.owner.id) if may_see(info, self.owner.id) else None


@strawberry.federation.type(keys=["id"], description="A person with an account.")
class User:
    """Fields beside id and displayName are null unless the viewer may see them."""

    id: strawberry.ID
    row: strawberry.Private[UserRow]
    # Signing in proves who somebody is before the next request carries the token.
    proved: strawberry.Private[bool] = False

    @classmethod
    def of(cls, row: UserRow, *, proved: bool = False) -> Self:
        """Show a row; `proved` when this very request showed that the viewer is this person."""
        return cls(id=strawberry.ID(row.id), row=row, proved=proved)

    def shows_all_to(self, info: Info) -> bool:
        """Whether the private fields answer."""
        return self.proved or may_see(info, self.id)

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Self | None:
        """A person by reference."""
        row = await info.context.loaders.user.load(id)
        return cls.of(row) if row is not None else None

    @strawberry.federation.field(
        shareable=True, tags=["storefront"], description="The name anybody may see, such as Ada L."
    )
    def display_name(self) -> str:
        return self.row.display_name

    @strawberry.field
    def email(self, info: Info) -> str | None:
        return self.row.email if self.shows_all_to(info) else None

    @strawberry.field(description="Whether the address is proved to be this person's.")
    def email_verified(self, info: Info) -> bool | None:
        return self.row.email_verified_at is not None if self.shows_all_to(info) else None

    @strawberry.field
    def first_name(self, info: Info) -> str | None:
        return self.row.first_name if self.shows_all_to(info) else None

    @strawberry.field
    def last_name(self, info: Info) -> str | None:
        return self.row.last_name if self.shows_all_to(info) else None

    @strawberry.field
    def phone(self, info: Info) -> str | None:
        return self.row.phone if self.shows_all_to(info) else None

    @strawberry.field
    def roles(self, info: Info) -> list[str] | None:
        return list(self.row.roles) if self.shows_all_to(info) else None

    @strawberry.field
    def created_at(self, info: Info) -> datetime | None:
        return self.row.created_at if self.shows_all_to(info) else None

    @strawberry.field(description="The default first, then the oldest.")
    async def addresses(self, info: Info) -> list[Address] | None:
        if not self.shows_all_to(info):
            return None
        return [Address.of(row) for row in await info.context.loaders.addresses_of.load(self.id)]

    @strawberry.field
    async def default_address(self, info: Info) -> Address | None:
        if not self.shows_all_to(info):
            return None
        rows = await info.context.loaders.addresses_of.load(self.id)
        return next((Address.of(row) for row in rows if row.is_default), None)

    @strawberry.field(description="Sign-ins that still work, the last used first.")
    async def sessions(self, info: Info) -> list[Session] | None:
        if not self.shows_all_to(info):
            return None
        return [Session.of(row, info) for row in await info.context.loaders.sessions_of.load(self.id)]

    @strawberry.field
    def wishlist(self, info: Info) -> Wishlist | None:
        return Wishlist(owner=self) if self.shows_all_to(info) else None


@strawberry.type
class UserEdge(Edge[User]):
    """A person in a list."""


@strawberry.type
class UserConnection(Connection[UserEdge]):
    """A page of people."""

    text: strawberry.Private[str | None]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        return await info.context.administration.count(text=self.text)
