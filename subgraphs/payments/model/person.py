"""Whose a payment is, and the ways to pay that people keep: never a card number, never a security code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Boolean, DateTime, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from .states import Base, MethodKind, words


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a payment belongs to, as orders names them: a customer, or the holder of a guest's cart token."""

    key: str

    @classmethod
    def customer(cls, user_id: str) -> Self:
        """A signed-in customer."""
        return cls(f"user:{user_id}")

    @classmethod
    def guest(cls, cart_token: str) -> Self:
        """A guest; only a SHA-256 of the token is kept."""
        return cls(f"guest:{hashlib.sha256(cart_token.encode()).hexdigest()}")


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay as it may be shown and kept: no card number, no security code."""

    kind: MethodKind
    brand: str
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    holder: str | None
    account: str | None


class SavedMethod(Base):
    """A way to pay that a customer keeps. `token` is the provider's name for it; no card number is stored."""

    __tablename__ = "saved_methods"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    kind: Mapped[MethodKind] = mapped_column(words(MethodKind))
    brand: Mapped[str] = mapped_column(Text)
    last4: Mapped[str | None] = mapped_column(Text)
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    holder: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def method(self) -> Method:
        """How it may be shown."""
        return Method(
            kind=self.kind,
            brand=self.brand,
            last4=self.last4,
            exp_month=self.exp_month,
            exp_year=self.exp_year,
            holder=self.holder,
            account=self.account,
        )


class ProviderCustomer(Base):
    """A provider's own name for one of our customers, where it keeps their ways to pay."""

    __tablename__ = "provider_customers"

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)


class ForgottenMethod(Base):
    """A way to pay that is kept no longer here, and still at its provider."""

    __tablename__ = "forgotten_methods"

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    token: Mapped[str] = mapped_column(Text, primary_key=True)
    forgotten_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
