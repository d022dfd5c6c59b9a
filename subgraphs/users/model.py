"""The tables of users, with the transitions that need no database: sessions, tokens sent by mail, sign-in delays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from subgraphs.users.errors import SessionEnded

CUSTOMER = "customer"
ADMIN = "admin"

# What a role may do: the scopes signed into a token. Only `userRolesSet` writes roles, and nobody their own.
SCOPES_OF_ROLE: Mapping[str, frozenset[str]] = {
    CUSTOMER: frozenset(),
    ADMIN: frozenset({
        "users:read", "users:write", "products:write", "inventory:read", "inventory:write",
        "orders:read", "orders:write", "payments:read", "payments:write", "reviews:moderate",
    }),
}  # fmt: skip

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=7)
# Two tabs may refresh with the same token at the same moment; after this a second use is theft.
REUSE_GRACE = timedelta(seconds=10)

# What was sent by mail is good once, and not for long.
RESET_LIFETIME = timedelta(hours=1)
VERIFICATION_LIFETIME = timedelta(hours=24)

# The policy of people whose address is proved to be theirs, in tokens and in the schema.
VERIFIED_EMAIL = "verified_email"
FORMER_CUSTOMER = "Former customer"

ADDRESSES_MAX = 50
WISHES_MAX = 200


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything these roles together may do."""
    return frozenset(scope for role in roles for scope in SCOPES_OF_ROLE.get(role, ()))


def digest(secret: str) -> str:
    """How refresh tokens and link tokens are kept at rest: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Base(DeclarativeBase):
    """The tables of this subgraph."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, list[str]: ARRAY(Text)}  # noqa: RUF012


class UserRow(Base):
    """A person. `email` is normalised and unique; an erased person keeps the id and nothing else."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    display_name: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str | None]
    roles: Mapped[list[str]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    email_verified_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def policies(self) -> list[str]:
        """The policies signed into this person's tokens."""
        return [VERIFIED_EMAIL] if self.email_verified_at is not None else []

    def erase(self, moment: datetime) -> None:
        """Keep the id, which orders point at, and nothing that says who it was."""
        self.email = self.password_hash = self.phone = self.email_verified_at = None
        self.first_name = self.last_name = ""
        self.display_name = FORMER_CUSTOMER
        self.roles = []
        self.updated_at = self.erased_at = moment


class IdentityRow(Base):
    """Somebody another issuer vouches for, and who that is here. An erased person's identity keeps when that was."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class MailedTokenRow(Base):
    """A token sent to an address, by its digest: it proves that whoever brings it reads that address's mails."""

    __tablename__ = "mailed_tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    email: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    def is_good(self, moment: datetime) -> bool:
        """Whether it may be used now, for the first time."""
        return self.used_at is None and moment < self.expires_at


class ResetRequestRow(Base):
    """Somebody says they forgot the password of an address; whether anybody has it is looked up afterwards."""

    __tablename__ = "reset_requests"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    requested_at: Mapped[datetime]


class AddressRow(Base):
    """Where a person lives or works. At most one of a person's addresses is the default."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("addresses_one_default", "user_id", unique=True, postgresql_where="is_default"),
        Index("addresses_of_user", "user_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    postal_code: Mapped[str]
    country: Mapped[str]
    phone: Mapped[str | None]
    is_default: Mapped[bool]
    created_at: Mapped[datetime]


class SessionRow(Base):
    """One sign-in on one device: the family of the refresh tokens descending from it."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(index=True)
    address: Mapped[str | None]

    def refuse_unless_live(self, moment: datetime) -> None:
        """Raise SessionEnded when it was signed out or has run out."""
        if self.revoked_at is not None or self.expires_at <= moment:
            raise SessionEnded("This session has ended: sign in again.")

    def use(self, moment: datetime) -> None:
        """Stay signed in for another REFRESH_LIFETIME."""
        self.used_at = moment
        self.expires_at = moment + REFRESH_LIFETIME

    def revoke(self, moment: datetime) -> None:
        """End it; a second time changes nothing."""
        self.revoked_at = self.revoked_at or moment


class RefreshTokenRow(Base):
    """A refresh token, by its digest; good for one use."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    def is_replayed(self, moment: datetime) -> bool:
        """Whether using it now is a second use that no second tab explains."""
        return self.used_at is not None and moment - self.used_at > REUSE_GRACE


class WishRow(Base):
    """One wish: an item of the catalogue, perhaps in one variant."""

    __tablename__ = "wishes"
    __table_args__ = (Index("wishes_once", "user_id", "item_id", "sku", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    item_id: Mapped[str]
    # Empty for the item as a whole, so that the unique index sees it.
    sku: Mapped[str]
    added_at: Mapped[datetime]


class WishlistLinkRow(Base):
    """The link under which a person shares their wishlist."""

    __tablename__ = "wishlist_links"

    token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime]


class AttemptsRow(Base):
    """What one account or one network address tried lately, by a digest of which."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Delay:
    """Attempts up to `free` cost nothing; then a wait of `first`, doubling with each further one up to `longest`."""

    free: int
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(hours=1)

    def after(self, attempts: int) -> timedelta:
        """How long the next attempt must wait after so many in a row."""
        if attempts < self.free:
            return timedelta(0)
        doublings: int = 2 ** min(attempts - self.free, 20)
        return min(self.first * doublings, self.longest)


# A household or an office shares an address, so it may mistype more often than a person.
ACCOUNT_DELAY = Delay(free=5)
ADDRESS_DELAY = Delay(free=20)
# Mails to one inbox: three at once, then one a minute and ever fewer.
INBOX_DELAY = Delay(free=3, first=timedelta(minutes=1), longest=timedelta(hours=1), forgotten_after=timedelta(hours=6))
