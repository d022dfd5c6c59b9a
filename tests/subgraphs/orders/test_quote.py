"""What an order costs: figures that always add up, for any cart, discount, tax, shipping and way of giving it back."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import Amount
from subgraphs.orders.model import Inspected, Order, Return, ReturnLine, ReturnStatus, lines_of
from subgraphs.orders.model.returns import accepted_of
from subgraphs.orders.quote import Bought, Extras, Quote, quote, share

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
rates = st.decimals(min_value=0, max_value=1, places=4)


@st.composite
def baskets(draw: st.DrawFn) -> list[Bought]:
    count = draw(st.integers(1, 8))
    return [
        Bought(
            f"SKU-{position}",
            f"prod-{position}",
            "Something",
            Amount(draw(st.integers(0, 5_000_000))),
            draw(st.integers(1, 12)),
        )
        for position in range(count)
    ]


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    bought = draw(baskets())
    subtotal = sum(line.subtotal.minor for line in bought)
    extras = Extras(
        discount=Amount(draw(st.integers(0, subtotal))),
        shipping=Amount(draw(st.integers(0, 50_000))),
        tax_rates={line.sku: draw(rates) for line in bought if draw(st.booleans())},
    )
    return quote(bought, extras)


@given(quotes())
def test_lines_always_sum_to_the_total(quoted: Quote) -> None:
    assert quoted.total == quoted.subtotal + quoted.shipping + quoted.tax - quoted.discount
    assert quoted.total.minor == sum(line.total.minor for line in quoted.lines)
    assert all(line.total.minor >= 0 for line in quoted.lines)
    assert all(0 <= line.discount.minor <= line.bought.subtotal.minor for line in quoted.lines)


@given(baskets(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_belongs_to_the_whole_order_is_split_without_loss(bought: list[Bought], part: int, shipping: int) -> None:
    discount = Amount(sum(line.subtotal.minor for line in bought) * part // 10**6)

    quoted = quote(bought, Extras(discount=discount, shipping=Amount(shipping)))

    assert (quoted.discount, quoted.shipping) == (discount, Amount(shipping))


@given(baskets(), rates)
def test_tax_is_rounded_half_up_on_each_line(bought: list[Bought], rate: Decimal) -> None:
    quoted = quote(bought, Extras(tax_rates={line.sku: rate for line in bought}))

    assert [line.tax for line in quoted.lines] == [line.subtotal.times(rate) for line in bought]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_however_pieces_are_given_back_together_they_give_what_was_paid(cents: int, parts: list[int]) -> None:
    pieces, paid = sum(parts) or 1, Amount(cents)
    before, refunds = 0, []
    for taken in parts:
        refunds.append(share(paid, pieces=pieces, before=before, taken=taken))
        before += taken

    assert Amount.sum(refunds) == (paid if before == pieces else Amount(0))
    assert all(0 <= refund.minor <= paid.minor for refund in refunds)


@given(quotes(), st.data())
def test_refunds_never_exceed_what_was_paid(quoted: Quote, data: st.DataObject) -> None:
    """Returns as the service makes them, one after another, until nothing is left or nobody asks any more."""
    lines = lines_of("order", quoted)
    order = Order(id="order", currency="USD")
    returns: list[Return] = []
    for number in range(data.draw(st.integers(1, 4))):
        before = accepted_of(returns)
        left = {line.id: line.quantity - before.get(line.id, 0) for line in lines}
        wanted = {line.id: data.draw(st.integers(0, left[line.id])) for line in lines}
        asked = returned(number, {line_id: quantity for line_id, quantity in wanted.items() if quantity})
        inspected = {
            line_id: Inspected(data.draw(st.integers(0, quantity)), 0) for line_id, quantity in asked.quantities.items()
        }
        asked.receive(inspected, order=order, lines=lines, before=before, at=MOMENT)
        returns.append(asked)

    refunded = sum(each.refund_minor for each in returns)
    assert 0 <= refunded <= quoted.total.minor
    if accepted_of(returns) == {line.id: line.quantity for line in lines}:
        assert refunded == quoted.total.minor


def returned(number: int, quantities: dict[str, int]) -> Return:
    return Return(
        id=f"return-{number}",
        order_id="order",
        status=ReturnStatus.REQUESTED,
        lines=[
            ReturnLine(return_id=f"return-{number}", line_id=line_id, quantity=quantity, restocked=0, scrapped=0)
            for line_id, quantity in quantities.items()
        ],
    )


def test_gifts_share_the_shipping_by_how_many_they_are() -> None:
    gifts = [Bought(sku, "prod", "A gift", Amount(0), quantity) for sku, quantity in (("A", 1), ("B", 3))]

    quoted = quote(gifts, Extras(shipping=Amount(400)))

    assert [line.total for line in quoted.lines] == [Amount(100), Amount(300)]


@pytest.mark.parametrize(
    "extras",
    [
        Extras(discount=Amount(101)),
        Extras(discount=Amount(-1)),
        Extras(shipping=Amount(-1)),
        Extras(tax_rates={"A": Decimal("-0.1")}),
    ],
)
def test_what_cannot_be_quoted_is_a_fault(extras: Extras) -> None:
    with pytest.raises(ValueError, match=r"a discount of|never less than nothing"):
        quote([Bought("A", "prod", "Something", Amount(100), 1)], extras)


@pytest.mark.parametrize(("before", "taken"), [(-1, 1), (0, -1), (2, 2), (0, 4)])
def test_more_pieces_than_there_are_have_no_share(before: int, taken: int) -> None:
    with pytest.raises(ValueError, match="are more than 3"):
        share(Amount(100), pieces=3, before=before, taken=taken)


def test_a_line_keeps_its_shares() -> None:
    (line,) = lines_of(
        "order", quote([Bought("A", "prod", "Something", Amount(1_000), 2)], Extras(Amount(1), Amount(2)))
    )

    assert (line.total_minor, line.discount_minor, line.shipping_minor, line.paid_minor) == (2_000, 1, 2, 2_001)
