"""What may be tried how often: each attempt is counted before it is made, so that no two slip through together."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from subgraphs.users import store
from subgraphs.users.errors import TooManyAttempts
from subgraphs.users.model import ACCOUNT_DELAY, ADDRESS_DELAY, INBOX_DELAY, Delay, digest

# A household has a whole network of this size, and can take another address of it for every attempt.
_IPV6_PREFIX = 64

Delays = Mapping[str, Delay]


class Attempts:
    """Counts attempts by account, by inbox and by network address, in the database: a restart forgets none."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    async def charge(self, delays: Delays) -> None:
        """Count one attempt of each key. Raises TooManyAttempts, and then counts none, while one of them must wait."""
        moment = self._clock()
        async with self.database.transaction() as session:
            # In one order everywhere, or two could wait for each other.
            for key, delay in sorted(delays.items()):
                count = await store.count_attempt(session, key, moment, forgotten_before=moment - delay.forgotten_after)
                if count is None:
                    row = (await store.attempts(session, [key]))[key]
                    left = (row.blocked_until - moment).total_seconds() if row.blocked_until else 0
                    seconds = int(left) + 1
                    raise TooManyAttempts(f"Too many attempts: try again in {seconds} s.", retry_after_seconds=seconds)
                if wait := delay.after(count):
                    await store.block(session, key, moment + wait)

    async def take_back(self, delays: Delays) -> None:
        """Forget an attempt that was counted and not made."""
        async with self.database.transaction() as session:
            await self._uncount(session, delays)

    async def succeeded(self, session: AsyncSession, delays: Delays) -> None:
        """The account starts anew; the network address gets this one attempt back, or one good account would pay for
        any number of guesses at others.
        """
        await store.forget_attempts(session, [key for key in delays if key.startswith("account:")])
        await self._uncount(session, {key: delay for key, delay in delays.items() if not key.startswith("account:")})

    async def _uncount(self, session: AsyncSession, delays: Delays) -> None:
        for key, delay in sorted(delays.items()):
            await store.uncount_attempt(session, key, free=delay.free)

    async def forget_old(self) -> None:
        """Remove what nobody is delayed for any more."""
        async with self.database.transaction() as session:
            await store.delete_old_attempts(session, self._clock() - INBOX_DELAY.forgotten_after)


def of_sign_in(email: str, address: str | None) -> Delays:
    """An attempt to prove a password: counted for the account, known or not, and for where it comes from."""
    return {f"account:{digest(email)}": ACCOUNT_DELAY, **_of_address("address", address)}


def of_mail(purpose: str, email: str, address: str | None) -> Delays:
    """A mail asked for: counted for the inbox it goes to, and for where it comes from.

    Each purpose by itself, or a password asked for would tell whether the address was used for joining lately.
    """
    return {f"{purpose}:{digest(email)}": INBOX_DELAY, **_of_address(f"{purpose}-from", address)}


def _of_address(kind: str, address: str | None) -> Delays:
    if address is None:
        return {}
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        mapped = known.ipv4_mapped
        address = str(mapped or ip_network((known, _IPV6_PREFIX), strict=False))
    return {f"{kind}:{digest(address)}": ADDRESS_DELAY}
