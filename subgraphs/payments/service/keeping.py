"""Keeping a way to pay for a customer, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import new_id
from subgraphs.payments import store
from subgraphs.payments.model import SavedMethod
from subgraphs.payments.providers.port import Kept

SAVED_MAX: Final = 20


async def keep(
    session: AsyncSession, customer_id: str, provider: str, kept: Kept, *, at: datetime, default: bool = False
) -> SavedMethod | None:
    """The customer's saved method, made unless it is kept already; their first one is their default.

    None when they keep SAVED_MAX already. The same card typed again replaces the provider's token of the one before.
    """
    await store.lock_customer(session, customer_id)
    known = (await store.saved_methods(session, [customer_id])).get(customer_id, [])
    same = next(
        (each for each in known if each.provider == provider and (each.token == kept.token or _alike(each, kept))), None
    )
    if same is not None:
        same.token = kept.token
    elif len(known) >= SAVED_MAX:
        return None
    else:
        method = kept.method
        same = SavedMethod(
            id=new_id(),
            customer_id=customer_id,
            provider=provider,
            kind=method.kind,
            brand=method.brand,
            last4=method.last4,
            exp_month=method.exp_month,
            exp_year=method.exp_year,
            holder=method.holder,
            account=method.account,
            token=kept.token,
            is_default=not known,
            created_at=at,
        )
        await store.add_method(session, same)
    if default and not same.is_default:
        await store.make_default(session, same)
    return same


def _alike(saved: SavedMethod, kept: Kept) -> bool:
    ours, theirs = saved.method, kept.method
    return theirs.last4 is not None and ours == theirs
