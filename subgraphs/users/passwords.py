"""Passwords: which are good enough, and hashing them beside the event loop.

argon2id by pwdlib; bcrypt hashes from elsewhere are accepted and answered with their argon2id successor. Hashing costs
tens of milliseconds of a core, so it runs in a small pool of threads, and a queue longer than `waiting_max` is refused:
otherwise a flood of sign-ins would hold every request's memory while it waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from subgraphs.users.errors import TooManyAttempts, WeakPassword

Result = TypeVar("Result")

LENGTH_MIN = 8
LENGTH_MAX = 128
# bcrypt reads 72 bytes: a longer password never matches such a hash, instead of matching by its beginning.
BCRYPT_BYTES_MAX = 72

WELL_KNOWN = frozenset({
    "password", "password1", "password123", "passw0rd", "12345678", "123456789", "1234567890", "qwertyuiop",
    "qwerty123", "11111111", "iloveyou", "letmein1", "welcome1", "admin123", "customer123", "changeme",
})  # fmt: skip


def refuse_weak(password: str, *, email: str, field: tuple[str, ...]) -> None:
    """Raise WeakPassword with what to change."""
    if len(password) < LENGTH_MIN:
        raise WeakPassword(f"Choose a password of at least {LENGTH_MIN} characters.", field=field)
    if len(password) > LENGTH_MAX:
        raise WeakPassword(f"Choose a password of at most {LENGTH_MAX} characters.", field=field)
    if password.lower() in WELL_KNOWN or len(set(password)) == 1:
        raise WeakPassword("This password is among the first that are guessed: choose another.", field=field)
    if password.lower() in {email.lower(), email.partition("@")[0].lower()}:
        raise WeakPassword("The password must not be your email address.", field=field)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password matched, and the hash to store instead of an old one."""

    matches: bool
    successor: str | None = None


class Passwords:
    """Hashes and checks passwords in its own threads."""

    def __init__(self, *, threads: int = 2, waiting_max: int = 128, argon2: Argon2Hasher | None = None) -> None:
        """`argon2` says how much a hash costs, the library's recommendation by default."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="password")
        self._hasher = PasswordHash((argon2 or Argon2Hasher(), BcryptHasher()))
        self._waiting = 0
        self._waiting_max = waiting_max
        self._stand_in: str | None = None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password."""
        return await self._run(lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Whether the password is the one hashed; with nothing stored it takes as long and never matches."""
        return await self._run(lambda: self._check(password, stored))

    def _check(self, password: str, stored: str | None) -> Verdict:
        # Made in front of every branch, or the first unknown email would take visibly longer.
        stand_in = self._dummy()
        if stored is None or len(password) > LENGTH_MAX:
            self._hasher.verify(password[:LENGTH_MAX], stand_in)
            return Verdict(matches=False)
        if stored.startswith("$2") and len(password.encode()) > BCRYPT_BYTES_MAX:
            self._hasher.verify(password, stand_in)
            return Verdict(matches=False)
        try:
            matches, successor = self._hasher.verify_and_update(password, stored)
        except UnknownHashError:
            return Verdict(matches=False)
        return Verdict(matches, successor)

    def _dummy(self) -> str:
        if self._stand_in is None:
            self._stand_in = self._hasher.hash("a password nobody has")
        return self._stand_in

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._waiting_max:
            raise TooManyAttempts("Too many people are signing in: try again in a moment.", retry_after_seconds=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
