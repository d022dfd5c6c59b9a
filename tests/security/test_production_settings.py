"""What production does not start with: each is refused with a line that says what to set."""

import asyncio
from pathlib import Path

import pytest

from chassis.app import Subgraph, check, create_app
from chassis.settings import Settings, UnsafeSettings
from subgraphs import NAMES
from subgraphs.cli import load, main
from tests.journeys.shop import PATIENT, new_signing_key
from tests.security.premises import Premises

SECRET = "a-secret-of-more-than-32-characters-indeed"
UNSET = None

REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "no internal token": ({"INTERNAL_TOKEN": UNSET}, "INTERNAL_TOKEN is the development default"),
    "a short internal token": ({"INTERNAL_TOKEN": "short"}, "shorter than 32 characters"),
    "no router secret": ({"ROUTER_SECRET": UNSET}, "ROUTER_SECRET is not set"),
    "a short router secret": ({"ROUTER_SECRET": "short"}, "ROUTER_SECRET is not set or shorter than 32 characters"),
    "a generated signing key": ({"TOKEN_SIGNING_KEY": UNSET}, "TOKEN_SIGNING_KEY is not set"),
    "a signing key that is none": ({"TOKEN_SIGNING_KEY": "secret"}, "TOKEN_SIGNING_KEY holds no PEM private key"),
    "the sandbox": ({"PAYMENT_SANDBOX_ALLOWED": UNSET}, "PAYMENT_PROVIDER is the sandbox, which moves no money"),
    "the sandbox's known secret": (
        {"SANDBOX_WEBHOOK_SECRETS": "sandbox-webhook-secret"}, "SANDBOX_WEBHOOK_SECRETS is the development default"
    ),
    "no secret of the sandbox": ({"SANDBOX_WEBHOOK_SECRETS": UNSET}, "SANDBOX_WEBHOOK_SECRETS is the development default"),
    "Stripe without a key": ({"PAYMENT_PROVIDER": "stripe"}, "STRIPE_API_KEY is not set"),
    "Stripe without its webhooks' secret": (
        {"PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": "sk_live_x"}, "STRIPE_WEBHOOK_SECRETS is not set"
    ),
    "Stripe in the clear": (
        {"PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRETS": "whsec_x",
         "STRIPE_API_URL": "http://stripe.example"}, "STRIPE_API_URL does not start with https://"
    ),
    "no mail server": ({"SMTP_URL": UNSET}, "SMTP_URL is not set"),
    "nowhere to keep pictures": ({"MEDIA_URL": UNSET}, "MEDIA_URL is not set"),
    "crashes on purpose": ({"CRASH_AT": "orders.checkout.held"}, "CRASH_AT ends processes on purpose"),
    "the demo people": ({}, "remove the demo people, whose passwords are public"),
}  # fmt: skip


@pytest.fixture
def production(premises: Premises, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """All that production needs, over databases in which the demo people are."""
    complete = {
        "ENVIRONMENT": "production", "INTERNAL_TOKEN": SECRET, "ROUTER_SECRET": SECRET, "SANDBOX_WEBHOOK_SECRETS": SECRET,
        "TOKEN_SIGNING_KEY": new_signing_key(), "PAYMENT_SANDBOX_ALLOWED": "true", "SMTP_URL": "smtp://127.0.0.1:25",
        "MEDIA_URL": str(tmp_path), "MEDIA_PUBLIC_URL": "https://shop.example",
        "DATABASE_URL": premises.environment["DATABASE_URL"], "DATABASE_PREFIX": premises.environment["DATABASE_PREFIX"],
        "LOG_LEVEL": "error", **PATIENT,
    }  # fmt: skip
    for name, value in complete.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("kind", REFUSED)
def test_production_does_not_start(production: pytest.MonkeyPatch, kind: str) -> None:
    changes, message = REFUSED[kind]
    for name, value in changes.items():
        if value is None:
            production.delenv(name)
        else:
            production.setenv(name, value)

    settings = Settings()
    with pytest.raises(UnsafeSettings) as refused:
        asyncio.run(start(settings))

    assert message in str(refused.value)
    assert SECRET not in str(refused.value)


async def start(settings: Settings) -> None:
    """Everything that `subgraphs serve` does before it listens; users, who find the demo people, come last."""
    serving: list[Subgraph] = []
    try:
        serving.extend(load(name, settings) for name in reversed(NAMES))
        create_app(serving, settings, complete=True)
        await check(serving)
    finally:
        for each in serving:
            for close in (each.database.close, *each.closes):
                await close()


def test_production_takes_no_demo_data(production: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    del production

    assert main(["seed"]) == 2

    assert "demo data is not for production" in capsys.readouterr().err
