"""Signing in and out: passwords become sessions, sessions become tokens, one refresh at a time.

A refresh token is opaque, kept as a digest, and good once. Using it again within ten seconds is a second tab and gets
tokens of its own; later it is theft, and the whole family ends. Unknown emails and wrong passwords get one answer after
the same work, and each attempt makes the next one of that account or network address wait longer.
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
    REFRESH_LIFETIME,
    RefreshTokenRow,
    SessionRow,
    UserRow,
    digest,
)
from subgraphs.users.passwords import Passwords
from subgraphs.users.service.attempts import Attempts, of_sign_in
from subgraphs.users.service.facts import lookup_email
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

    def __init__(
        self, database: Database, passwords: Passwords, keys: KeyRing, attempts: Attempts, clock: Clock
    ) -> None:
        self.database = database
        self._passwords = passwords
        self._attempts = attempts
        self._keys = keys
        self._clock = clock

    async def login(self, email: str, password: str, *, viewer: Viewer) -> SignedIn:
        """Sign in with email and password. Raises WrongCredentials or TooManyAttempts."""
        email = lookup_email(email)
        user = await self.prove(email, password, viewer=viewer, field=("email",))
        async with self.database.transaction() as session:
            # Locked, and as it was when the password was checked: it may have been reset since.
            current = await store.user_for_update(session, user.id)
            if current is None or current.password_hash != user.password_hash:
                raise _wrong(("email",))
            tokens = await self.open(session, current, viewer=viewer)
        return SignedIn(current, tokens)

    async def prove(self, email: str, password: str, *, viewer: Viewer, field: tuple[str, ...]) -> UserRow:
        """The person of this email whose password this is. Raises WrongCredentials or TooManyAttempts.

        Counted as an attempt first and forgiven afterwards, so that a thousand guesses at once are a thousand attempts.
        """
        delays = of_sign_in(email, viewer.address)
        await self._attempts.charge(delays)
        async with self.database.reading() as reading:
            user = await store.user_by_email(reading, email)
        try:
            verdict = await self._passwords.check(password, user.password_hash if user else None)
        except TooManyAttempts:
            await self._attempts.take_back(delays)
            raise
        if user is None or not verdict.matches:
            raise _wrong(field)
        async with self.database.transaction() as session:
            await self._attempts.succeeded(session, delays)
            if verdict.successor and await store.replace_password_hash(
                session, user.id, verdict.successor, instead_of=user.password_hash
            ):
                user.password_hash = verdict.successor
        return user

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
            if user is not None and user.erased_at is None and not token.is_replayed(moment):
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
        access = self._keys.access_token(
            user.id, user.roles, policies=user.policies, session_id=family.id, moment=moment
        )
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
            return await self.end(session, user_id, only=only, reason=reason)

    async def end(
        self, session: AsyncSession, user_id: str, *, reason: str, only: str | None = None, keep: str | None = None
    ) -> int:
        """End a person's sessions, all or `only` one, all but `keep`, and say so; answers how many ended."""
        ended = await store.revoke_sessions(session, user_id, self._clock(), only=only, keep=keep)
        if ended:
            await announce(session, SessionsRevoked(user_id, ended, reason))
        return len(ended)

    async def recently_revoked(self) -> frozenset[str]:
        """Ended sessions whose access tokens may still be alive."""
        since = self._clock() - ACCESS_LIFETIME - timedelta(minutes=1)
        async with self.database.reading() as session:
            return frozenset(await store.sessions_revoked_since(session, since))

    async def forget_old(self) -> None:
        """Remove sessions that expired a day ago."""
        moment = self._clock()
        async with self.database.transaction() as session:
            await store.delete_expired_sessions(session, moment - timedelta(days=1))


def _wrong(field: tuple[str, ...]) -> WrongCredentials:
    if field == ("email",):
        return WrongCredentials("Email or password is wrong.", field=field)
    return WrongCredentials("This is not your current password.", field=field)
