"""What people tell about themselves, checked and brought into one form."""

from __future__ import annotations

import hashlib
import re

from email_validator import EmailNotValidError, validate_email

from chassis.errors import InvalidInput

NAME_LENGTH_MAX = 100
# RFC 3696, erratum 1690: what fits a mail's envelope.
EMAIL_LENGTH_MAX = 254
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,28}[0-9]")
# Names for local networks (RFC 6762, appendix G), where no mail from outside ever arrives: the demo people's home.
_LOCAL = ".local"
# Put behind a local name to have the rest of it judged like any other.
_STAND_IN = ".example.com"


def display_name(first_name: str, last_name: str) -> str:
    """What others see: the first name and the last one's initial, never the whole name."""
    return f"{first_name} {last_name[0]}."


def normalised_email(email: str, *, field: tuple[str, ...], local: bool) -> str:
    """The address as it is stored and compared, in lower case; InvalidInput says what is wrong with it.

    With `local`, names under .local are addresses too: in development, never in production.
    """
    email = email.strip()
    if len(email) > EMAIL_LENGTH_MAX:
        raise InvalidInput(f"An email address has at most {EMAIL_LENGTH_MAX} characters.", field=field)
    stand_in = _STAND_IN if local and email.lower().endswith(_LOCAL) else ""
    try:
        # Deliverability is proved by a mail arriving, not by a look-up while somebody waits.
        checked = validate_email(
            email + stand_in, check_deliverability=False, allow_smtputf8=True, test_environment=True
        )
    except EmailNotValidError as error:
        raise InvalidInput(f"This is not an email address: {error}", field=field) from error
    normalised = checked.normalized.lower().removesuffix(stand_in)
    if "." not in normalised.rpartition("@")[2]:
        raise InvalidInput("This is not an email address: its domain needs a dot.", field=field)
    return normalised


def lookup_email(email: str) -> str:
    """The address to look for when somebody signs in; what is no address at all is nobody's."""
    try:
        return normalised_email(email, field=(), local=True)
    except InvalidInput:
        return f"no address: {hashlib.sha256(email.encode(errors='replace')).hexdigest()}"


def checked_name(name: str, *, field: tuple[str, ...]) -> str:
    """A name without surrounding space; InvalidInput when empty, too long, or with characters that do not print."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise InvalidInput(f"Write a name of 1 to {NAME_LENGTH_MAX} characters.", field=field)
    return name


def checked_phone(phone: str | None, *, field: tuple[str, ...]) -> str | None:
    """A telephone number as typed; InvalidInput unless it could be one."""
    if phone is None:
        return None
    phone = phone.strip()
    if not _PHONE.fullmatch(phone):
        raise InvalidInput("Write the number with its digits, such as +1 555 0100.", field=field)
    return phone
