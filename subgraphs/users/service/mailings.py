"""The mails people get about their account, and the tokens in them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.ids import new_id, secret
from chassis.letters import Letters
from chassis.mail import Mail, post
from subgraphs.users.model import RESET_LIFETIME, VERIFICATION_LIFETIME, MailedTokenRow, UserRow, digest

VERIFY = "verify"
RESET = "reset"


class Mailings:
    """Writes mails and tokens in the transaction that causes them. A token is in its mail and nowhere else."""

    def __init__(self, letters: Letters, clock: Clock) -> None:
        self._letters = letters
        self._clock = clock

    async def ask_to_verify(self, session: AsyncSession, user: UserRow) -> None:
        """Ask a person to prove that the address is theirs."""
        await self._send(session, user, VERIFY, VERIFICATION_LIFETIME)

    async def offer_reset(self, session: AsyncSession, user: UserRow) -> None:
        """Offer a person to set a new password."""
        await self._send(session, user, RESET, RESET_LIFETIME)

    def password_changed(self, user: UserRow) -> list[Mail]:
        """Tell the owner, in case it was somebody else; nobody to tell, no mail."""
        if user.email is None:
            return []
        key = f"password-changed:{new_id()}"
        return [self._letters.mail("password_changed", to=user.email, key=key, name=user.first_name)]

    async def _send(self, session: AsyncSession, user: UserRow, purpose: str, lifetime: timedelta) -> None:
        if user.email is None:
            return
        token = secret()
        row = MailedTokenRow(
            digest=digest(token),
            user_id=user.id,
            purpose=purpose,
            email=user.email,
            expires_at=self._clock() + lifetime,
            used_at=None,
        )
        session.add(row)
        await post(
            session,
            self._letters.mail(
                purpose,
                to=user.email,
                key=f"{purpose}:{row.digest}",
                name=user.first_name,
                token=token,
                hours=int(lifetime.total_seconds() // 3_600),
            ),
        )
