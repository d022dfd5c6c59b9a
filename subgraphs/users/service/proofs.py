"""Proving that an address is one's own: verifying it, and setting a new password for a forgotten one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.mail import post
from chassis.outbox import announce
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import AlreadyVerified, LinkExpired
from subgraphs.users.events import EmailVerified
from subgraphs.users.model import MailedTokenRow, ResetRequestRow, UserRow, digest
from subgraphs.users.passwords import Passwords, refuse_weak
from subgraphs.users.service import presence
from subgraphs.users.service.attempts import Attempts, of_mail, of_sign_in
from subgraphs.users.service.facts import normalised_email
from subgraphs.users.service.mailings import RESET, VERIFY, Mailings
from subgraphs.users.service.sessions import SECRET_LENGTH_MAX, Sessions

REQUESTS_AT_ONCE = 50


class Proofs:
    """The use-cases around tokens sent by mail."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        mailings: Mailings,
        attempts: Attempts,
        clock: Clock,
        *,
        local_emails: bool,
    ) -> None:
        self.database = database
        self._passwords = passwords
        self._sessions = sessions
        self._mailings = mailings
        self._attempts = attempts
        self._clock = clock
        self._local_emails = local_emails

    async def verify_email(self, token: str) -> UserRow:
        """The address is its owner's; once more changes nothing. Raises LinkExpired."""
        moment = self._clock()
        async with self.database.transaction() as session:
            user, mailed = await _locked(session, _digest(token), VERIFY)
            if mailed is None or user is None or user.email != mailed.email or moment >= mailed.expires_at:
                raise LinkExpired("This link is not good any more: ask for a new one.", field=("token",))
            mailed.used_at = mailed.used_at or moment
            if user.email_verified_at is None:
                user.email_verified_at = user.updated_at = moment
                await announce(session, EmailVerified(user.id))
        return user

    async def send_verification(self, *, viewer: Viewer) -> UserRow:
        """Send the mail once more. Raises AlreadyVerified or TooManyAttempts."""
        user_id = viewer.require_signed_in()
        async with self.database.reading() as reading:
            known = await presence.find(reading, user_id)
        if known.email is None or known.email_verified_at is not None:
            raise AlreadyVerified("There is no address of yours that waits to be verified.")
        await self._attempts.charge(of_mail(VERIFY, known.email, viewer.address))
        async with self.database.transaction() as session:
            user = await presence.lock(session, user_id)
            if user.email_verified_at is not None:
                raise AlreadyVerified("There is no address of yours that waits to be verified.")
            await self._mailings.ask_to_verify(session, user)
        return user

    async def request_reset(self, email: str, *, viewer: Viewer) -> None:
        """Note that somebody forgot the password of an address; known or not, it is the same work and the same answer.

        Whether anybody has the address is looked up afterwards, by `answer_requests`. Raises InvalidInput or
        TooManyAttempts.
        """
        email = normalised_email(email, field=("email",), local=self._local_emails)
        await self._attempts.charge(of_mail(RESET, email, viewer.address))
        async with self.database.transaction() as session:
            session.add(ResetRequestRow(id=new_id(), email=email, requested_at=self._clock()))

    async def answer_requests(self) -> int:
        """Send mails to those who forgot their password and have an account; answers how many had asked."""
        async with self.database.transaction() as session:
            emails = await store.take_reset_requests(session, REQUESTS_AT_ONCE)
            for email in emails:
                user = await store.user_by_email(session, email)
                if user is not None:
                    await self._mailings.offer_reset(session, user)
        return len(emails)

    async def reset_password(self, token: str, new: str) -> int:
        """Set a new password by the token of a mail, once, and end all sessions; answers how many ended.

        The token shows that the address is the person's own, so it verifies it too. Raises LinkExpired or WeakPassword.
        """
        expired = LinkExpired("This link is not good any more: ask for a new one.", field=("token",))
        moment, key = self._clock(), _digest(token)
        async with self.database.reading() as session:
            mailed = await store.mailed_token(session, key, RESET)
        if mailed is None or not mailed.is_good(moment):
            raise expired
        email = mailed.email
        refuse_weak(new, email=email, field=("newPassword",))
        # Outside of any transaction: hashing takes long, and may have to wait for others.
        password_hash = await self._passwords.hash(new)
        async with self.database.transaction() as session:
            user, mailed = await _locked(session, key, RESET)
            if user is None or user.email != email or mailed is None or not mailed.is_good(moment):
                raise expired
            user.password_hash, user.updated_at = password_hash, moment
            user.email_verified_at = user.email_verified_at or moment
            await store.use_mailed_tokens(session, user.id, RESET, moment)
            await store.forget_attempts(session, list(of_sign_in(email, None)))
            await post(session, *self._mailings.password_changed(user))
            return await self._sessions.end(session, user.id, reason="password reset")

    async def forget_old(self) -> None:
        """Remove tokens that ran out a day ago."""
        async with self.database.transaction() as session:
            await store.delete_old_mailed_tokens(session, self._clock() - timedelta(days=1))


async def _locked(session: AsyncSession, key: str, purpose: str) -> tuple[UserRow | None, MailedTokenRow | None]:
    """A person and a token that was mailed to them, as they are once the person is locked.

    Whoever changes a person or what is theirs locks the person first, so nobody waits for another in a circle.
    """
    known = await store.mailed_token(session, key, purpose)
    user = await store.user_for_update(session, known.user_id) if known else None
    return user, await store.mailed_token(session, key, purpose) if user else None


def _digest(token: str) -> str:
    # What is too long to be one of ours is not worth hashing.
    return digest(token if len(token) <= SECRET_LENGTH_MAX else "")
