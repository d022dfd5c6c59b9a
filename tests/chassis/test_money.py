"""Amounts: exact, in one currency, rounded half up, split without loss."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import Amount, Currency, MixedCurrencies, Money, MoneyInput

minors = st.integers(-(10**15), 10**15)


def test_an_amount_is_parsed_exactly():
    assert Amount.of("1299.99") == Amount(129999, "USD")
    assert Amount.of(Decimal(10)) == Amount(1000)
    assert Amount.of("500", "JPY") == Amount(500, "JPY")


@pytest.mark.parametrize("written", ["1.999", "nonsense", "", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(written: str):
    with pytest.raises(ValueError):
        Amount.of(written)


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        Amount.of(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Amount(1.5)  # type: ignore[arg-type]


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError):
        Amount(1, "XXX")
    with pytest.raises(ValueError):
        Amount.of("1", "XXX")


def test_currencies_do_not_mix():
    with pytest.raises(MixedCurrencies):
        Amount(1, "USD") + Amount(1, "EUR")
    with pytest.raises(MixedCurrencies):
        assert Amount(1, "USD") < Amount(1, "EUR")


def test_rates_round_half_up():
    assert Amount(50).times("0.01") == Amount(1)
    assert Amount(49).times("0.01") == Amount(0)
    assert Amount(-50).times("0.01") == Amount(-1)


@given(minors, st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_parts_always_sum_to_the_whole(minor: int, weights: list[int]):
    parts = Amount(minor).split(weights)

    assert Amount.sum(parts) == Amount(minor)
    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(minors, st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_no_part_is_a_cent_away_from_its_share(minor: int, weights: list[int]):
    parts = Amount(minor).split(weights)

    for part, weight in zip(parts, weights, strict=True):
        assert abs(Decimal(part.minor) - Decimal(minor) * weight / sum(weights)) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_impossible_weights_are_refused(weights: list[int]):
    with pytest.raises(ValueError):
        Amount(1).split(weights)


def test_an_empty_sum_has_the_currency_asked_for():
    assert Amount.sum([], "EUR") == Amount(0, "EUR")


@given(minors, st.sampled_from(list(Currency)))
def test_the_graph_shows_every_amount_as_it_is(minor: int, currency: Currency):
    amount = Amount(minor, currency.value)

    shown = Money.of(amount)

    assert shown.to_amount() == amount
    assert Amount.from_reference({"amount": str(shown.amount), "currency": currency.value}) == amount


def test_the_graph_writes_all_digits():
    assert str(Money.of(Amount(100)).amount) == "1.00"
    assert MoneyInput(amount=Decimal("1.5"), currency=Currency.USD).to_amount() == Amount(150)
