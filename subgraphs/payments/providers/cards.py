"""The sandbox's test cards: a number decides what happens, as with the test numbers of real providers.

Every other valid number is declined with `test_card_expected`, so that nobody believes a real card was charged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Behaviour(StrEnum):
    """What the sandbox does when asked to authorize."""

    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    CHALLENGE = "CHALLENGE"
    # The request arrives and is approved; only its answer is lost.
    ANSWER_LOST = "ANSWER_LOST"
    # The request itself is lost: the provider never hears of it, the first time.
    REQUEST_LOST = "REQUEST_LOST"
    # The answer is lost and the provider stays silent for a while; then it turns out to be approved.
    SILENT = "SILENT"


@dataclass(frozen=True, slots=True)
class TestCard:
    """What one number does; `code` is why it is declined."""

    __test__ = False

    behaviour: Behaviour
    code: str = ""


CARDS: Final[Mapping[str, TestCard]] = {
    "4242424242424242": TestCard(Behaviour.APPROVE),
    "5555555555554444": TestCard(Behaviour.APPROVE),
    "378282246310005": TestCard(Behaviour.APPROVE),
    "4000000000000002": TestCard(Behaviour.DECLINE, "card_declined"),
    "4000000000009995": TestCard(Behaviour.DECLINE, "insufficient_funds"),
    "4000000000009987": TestCard(Behaviour.DECLINE, "lost_card"),
    "4000000000000069": TestCard(Behaviour.DECLINE, "expired_card"),
    "4000000000000127": TestCard(Behaviour.DECLINE, "incorrect_cvc"),
    "4000000000000119": TestCard(Behaviour.DECLINE, "processing_error"),
    "4000002500003155": TestCard(Behaviour.CHALLENGE),
    "4000000000000408": TestCard(Behaviour.ANSWER_LOST),
    "4000000000000416": TestCard(Behaviour.REQUEST_LOST),
    "4000000000000432": TestCard(Behaviour.SILENT),
}

# How often the provider stays silent about a SILENT charge before it answers.
SILENCES: Final = 3

# The provider's names for ways to pay that it keeps for customers.
TOKENS: Final[Mapping[str, TestCard]] = {
    "sandbox-visa": TestCard(Behaviour.APPROVE),
    "sandbox-mastercard": TestCard(Behaviour.APPROVE),
    "sandbox-wallet": TestCard(Behaviour.APPROVE),
    "sandbox-declined": TestCard(Behaviour.DECLINE, "insufficient_funds"),
}

UNKNOWN: Final = TestCard(Behaviour.DECLINE, "test_card_expected")


def brand_of(number: str) -> str:
    """The network a number belongs to, by its first digits (ISO/IEC 7812)."""
    first, two, four = number[:1], int(number[:2] or 0), int(number[:4] or 0)
    if first == "4":
        return "Visa"
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return "Mastercard"
    if two in {34, 37}:
        return "American Express"
    return "Card"


def checks_out(number: str) -> bool:
    """Whether the digits are a possible card number: 12 to 19 of them, the last one right (ISO/IEC 7812-1, annex B)."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return False
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
