"""What users refuses: each with a code, a message that says what to do, and the argument to change."""

from __future__ import annotations

from chassis.errors import RefusalCode, Refused


class EmailTaken(Refused):
    """Somebody registered with this email address before."""

    code = RefusalCode.ALREADY_EXISTS


class WeakPassword(Refused):
    """The password is too short, too long or too well known."""

    code = RefusalCode.INVALID


class WrongCredentials(Refused):
    """Email and password do not belong together, or nobody has this email: the answer is the same."""

    code = RefusalCode.WRONG_CREDENTIALS


class TooManyAttempts(Refused):
    """Too many attempts for this account or inbox, or from this network address."""

    code = RefusalCode.THROTTLED
    retry_after_seconds: int


class SessionEnded(Refused):
    """The refresh token or its session is not good any more."""

    code = RefusalCode.EXPIRED


class LinkExpired(Refused):
    """The token of a mail was used before, has run out, or never was one."""

    code = RefusalCode.EXPIRED


class AlreadyVerified(Refused):
    """There is no address that waits to be verified."""

    code = RefusalCode.ALREADY_DONE


class OwnRoles(Refused):
    """Nobody changes their own roles."""

    code = RefusalCode.NOT_POSSIBLE_NOW


class TooManyAddresses(Refused):
    """As many addresses are kept as one person may keep: remove one first."""

    code = RefusalCode.LIMIT_REACHED
    limit: int


class TooManyWishes(Refused):
    """A wishlist holds as many wishes as it may: remove one first."""

    code = RefusalCode.LIMIT_REACHED
    limit: int
