"""The sandbox's test cards: a number decides what happens, as with the test numbers of real providers.

Every other valid number is declined with `test_card_expected`, so that nobody believes a real card was charged.
docs/sandbox-cards.md shows this table; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Behaviour(StrEnum):
    """What the sandbox does with a charge, besides approving it."""

    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    # It may be kept for later, and is declined whenever it is charged.
    DECLINE_WHEN_CHARGED = "DECLINE_WHEN_CHARGED"
    CHALLENGE = "CHALLENGE"
    CHALLENGE_FAILS = "CHALLENGE_FAILS"
    SLOW = "SLOW"
    # The request arrives and is approved; only its answer is lost.
    ANSWER_LOST = "ANSWER_LOST"
    # The request itself is lost: the provider never hears of it, the first time.
    REQUEST_LOST = "REQUEST_LOST"
    # The answer is lost and the provider stays silent for a while; then it turns out to be approved.
    SILENT = "SILENT"
    # Taken on, and decided later: only a webhook tells.
    LATE = "LATE"
    LATE_DECLINE = "LATE_DECLINE"
    DUPLICATE_WEBHOOKS = "DUPLICATE_WEBHOOKS"
    SHUFFLED_WEBHOOKS = "SHUFFLED_WEBHOOKS"
    CAPTURE_FAILS = "CAPTURE_FAILS"
    CAPTURE_ANSWER_LOST = "CAPTURE_ANSWER_LOST"
    VOID_ANSWER_LOST = "VOID_ANSWER_LOST"
    REFUND_FAILS = "REFUND_FAILS"
    REFUND_PENDING = "REFUND_PENDING"
    REFUND_PENDING_FAILS = "REFUND_PENDING_FAILS"
    REFUND_ANSWER_LOST = "REFUND_ANSWER_LOST"


@dataclass(frozen=True, slots=True)
class TestCard:
    """What one number does, in words too; `code` is why it is declined."""

    __test__ = False

    behaviour: Behaviour
    says: str
    code: str = ""


CARDS: Final[Mapping[str, TestCard]] = {
    "4242424242424242": TestCard(Behaviour.APPROVE, "approved"),
    "5555555555554444": TestCard(Behaviour.APPROVE, "approved"),
    "378282246310005": TestCard(Behaviour.APPROVE, "approved"),
    "4000000000000002": TestCard(Behaviour.DECLINE, "declined", "card_declined"),
    "4000000000009995": TestCard(Behaviour.DECLINE, "declined: not enough money", "insufficient_funds"),
    "4000000000009987": TestCard(Behaviour.DECLINE, "declined: reported lost", "lost_card"),
    "4000000000000069": TestCard(Behaviour.DECLINE, "declined: the bank says it has expired", "expired_card"),
    "4000000000000127": TestCard(Behaviour.DECLINE, "declined: wrong security code", "incorrect_cvc"),
    "4000000000000119": TestCard(Behaviour.DECLINE, "declined: the provider failed", "processing_error"),
    "4000000000000341": TestCard(
        Behaviour.DECLINE_WHEN_CHARGED, "may be saved, and is declined whenever it is charged", "card_declined"
    ),
    "4000002500003155": TestCard(
        Behaviour.CHALLENGE, "3-D Secure: the code 123456 passes the challenge, any other fails it"
    ),
    "4000008400001629": TestCard(Behaviour.CHALLENGE_FAILS, "3-D Secure: every code fails the challenge"),
    "4000000000000440": TestCard(Behaviour.SLOW, "approved after two seconds"),
    "4000000000000408": TestCard(Behaviour.ANSWER_LOST, "time-out; the money was reserved all the same"),
    "4000000000000416": TestCard(Behaviour.REQUEST_LOST, "time-out; nothing was reserved, asking again is approved"),
    "4000000000000432": TestCard(
        Behaviour.SILENT, "time-out, and three questions about it go unanswered; then it turns out to be approved"
    ),
    "4000000000000457": TestCard(Behaviour.LATE, "pending; a webhook says five seconds later that it is approved"),
    "4000000000000465": TestCard(
        Behaviour.LATE_DECLINE, "pending; a webhook says five seconds later that it is declined", "card_declined"
    ),
    "4000000000000473": TestCard(Behaviour.DUPLICATE_WEBHOOKS, "approved; every webhook is sent three times"),
    "4000000000000481": TestCard(
        Behaviour.SHUFFLED_WEBHOOKS,
        "approved; the webhook of the authorization is sent five seconds late, after that of the capture",
    ),
    "4000000000000499": TestCard(Behaviour.CAPTURE_FAILS, "approved; the capture is declined", "capture_failed"),
    "4000000000000507": TestCard(Behaviour.CAPTURE_ANSWER_LOST, "approved; the capture is done, its answer is lost"),
    "4000000000000515": TestCard(Behaviour.VOID_ANSWER_LOST, "approved; a void is done, its answer is lost"),
    "4000000000000523": TestCard(Behaviour.REFUND_FAILS, "approved; refunds fail at once", "refund_failed"),
    "4000000000000531": TestCard(
        Behaviour.REFUND_PENDING, "approved; a webhook says five seconds after a refund that it succeeded"
    ),
    "4000000000000549": TestCard(
        Behaviour.REFUND_PENDING_FAILS,
        "approved; a webhook says five seconds after a refund that it failed",
        "refund_failed",
    ),
    "4000000000000556": TestCard(Behaviour.REFUND_ANSWER_LOST, "approved; refunds are done, their answer is lost"),
}

# How often the provider stays silent about a SILENT charge before it answers.
SILENCES: Final = 3

# The provider's names for ways to pay that need not be saved first, as for cards typed into its own form.
TOKENS: Final[Mapping[str, TestCard]] = {
    "sandbox-visa": CARDS["4242424242424242"],
    "sandbox-mastercard": CARDS["5555555555554444"],
    "sandbox-wallet": TestCard(Behaviour.APPROVE, "approved"),
    "sandbox-declined": CARDS["4000000000009995"],
}

UNKNOWN: Final = TestCard(Behaviour.DECLINE, "declined", "test_card_expected")


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
