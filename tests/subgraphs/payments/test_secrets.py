"""A card's number and security code pass through payments and are found nowhere afterwards."""

import io
import json
import re
from collections.abc import AsyncIterator

import pytest
import structlog
from sqlalchemy import text

from chassis.logs import configure
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.payments import app
from subgraphs.payments.providers.cards import CARDS
from subgraphs.payments.providers.port import Card
from tests.subgraphs.payments.test_methods import AUTHORIZE, SAVE, typed

pytestmark = pytest.mark.anyio

CVC = "9731"
# By itself: among the digits of an id or after the dot of a time it stands by chance.
SHOWN = re.compile(rf"(?<![\w.-]){CVC}(?![\w-])")


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}secrets_")
    async with under_test("payments", app.subgraph, settings) as client:
        yield client


@pytest.fixture
def logged() -> io.StringIO:
    written = io.StringIO()
    configure(level="debug", form="json")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False)
    return written


async def test_no_number_is_left_in_tables_logs_answers_or_errors(payments, logged, capfd, caplog) -> None:
    answers = []
    for number in CARDS:
        card = typed(number, cvc=CVC)
        for source in ({"card": card}, {"card": card, "save": True}):
            wish = {
                "orderId": f"order-{number[-5:]}-{len(source)}", "owner": "user:casey", "customerId": "casey",
                "amount": {"amount": "10.00", "currency": "USD"}, "source": source,
            }  # fmt: skip
            asked = {"input": wish, "key": f"{wish['orderId']}"}
            answers.append(await payments.ask(AUTHORIZE, asked, internal=True))
        answers.append(await payments.ask(SAVE, {"input": {"card": card}, "key": number[-5:]}, user="casey"))
        for wrong in ({"expMonth": 13}, {"cvc": "x"}, {"expYear": 1999}, {"expMonth": "May"}, {"pin": 1}):
            asked = {"input": {"card": {**card, **wrong}}, "key": "k"}
            answers += [await payments.ask(SAVE, asked, user="casey")]

    assert len(answers) == 8 * len(CARDS)
    everything = [json.dumps(answer.body) for answer in answers]
    everything += [logged.getvalue(), caplog.text, *capfd.readouterr()]
    async with payments.database.reading() as session:
        tables = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        for table in tables:
            rows = await session.scalars(text(f"SELECT t::text FROM {table} t"))
            everything += rows.all()
    assert len(everything) > 500
    for number in CARDS:
        assert not [found for found in everything if number in found]
    assert not [found for found in everything if SHOWN.search(found)]


async def test_a_fault_while_paying_is_logged_without_the_card(payments, logged, monkeypatch, capfd) -> None:
    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the provider broke down")

    monkeypatch.setattr("subgraphs.payments.providers.sandbox.Sandbox.authorize", break_down)
    number = next(iter(CARDS))
    wish = {
        "orderId": "broken", "owner": "user:casey", "amount": {"amount": "10.00", "currency": "USD"},
        "source": {"card": typed(number, cvc=CVC)},
    }  # fmt: skip

    answer = await payments.ask(AUTHORIZE, {"input": wish, "key": "broken"}, internal=True)

    assert answer.codes == ["INTERNAL_ERROR"]
    told = logged.getvalue() + "".join(capfd.readouterr()) + json.dumps(answer.body)
    assert "broke down" in told
    assert number not in told
    assert not SHOWN.search(told)


@pytest.mark.parametrize(
    "leak", [json.dumps(typed("4242", cvc=CVC)), f"(01a2,{CVC},t)", f"cvc={CVC}", f"the code {CVC}."]
)
def test_a_security_code_that_is_shown_is_found(leak: str) -> None:
    assert SHOWN.search(leak)


def test_a_card_does_not_show_its_number_by_itself() -> None:
    card = Card("4242424242424242", 12, 2030, CVC, "Casey")

    for shown in (repr(card), str(card), f"{card}", f"{[card]}"):
        assert "424242424242" not in shown
        assert CVC not in shown
