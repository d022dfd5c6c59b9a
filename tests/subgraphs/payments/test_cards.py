"""The sandbox's cards are what their page says, and numbers that a form accepts."""

import re

import pytest

from subgraphs.payments.providers.cards import CARDS, TOKENS, Behaviour, brand_of, checks_out
from tests.architecture.repository import ROOT

PAGE = (ROOT / "docs" / "sandbox-cards.md").read_text()


def test_the_page_shows_every_card_and_what_it_does() -> None:
    shown = {
        number: (says, code)
        for number, says, code in re.findall(r"^\| `(\d+)` \| (.+?) \| (?:`(\w+)` )?\|$", PAGE, re.MULTILINE)
    }

    assert shown == {number: (card.says, card.code) for number, card in CARDS.items()}


def test_the_page_names_every_token_a_customer_may_use() -> None:
    assert {token for token in TOKENS if token not in PAGE} == {"sandbox-wallet"}


def test_every_behaviour_has_a_card() -> None:
    assert {card.behaviour for card in CARDS.values()} == set(Behaviour)


@pytest.mark.parametrize("number", CARDS)
def test_every_number_checks_out_and_has_a_brand(number: str) -> None:
    assert checks_out(number)
    assert brand_of(number) != "Card"


@pytest.mark.parametrize("number", ["4242424242424241", "4242", "", "424242424242424²", "4" * 20])
def test_what_is_no_card_number_does_not_check_out(number: str) -> None:
    assert not checks_out(number)
