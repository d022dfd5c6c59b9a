"""Wires payments: settings → database → providers → services → schema, webhooks and workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from pydantic import SecretStr

from chassis.app import Periodic, Subgraph, open_database
from chassis.clock import Clock, now
from chassis.events import Listener
from chassis.settings import DEVELOPMENT_SANDBOX_SECRET, Settings, UnsafeSettings
from chassis.viewer import Viewer

from .challenges import challenges_of
from .loaders import Loaders
from .providers.deliveries import TIMEOUT_S, Deliveries, Send, over_http
from .providers.port import Provider
from .providers.sandbox import Sandbox
from .routes import routes_of
from .schema import Context, schema
from .service import Methods, Payments, Providers, Webhooks
from .store import SandboxBooks, SandboxOutbox, WebhookInbox

_DAY_S: Final = 86_400


def subgraph(settings: Settings, *, clock: Clock = now) -> Subgraph:
    """Payments, ready to serve; nothing connects yet."""
    database = open_database("payments", settings)
    sandbox = Sandbox(
        SandboxBooks(database),
        secrets_of(settings.sandbox_webhook_secrets),
        clock,
        challenge_url=settings.challenges_url,
    )
    providers, closes = providers_of(settings, sandbox)
    payments = Payments(database, providers, clock)
    methods = Methods(payments)
    webhooks = Webhooks(payments, WebhookInbox(database))

    def context(viewer: Viewer) -> Context:
        return Context(
            viewer=viewer,
            payments=payments,
            methods=methods,
            loaders=Loaders(database),
            secret=settings.internal_token.get_secret_value(),
        )

    async def check() -> None:
        refuse_unsafe(settings)

    periodic = [
        Periodic("settle payments", every_s=5, call=payments.settle_stuck),
        Periodic("handle webhooks", every_s=1, call=webhooks.work),
        Periodic("forget ways to pay", every_s=60, call=methods.tell_providers),
        Periodic("old webhooks", every_s=_DAY_S, call=webhooks.forget_old),
    ]
    routes = [routes_of(webhooks)]
    if providers.named(sandbox.name) is not None:
        routes.append(challenges_of(sandbox, shop_url=settings.shop_url))
        send, close = sending_of(settings, sandbox, webhooks)
        deliveries = Deliveries(SandboxOutbox(database), sandbox, send, clock)
        closes.append(close)
        periodic.append(Periodic("send the sandbox's webhooks", every_s=1, call=deliveries.work))
        periodic.append(Periodic("old webhooks of the sandbox", every_s=_DAY_S, call=deliveries.forget_old))

    return Subgraph(
        name="payments",
        schema=schema,
        database=database,
        context=context,
        listens=[
            Listener("orders", "OrderPlaced", payments.order_placed),
            Listener("orders", "OrderClaimed", payments.order_claimed),
            Listener("users", "UserDeleted", methods.person_left),
        ],
        periodic=periodic,
        check=check,
        routes=routes,
        closes=closes,
    )


def sending_of(settings: Settings, sandbox: Sandbox, webhooks: Webhooks) -> tuple[Send, Callable[[], Awaitable[None]]]:
    """How the sandbox's webhooks travel, and what closes it: over HTTP to where the settings say.

    By default they are handed over in this process, where they are verified and stored as those that came over HTTP.
    """

    async def hand_over(body: bytes, signature: str) -> str | None:
        try:
            await webhooks.receive(sandbox.name, body, signature)
        except Exception as error:  # noqa: BLE001 -- as for one that travels: it is sent again
            return repr(error)
        return None

    client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
    url = settings.sandbox_webhook_url
    return (over_http(url, client, header=sandbox.signature_header) if url else hand_over), client.aclose


def providers_of(settings: Settings, sandbox: Sandbox) -> tuple[Providers, list[Callable[[], Awaitable[None]]]]:
    """The providers the settings ask for, and what closes them.

    With `stripe` the sandbox stays known in development, so that demo payments can be refunded; with `sandbox`, Stripe
    stays known while it has a key, for the payments that were made with it.
    """
    closes: list[Callable[[], Awaitable[None]]] = []
    stripe: Provider | None = None
    if settings.stripe_api_key is not None:
        from .providers.stripe import Stripe  # noqa: PLC0415 -- its library is loaded only where it is used

        made = Stripe.of(
            settings.stripe_api_key.get_secret_value(),
            api_url=settings.stripe_api_url,
            webhook_secrets=secrets_of(settings.stripe_webhook_secrets),
            timeout_ms=settings.stripe_timeout_ms,
            return_url=f"{settings.shop_url.rstrip('/')}/checkout",
        )
        stripe = made
        closes.append(made.close)
    if settings.payment_provider == "sandbox" or stripe is None:
        return Providers(sandbox, {stripe.name: stripe} if stripe else {}), closes
    return Providers(stripe, {} if settings.production else {sandbox.name: sandbox}), closes


def secrets_of(text: SecretStr | None) -> list[str]:
    """Several secrets, by commas."""
    return [each.strip() for each in (text.get_secret_value() if text else "").split(",") if each.strip()]


def refuse_unsafe(settings: Settings) -> None:
    """Raise UnsafeSettings for a provider that is not set up, or, in production, for one that moves no money."""
    if settings.payment_provider == "stripe":
        _refuse_half_stripe(settings)
        return
    if not settings.production:
        return
    if not settings.payment_sandbox_allowed:
        raise UnsafeSettings(
            "PAYMENT_PROVIDER is the sandbox, which moves no money: set it to stripe, or PAYMENT_SANDBOX_ALLOWED=true "
            "for a demonstration"
        )
    secrets = secrets_of(settings.sandbox_webhook_secrets)
    if not secrets or DEVELOPMENT_SANDBOX_SECRET in secrets or min(map(len, secrets)) < 32:
        raise UnsafeSettings(
            "SANDBOX_WEBHOOK_SECRETS is the development default or shorter than 32 characters: set it anew"
        )


def _refuse_half_stripe(settings: Settings) -> None:
    key = settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else ""
    if not key:
        raise UnsafeSettings("STRIPE_API_KEY is not set, and PAYMENT_PROVIDER is stripe")
    if not secrets_of(settings.stripe_webhook_secrets):
        raise UnsafeSettings("STRIPE_WEBHOOK_SECRETS is not set: Stripe's webhooks could not be told from forged ones")
    if settings.production and not settings.stripe_api_url.startswith("https://"):
        raise UnsafeSettings("STRIPE_API_URL does not start with https://: the key would be sent in the clear")
