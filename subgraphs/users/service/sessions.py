"""Signing in and out: passwords become sessions, sessions become tokens, one refresh at a time.

A refresh token is opaque, kept as a digest, and good once. Using it again within ten seconds is a second tab and gets
tokens of its own; later it is theft, and the whole family ends. Unknown emails and wrong passwords get one answer after
the same work, and each failure makes the next attempt of that account or network address wait longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import NotFound
from chassis.ids import new_id, secret
from chassis.outbox import announce
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import SessionEnded, TooManyAttempts, WrongCredentials
from subgraphs.users.events import SessionsRevoked
from subgraphs.users.model import (
    ACCESS_LIFETIME,
    ACCOUNT_DELAY,
    ADDRESS_DELAY,
    REFRESH_LIFETIME,
    Delay,
    RefreshTokenRow,
    SessionRow,
    UserRow,
    digest,
)
from subgraphs.users.passwords import Passwords
from subgraphs.users.signing import KeyRing

SECRET_LENGTH_MAX = 256


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client keeps after signing in or refreshing; times are aware UTC."""

    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person and their tokens."""

    user: UserRow
    tokens: Tokens


class Sessions:
    """The use-cases of signing in and out."""

    def __init__(self, database: Database, passwords: Passwords, keys: KeyRing, clock: Clock) -> None:
        self.database = database
        self._passwords = passwords
        self._keys = keys
        self._clock = clock

    async def login(self, email: str, password: str, *, viewer: Viewer) -> SignedIn:
        """Sign in with email and password. Raises WrongCredentials or TooManyAttempts."""
        email = email.strip().lower()
        delays = _delays(email, viewer.address)
        async with self.database.reading() as reading:
            await self._refuse_blocked(reading, delays)
            user = await store.user_by_email(reading, email)
        verdict = await self._passwords.check(password, user.password_hash if user else None)
        if user is None or not verdict.matches:
            await self._count_failure(delays)
            raise WrongCredentials("Email or password is wrong.", field=("email",))
        async with self.database.transaction() as session:
            await store.forget_failures(session, [key for key in delays if key.startswith("account:")])
            if verdict.successor:
                await store.set_password_hash(session, user.id, verdict.successor)
            tokens = await self.open(session, user, viewer=viewer)
        return SignedIn(user, tokens)

    async def open(self, session: AsyncSession, user: UserRow, *, viewer: Viewer) -> Tokens:
        """Begin a session for somebody who has proved who they are."""
        moment = self._clock()
        row = SessionRow(
            id=new_id(),
            user_id=user.id,
            created_at=moment,
            used_at=moment,
            expires_at=moment + REFRESH_LIFETIME,
            revoked_at=None,
            address=viewer.address,
        )
        session.add(row)
        await session.flush()
        return self._issue(session, row, user, moment)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Exchange a refresh token for new tokens. Raises SessionEnded; a replayed token ends its whole family."""
        ended = SessionEnded("This session has ended: sign in again.", field=("refreshToken",))
        if not refresh_token or len(refresh_token) > SECRET_LENGTH_MAX:
            raise ended
        key, moment = digest(refresh_token), self._clock()
        async with self.database.transaction() as session:
            presented = await store.refresh_token(session, key)
            family = await store.session_for_update(session, presented.session_id) if presented else None
            # Read again under the family's lock: another tab may have used it in between.
            token = await store.refresh_token(session, key) if family else None
            if family is None or token is None:
                raise ended
            family.refuse_unless_live(moment)
            user = (await store.users_by_ids(session, [family.user_id])).get(family.user_id)
            if user is not None and not token.is_replayed(moment):
                token.used_at = token.used_at or moment
                family.use(moment)
                return SignedIn(user, self._issue(session, family, user, moment))
            family.revoke(moment)
            await announce(session, SessionsRevoked(family.user_id, [family.id], "refresh token used twice"))
        # Raised outside, so that the revocation is committed.
        raise ended

    def _issue(self, session: AsyncSession, family: SessionRow, user: UserRow, moment: datetime) -> Tokens:
        refresh = secret()
        session.add(RefreshTokenRow(digest=digest(refresh), session_id=family.id, issued_at=moment, used_at=None))
        access = self._keys.access_token(user.id, user.roles, session_id=family.id, moment=moment)
        return Tokens(access, moment + ACCESS_LIFETIME, refresh, family.expires_at)

    async def logout(self, *, viewer: Viewer, everywhere: bool) -> int:
        """End this session, or all of the person's; answers how many ended."""
        user_id = viewer.require_signed_in()
        if not everywhere and viewer.session_id is None:
            return 0
        return await self._revoke(user_id, only=None if everywhere else viewer.session_id, reason="signed out")

    async def revoke(self, session_id: str, *, viewer: Viewer) -> None:
        """End one of the viewer's own sessions; NotFound for anybody else's."""
        user_id = viewer.require_signed_in()
        if not await self._revoke(user_id, only=session_id, reason="signed out elsewhere"):
            raise NotFound("There is no such session.", field=("id",))

    async def _revoke(self, user_id: str, *, only: str | None, reason: str) -> int:
        async with self.database.transaction() as session:
            ended = await store.revoke_sessions(session, user_id, self._clock(), only=only)
            if ended:
                await announce(session, SessionsRevoked(user_id, ended, reason))
        return len(ended)

    async def recently_revoked(self) -> frozenset[str]:
        """Ended sessions whose access tokens may still be alive."""
        since = self._clock() - ACCESS_LIFETIME - timedelta(minutes=1)
        async with self.database.reading() as session:
            return frozenset(await store.sessions_revoked_since(session, since))

    async def forget_old(self) -> None:
        """Remove what no longer matters: sessions expired a day ago, failures nobody is delayed for."""
        moment = self._clock()
        async with self.database.transaction() as session:
            await store.delete_expired_sessions(session, moment - timedelta(days=1))
            await store.delete_old_attempts(session, moment - ACCOUNT_DELAY.forgotten_after)

    async def _refuse_blocked(self, session: AsyncSession, delays: dict[str, Delay]) -> None:
        moment = self._clock()
        blocked = [row.blocked_until for row in (await store.attempts(session, list(delays))).values()]
        until = max((each for each in blocked if each is not None), default=moment)
        if until > moment:
            seconds = int((until - moment).total_seconds()) + 1
            raise TooManyAttempts(f"Too many attempts: try again in {seconds} s.", retry_after_seconds=seconds)

    async def _count_failure(self, delays: dict[str, Delay]) -> None:
        moment = self._clock()
        async with self.database.transaction() as session:
            for key, delay in sorted(delays.items()):
                failures = await store.count_failure(
                    session, key, moment, forgotten_before=moment - delay.forgotten_after
                )
                if wait := delay.after(failures):
                    await store.block(session, key, moment + wait)


def _delays(email: str, address: str | None) -> dict[str, Delay]:
    delays = {f"account:{digest(email)}": ACCOUNT_DELAY}
    if address:
        delays[f"address:{digest(address)}"] = ADDRESS_DELAY
    return delays
