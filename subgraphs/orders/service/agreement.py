"""What a customer agrees to when checking out, and the refusals of what they could not have agreed to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from chassis.countries import COUNTRIES
from chassis.errors import NotFound
from chassis.money import Amount, Money
from chassis.viewer import Viewer
from subgraphs.orders.errors import (
    CartChanged,
    CartEmpty,
    InvalidInput,
    LinesUnavailable,
    StockUnavailable,
    TotalChanged,
)
from subgraphs.orders.model import Address, Owner
from subgraphs.orders.peers import CartSnapshot, Offer
from subgraphs.orders.quote import Bought, Quote

KEY_MAX: Final = 200
TEXT_MAX: Final = 200
# One @, something on both sides, a dot behind it: what is wrong beyond that, only sending a mail can tell.
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")

# As users takes it of an address book.
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{4,28}[0-9]")


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What a customer or guest agreed to. `source` goes to payments as it is and is kept nowhere.

    Where it goes: to the `address`, or to the one the customer keeps as `address_id`.
    """

    cart_id: str
    cart_version: int | None
    expected_total: Amount
    address: Address | None
    address_id: str | None
    email: str | None
    source: Mapping[str, Any]
    key: str

    @property
    def digest(self) -> str:
        """Tells a repeated request from another one under the same key; knows nothing of how it is paid."""
        goes_to = self.address_id if self.address is None else asdict(self.address)
        agreed = [self.cart_id, self.cart_version, str(self.expected_total), goes_to, self.email]
        return hashlib.sha256(orjson.dumps(agreed)).hexdigest()


def owner_of(viewer: Viewer) -> Owner:
    """Whose the order will be. Raises NotFound for somebody with neither an account nor a cart's token."""
    if viewer.user_id is not None:
        return Owner.customer(viewer.user_id)
    if viewer.cart_token is not None:
        return Owner.guest(viewer.cart_token)
    raise NotFound("There is no such cart: send its token as X-Cart-Token, or sign in.", field=("input", "cartId"))


def refuse_mistyped(request: CheckoutRequest, *, is_guest: bool) -> None:
    """Raise InvalidInput for the first field that cannot be right."""
    if not 1 <= len(request.key) <= KEY_MAX:
        raise InvalidInput(f"A key has between 1 and {KEY_MAX} characters.", field=("idempotencyKey",))
    if request.email is None and is_guest:
        raise InvalidInput("Say where to write to: a guest's order needs an email address.", field=("input", "email"))
    if request.email is not None and (len(request.email) > 254 or not _EMAIL.fullmatch(request.email)):
        raise InvalidInput("This is not an email address.", field=("input", "email"))
    if (request.address is None) == (request.address_id is None):
        raise InvalidInput("Say where to send it: an address, or the id of one.", field=("input", "shippingAddress"))
    if request.address is not None:
        _refuse_mistyped_address(request.address)


def _refuse_mistyped_address(address: Address) -> None:
    for name, text in asdict(address).items():
        field = ("input", "shippingAddress", "postalCode" if name == "postal_code" else name)
        if text is None:
            continue
        if not text.strip() and name not in {"line2", "region", "phone"}:
            raise InvalidInput("This is needed to send the order.", field=field)
        if len(text) > TEXT_MAX or not text.isprintable():
            raise InvalidInput(f"At most {TEXT_MAX} characters, in one line.", field=field)
        if name == "phone" and text.strip() and not _PHONE.fullmatch(text.strip()):
            raise InvalidInput("Write the number with its digits, such as +1 555 0100.", field=field)
    if address.country not in COUNTRIES:
        raise InvalidInput(
            "Give the country by its two letters, such as US (ISO 3166).", field=("input", "shippingAddress", "country")
        )


def agreed_cart(request: CheckoutRequest, snapshot: CartSnapshot | None) -> CartSnapshot:
    """The cart, if it is the one the customer looked at. Raises NotFound, CartChanged, CartEmpty."""
    if snapshot is None:
        raise NotFound("There is no such cart.", field=("input", "cartId"))
    if request.cart_version is not None and request.cart_version != snapshot.version:
        raise CartChanged(
            "The cart has changed since: look at it again.",
            field=("input", "cartVersion"),
            cart_version=snapshot.version,
        )
    if not snapshot.quantities:
        raise CartEmpty("There is nothing in the cart.", field=("input", "cartId"))
    return snapshot


def agreed_lines(snapshot: CartSnapshot, offers: Mapping[str, Offer]) -> list[Bought]:
    """The cart's lines at today's names and prices. Raises LinesUnavailable."""
    missing = [sku for sku in snapshot.quantities if sku not in offers]
    if missing:
        raise LinesUnavailable(
            f"No longer for sale: {', '.join(missing)}. Remove them from the cart.",
            field=("input", "cartId"),
            skus=missing,
        )
    return [
        Bought(sku, offers[sku].product_id, offers[sku].name, offers[sku].price, quantity)
        for sku, quantity in snapshot.quantities.items()
    ]


def short_of(snapshot: CartSnapshot, available: Mapping[str, int]) -> list[str]:
    """The SKUs that cannot be had anyway. Whether the rest can be had, only holding it can tell."""
    return [sku for sku, quantity in snapshot.quantities.items() if available.get(sku, 0) < quantity]


def refuse_short(request: CheckoutRequest, short: Sequence[str], quoted: Quote) -> None:
    """Raise StockUnavailable for these SKUs, if any."""
    if short:
        actual = None if quoted.total == request.expected_total else Money.of(quoted.total)
        message = f"There is not enough stock of {', '.join(short)}."
        raise StockUnavailable(message, field=("input", "cartId"), skus=list(short), actual_total=actual)


def refuse_changed_total(request: CheckoutRequest, quoted: Quote) -> None:
    """Raise TotalChanged unless the customer agreed to pay exactly this."""
    total = quoted.total
    if total != request.expected_total:
        raise TotalChanged(
            f"This costs {total} now, not {request.expected_total}.",
            field=("input", "expectedTotal"),
            expected=Money.of(request.expected_total),
            actual=Money.of(total),
        )
