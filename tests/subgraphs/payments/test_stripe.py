"""Payments by Stripe's library, against a stand-in that behaves like Stripe and fails as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import stripe as library
from sqlalchemy import text

from chassis.clock import StoppedClock, now
from chassis.database import Database
from chassis.errors import InvalidInput, Unavailable
from chassis.ids import new_id
from chassis.money import Amount
from chassis.settings import Settings, UnsafeSettings
from chassis.testing import under_test
from chassis.viewer import Viewer
from subgraphs.payments import app
from subgraphs.payments.errors import PaymentMethodDeclined, PaymentNotPossible
from subgraphs.payments.model import Status
from subgraphs.payments.providers.port import Malformed, NoAnswer, State, Token
from subgraphs.payments.providers.stripe import Stripe
from subgraphs.payments.rules import Source
from subgraphs.payments.service import Methods, Payments, Webhooks
from subgraphs.payments.store import WebhookInbox
from tests.subgraphs.payments.counter import TOTAL, announced, card, history, payments_of, wish
from tests.subgraphs.payments.stripe_stand_in import API_KEY, StandIn, stand_in

pytestmark = [
    pytest.mark.anyio,
    # Stripe's library gives httpx its bodies in a way that httpx deprecates.
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]

ALICE = Viewer(user_id="user-alice")
VISA, DECLINED = "4242424242424242", "4000000000009995"


@pytest.fixture
async def stripe(database: Database) -> AsyncIterator[StandIn]:
    # Each stand-in gives its names anew.
    async with database.transaction() as session:
        await session.execute(
            text("TRUNCATE payments, transactions, provider_customers, saved_methods, webhook_events, outbox")
        )
    async with stand_in() as standing:
        yield standing


async def provider_of(stripe: StandIn, key: str = API_KEY, timeout_ms: int = 20_000) -> Stripe:
    return Stripe.of(
        key,
        api_url=stripe.url,
        webhook_secrets=["whsec_a"],
        timeout_ms=timeout_ms,
        return_url="https://shop.example/checkout",
    )


@pytest.fixture
async def provider(stripe: StandIn) -> AsyncIterator[Stripe]:
    made = await provider_of(stripe)
    yield made
    await made.close()


@pytest.fixture
def payments(database: Database, clock: StoppedClock, provider: Stripe) -> Payments:
    return payments_of(database, clock, provider)


def by_token(token: str, **changed):
    return wish(source=Source(payment_method_id=token), **changed)


async def test_a_payment_is_authorized_captured_and_refunded_in_parts(payments, database, stripe) -> None:
    payment = await payments.authorize(wish(VISA))
    assert payment.status is Status.AUTHORIZED
    payment = await payments.capture(payment.id, TOTAL, key=new_id())
    for _ in range(2):
        payment = await payments.refund(payment.id, Amount(2_500), key=new_id())

    assert (payment.status, payment.refunded_minor) == (Status.PARTIALLY_REFUNDED, 5_000)
    (intent,) = stripe.intents.values()
    assert (intent["status"], intent["amount_received"], intent["capture_method"]) == ("succeeded", 10_000, "manual")
    assert (intent["currency"], intent["customer"]) == ("usd", "cus_1")
    assert [each["amount"] for each in stripe.refunds.values()] == [2_500, 2_500]
    assert await announced(database, payment.id) == [
        "PaymentAuthorized", "PaymentCaptured", "PaymentRefunded", "PaymentRefunded",
    ]  # fmt: skip


async def test_every_request_that_moves_money_carries_a_key(payments, stripe) -> None:
    payment = await payments.authorize(wish(VISA))
    await payments.capture(payment.id, TOTAL, key=new_id())
    await payments.refund(payment.id, TOTAL, key=new_id())

    posts = [request for request in stripe.requests if request.method == "POST"]
    assert [request.path.rsplit("/", 1)[1] for request in posts] == [
        "customers", "payment_intents", "confirm", "capture", "refunds",
    ]  # fmt: skip
    assert all(request.key for request in posts)


async def test_a_token_of_the_form_in_the_browser_pays_and_shows_its_card(payments, database) -> None:
    payment = await payments.authorize(by_token("pm_of_stripe_js"))

    assert payment.status is Status.AUTHORIZED
    assert (payment.method.brand, payment.method.last4, payment.method.exp_year) == ("Visa", "1881", 2031)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_of_nobody", "resource_missing"),
    ],
)
async def test_a_decline_is_told_in_the_banks_words(payments, database, token, code) -> None:
    payment = await payments.authorize(by_token(token))

    assert (payment.status, payment.decline_code) == (Status.DECLINED, code)
    assert await announced(database, payment.id) == ["PaymentDeclined"]


async def test_a_card_number_never_goes_to_stripe(payments, stripe, database, clock) -> None:
    await payments.authorize(wish(VISA))
    live = await provider_of(stripe, key="sk_live_real")
    with pytest.raises(InvalidInput, match="paymentMethodId"):
        await payments_of(database, clock, live).authorize(wish(VISA))
    with pytest.raises(InvalidInput, match="paymentMethodId"):
        await payments.authorize(wish("4000000000000457"))
    await live.close()

    assert all(VISA not in json.dumps(request.form) for request in stripe.requests)


@pytest.mark.parametrize("passed", [True, False])
async def test_a_challenge_is_answered_on_the_banks_own_page(payments, stripe, database, passed) -> None:
    payment = await payments.authorize(by_token("pm_card_authenticationRequired"))
    assert payment.status is Status.REQUIRES_ACTION
    assert payment.action_url == f"https://hooks.stripe.example/redirect/{payment.reference}"

    stripe.authenticate(payment.reference, passed=passed)
    payment = await payments.confirm(payment.id, code=None, viewer=ALICE)

    assert payment.status is (Status.AUTHORIZED if passed else Status.DECLINED)
    assert payment.decline_code == (None if passed else "payment_intent_authentication_failure")
    assert (await history(database, payment.id))[1] == "AUTHORIZATION ACTION_REQUIRED"


@pytest.mark.parametrize("fault", ["hang up after", "broken after"])
async def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_charged_twice(payments, stripe, fault) -> None:
    stripe.faults = [("/confirm", fault), ("/capture", fault), ("/refunds", fault)]

    payment = await payments.authorize(wish(VISA))
    payment = await payments.capture(payment.id, TOTAL, key=new_id())
    payment = await payments.refund(payment.id, Amount(4_000), key=new_id())

    assert (payment.status, payment.refunded_minor) == (Status.PARTIALLY_REFUNDED, 4_000)
    assert len(stripe.intents) == len(stripe.refunds) == 1
    assert stripe.faults == []


@pytest.mark.parametrize("fault", ["hang up before", "busy", "broken", "in flight", "nonsense"])
@pytest.mark.parametrize("path", ["/customers", "/payment_intents", "/confirm", "/capture", "/refunds"])
async def test_what_never_arrived_is_asked_again(payments, stripe, fault, path) -> None:
    stripe.faults = [(path, fault)]

    payment = await payments.authorize(wish(VISA))
    payment = await payments.capture(payment.id, TOTAL, key=new_id())
    payment = await payments.refund(payment.id, TOTAL, key=new_id())

    assert payment.status is Status.REFUNDED
    assert stripe.faults == []
    assert len(stripe.intents) == 1


async def test_stripe_that_does_not_open_an_intent_leaves_nothing_behind(payments, stripe, database) -> None:
    stripe.faults = [("/payment_intents", "broken")] * 3
    asked = wish(VISA)

    with pytest.raises(Unavailable):
        await payments.authorize(asked)

    assert await payments.by_key(asked.key) is None
    assert (await payments.authorize(asked)).status is Status.AUTHORIZED


async def test_a_slow_answer_is_no_answer_and_the_payment_is_settled_by_asking(stripe, database, clock) -> None:
    provider = await provider_of(stripe, timeout_ms=2_000)
    payments = payments_of(database, clock, provider)
    stripe.faults = [("/confirm", "slow")]

    payment = await payments.authorize(wish(VISA))

    assert payment.status is Status.AUTHORIZED
    assert [request.path.rsplit("/", 1)[1] for request in stripe.requests][2:] == ["confirm", payment.reference]
    await provider.close()


async def test_stripe_that_stays_silent_leaves_the_payment_pending_until_it_speaks(
    payments, stripe, database, clock
) -> None:
    stripe.faults = [("/confirm", "hang up after"), ("pi_1", "broken"), ("pi_1", "broken")]
    payment = await payments.authorize(wish(VISA))
    assert payment.status is Status.PENDING

    clock.advance(minutes=1)
    await payments.settle_stuck()

    settled = await payments.by_key(payment.idempotency_key)
    assert settled is not None
    assert settled.status is Status.AUTHORIZED
    assert await announced(database, payment.id) == ["PaymentAuthorized"]


async def test_nothing_else_waits_while_stripe_thinks(payments, stripe) -> None:
    stripe.faults = [("/confirm", "slow")]

    waiting = asyncio.create_task(payments.authorize(wish(VISA)))
    # The stand-in runs in this very event loop: it is reached, and answers others, only if nobody blocks it.
    await asyncio.wait_for(stripe.held.wait(), 60)
    assert (await payments.authorize(wish(VISA))).status is Status.AUTHORIZED
    assert not waiting.done()

    stripe.slow.set()
    assert (await waiting).status is Status.AUTHORIZED


async def test_a_wrong_key_of_ours_charges_nobody_and_is_no_decline(stripe, database, clock) -> None:
    provider = await provider_of(stripe, key="sk_test_wrong")
    with pytest.raises(Unavailable):
        await payments_of(database, clock, provider).authorize(wish(VISA))
    await provider.close()


async def test_a_double_click_confirms_once(payments, stripe, database) -> None:
    asked = wish(VISA)

    answers = await asyncio.gather(*(payments.authorize(asked) for _ in range(5)))

    assert len({payment.id for payment in answers}) == len(stripe.intents) == 1
    final = await payments.by_key(asked.key)
    assert final is not None
    assert final.status is Status.AUTHORIZED
    assert await announced(database, final.id) == ["PaymentAuthorized"]


async def test_a_cancelled_intent_cannot_be_confirmed_by_whoever_was_on_the_way(payments, provider, stripe) -> None:
    reference = await provider.open(TOTAL, key="on the way", customer=None, saves=False)
    await provider.void(reference)

    charge = await provider.authorize(reference, Token("pm_card_visa"), key="on the way")

    assert charge.state is State.VOIDED


async def test_giving_up_cancels_the_intent_and_refunds_what_was_captured(payments, stripe, database) -> None:
    first, second = wish(VISA), wish(VISA)
    await payments.authorize(first)
    paid = await payments.authorize(second)
    await payments.capture(paid.id, TOTAL, key=new_id())

    given_up = [await payments.abandon(first.key), await payments.abandon(second.key)]

    assert [payment and payment.status for payment in given_up] == [Status.VOIDED, Status.REFUNDED]
    assert [intent["status"] for intent in stripe.intents.values()] == ["canceled", "succeeded"]
    assert [each["amount"] for each in stripe.refunds.values()] == [10_000]


async def test_what_stripe_is_still_deciding_is_let_go_once_it_has(payments, stripe, database, clock) -> None:
    asked = by_token("pm_processing")
    payment = await payments.authorize(asked)
    given_up = await payments.abandon(asked.key)
    assert given_up is not None
    assert given_up.status is Status.VOIDED

    stripe.intents[payment.reference]["status"] = "requires_capture"
    clock.advance(minutes=1)
    await payments.settle_stuck()

    assert stripe.intents[payment.reference]["status"] == "canceled"
    assert await announced(database, payment.id) == ["PaymentVoided"]
    assert "AUTHORIZATION TOO_LATE" in await history(database, payment.id)


async def test_an_authorization_stripe_lets_expire_is_voided_here(payments, stripe, database, clock) -> None:
    payment = await payments.authorize(wish(VISA))
    stripe.intents[payment.reference]["status"] = "canceled"

    with pytest.raises(PaymentNotPossible) as refused:
        await payments.capture(payment.id, TOTAL, key=new_id())
    assert refused.value.reason == "payment_intent_unexpected_state"
    await payments.abandon(payment.idempotency_key)

    assert (await announced(database, payment.id))[-1] == "PaymentVoided"


async def test_refunds_made_in_stripes_dashboard_are_found(payments, stripe, database, clock) -> None:
    payment = await payments.authorize(wish(VISA))
    await payments.capture(payment.id, TOTAL, key=new_id())
    stripe.refunds["re_hand"] = {
        "id": "re_hand", "object": "refund", "amount": 3_000, "status": "succeeded",
        "payment_intent": payment.reference, "metadata": {}, "failure_reason": None,
    }  # fmt: skip

    await payments.till.settle(payment)

    final = await payments.by_key(payment.idempotency_key)
    assert final is not None
    assert (final.status, final.refunded_minor) == (Status.PARTIALLY_REFUNDED, 3_000)


async def refund_whose_answer_was_lost(payments: Payments, stripe: StandIn) -> tuple[str, str]:
    """A payment and the key of its refund, which Stripe made and has forgotten the key of, as it does after a day."""
    payment = await payments.authorize(wish(VISA))
    await payments.capture(payment.id, TOTAL, key=new_id())
    stripe.faults += [("refunds", "hang up after")] * 3
    key = new_id()
    with pytest.raises(Unavailable):
        await payments.refund(payment.id, Amount(2_500), key=key)
    stripe.answered.clear()
    return payment.id, key


async def test_a_refund_asked_for_again_after_days_is_found_and_not_made_twice(payments, stripe) -> None:
    payment_id, key = await refund_whose_answer_was_lost(payments, stripe)

    payment = await payments.refund(payment_id, Amount(2_500), key=key)

    assert payment.refunded_minor == 2_500
    assert [each["amount"] for each in stripe.refunds.values()] == [2_500]


async def test_a_refund_nobody_asks_for_again_is_not_made_twice_while_stripe_comes_and_goes(
    payments, stripe, database, clock
) -> None:
    payment_id, _ = await refund_whose_answer_was_lost(payments, stripe)
    for times in (3, 0):
        stripe.faults += [("refunds", "hang up before")] * times
        clock.advance(days=2)
        await payments.settle_stuck()

    assert [each["amount"] for each in stripe.refunds.values()] == [2_500]
    assert (await history(database, payment_id))[-2:] == ["REFUND REQUESTED", "REFUND SUCCEEDED"]


async def test_refunds_above_what_was_captured_are_refused_by_stripe_too(payments, provider, stripe) -> None:
    payment = await payments.authorize(wish(VISA))
    await payments.capture(payment.id, TOTAL, key=new_id())

    refused = await provider.refund(payment.reference, Amount(10_001), key=new_id())

    assert refused.code == "charge_already_refunded"


async def test_a_refund_that_fails_at_the_bank_is_ours_again(payments, stripe, database) -> None:
    payment = await payments.authorize(by_token("pm_refund_fails"))
    await payments.capture(payment.id, TOTAL, key=new_id())

    with pytest.raises(PaymentNotPossible) as refused:
        await payments.refund(payment.id, TOTAL, key=new_id())

    assert refused.value.reason == "expired_or_canceled_card"


# ----------------------------------------------------------------------------------------------------------- ways to pay


async def test_a_card_saved_while_paying_pays_the_next_time(payments, stripe, database) -> None:
    asked = wish(source=card(VISA, save=True), customer_id="user-saver", owner="user:user-saver")
    payment = await payments.authorize(asked)
    assert stripe.attached == {"pm_card_visa": "cus_1"}
    assert payment.saved_method_id

    again = wish(
        source=Source(saved_method_id=payment.saved_method_id), customer_id="user-saver", owner="user:user-saver"
    )
    assert (await payments.authorize(again)).status is Status.AUTHORIZED
    assert len(stripe.customers) == 1
    assert {intent["customer"] for intent in stripe.intents.values()} == {"cus_1"}


async def test_a_way_to_pay_is_saved_and_removed_at_stripe_too(payments, stripe) -> None:
    methods, viewer = Methods(payments), Viewer(user_id="user-keeper")

    saved = await methods.save(Source(payment_method_id="pm_of_stripe_js"), default=False, key="k", viewer=viewer)
    assert (saved.brand, saved.last4, saved.is_default) == ("Visa", "1881", True)
    assert stripe.attached == {"pm_of_stripe_js": "cus_1"}
    await methods.remove(saved.id, viewer=viewer)

    assert stripe.attached == {}


async def test_a_way_to_pay_the_bank_refuses_is_not_saved(payments, stripe) -> None:
    with pytest.raises(PaymentMethodDeclined) as refused:
        await Methods(payments).save(
            Source(payment_method_id="pm_card_visa_chargeDeclined"), default=False, key="k", viewer=ALICE
        )

    assert refused.value.decline_code == "generic_decline"


# -------------------------------------------------------------------------------------------------------------- webhooks


def event(id: str, kind: str, **about: object) -> bytes:
    what = {"object": "payment_intent", "id": id, **about}
    return json.dumps({"id": f"evt_{new_id()}", "object": "event", "type": kind, "data": {"object": what}}).encode()


async def test_what_stripes_own_library_signs_is_genuine_and_settles_the_payment(
    payments, stripe, database, clock
) -> None:
    webhooks = Webhooks(payments, WebhookInbox(database))
    payment = await payments.authorize(by_token("pm_card_authenticationRequired"))
    stripe.authenticate(payment.reference, passed=True)
    body = event(payment.reference, "payment_intent.amount_capturable_updated")
    signature = library.WebhookSignature.generate_signature_header(
        body.decode(), "whsec_a", timestamp=int(clock().timestamp())
    )

    assert await webhooks.receive("stripe", body, signature)
    await webhooks.handle_waiting()

    assert await announced(database, payment.id) == ["PaymentAuthorized"]


async def test_a_refund_under_way_is_settled_by_its_webhook(payments, stripe, database, clock) -> None:
    webhooks = Webhooks(payments, WebhookInbox(database))
    payment = await payments.authorize(by_token("pm_refund_pending"))
    await payments.capture(payment.id, TOTAL, key=new_id())
    assert (await payments.refund(payment.id, TOTAL, key=new_id())).refunding_minor == 10_000
    stripe.refunds["re_1"]["status"] = "succeeded"
    body = event("re_1", "refund.updated", object="refund", payment_intent=payment.reference)

    signature = library.WebhookSignature.generate_signature_header(
        body.decode(), "whsec_a", timestamp=int(clock().timestamp())
    )
    await webhooks.receive("stripe", body, signature)
    await webhooks.handle_waiting()

    assert (await announced(database, payment.id))[-1] == "PaymentRefunded"


async def test_which_charge_an_event_speaks_of(provider: Stripe) -> None:
    intent, other = event("pi_1", "payment_intent.succeeded"), event("cus_1", "customer.created", object="customer")
    charge = event("ch_1", "charge.refunded", object="charge", payment_intent="pi_2")

    assert [provider.read(body).reference for body in (intent, charge, other)] == ["pi_1", "pi_2", None]
    for body in (b"{}", b"[]", b"x", b'{"id": "e", "type": "t", "data": {"object": 1}}'):
        with pytest.raises(Malformed):
            provider.read(body)


async def test_the_endpoint_is_served_for_stripe(postgres_url, database_prefix) -> None:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}stripe_",
        payment_provider="stripe",
        stripe_api_key=API_KEY,
        stripe_webhook_secrets="whsec_old,whsec_new",
    )
    async with under_test("payments", app.subgraph, settings) as client:
        body = event("pi_of_another_shop", "payment_intent.created")
        answers: list[httpx.Response] = []
        for secret in ("whsec_old", "whsec_new", "whsec_guessed"):
            signature = library.WebhookSignature.generate_signature_header(
                body.decode(), secret, timestamp=int(now().timestamp())
            )
            answers.append(
                await client.http.post(
                    "/payments/webhooks/stripe", content=body, headers={"stripe-signature": signature}
                )
            )
        assert [answer.status_code for answer in answers] == [200, 200, 401]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"payment_provider": "stripe"}, "STRIPE_API_KEY"),
        ({"payment_provider": "stripe", "stripe_api_key": "sk_live_1"}, "STRIPE_WEBHOOK_SECRETS"),
        ({"environment": "production"}, "PAYMENT_PROVIDER"),
        ({"environment": "production", "payment_sandbox_allowed": True}, "SANDBOX_WEBHOOK_SECRETS"),
        (
            {
                "environment": "production",
                "payment_provider": "stripe",
                "stripe_api_key": "sk_live_1",
                "stripe_webhook_secrets": "whsec_1",
                "stripe_api_url": "http://api.stripe.example",
            },
            "STRIPE_API_URL",
        ),
    ],
)
async def test_payments_does_not_start_on_a_provider_that_is_half_set_up(changed, named) -> None:
    built = app.subgraph(Settings(**changed))
    assert built.check is not None

    with pytest.raises(UnsafeSettings, match=named):
        await built.check()

    for close in built.closes:
        await close()


async def test_a_demonstration_may_run_on_the_sandbox_in_production() -> None:
    allowed = Settings(environment="production", payment_sandbox_allowed=True, sandbox_webhook_secrets="s" * 32)
    app.refuse_unsafe(allowed)


async def test_time_outs_of_the_library_are_no_answer(stripe) -> None:
    provider = await provider_of(stripe, timeout_ms=1_000)
    stripe.faults = [("/payment_intents", "slow")]

    with pytest.raises(NoAnswer):
        await provider.open(TOTAL, key="slow", customer=None, saves=False)

    await provider.close()
