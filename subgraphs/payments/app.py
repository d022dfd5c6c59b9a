"""Wires payments: settings → database → providers → services → schema, webhooks and workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from pydantic import SecretStr

from chassis.app import Periodic, Subgraph, open_database
from chassis.clock import Clock, now
from chassis.database import Database
from chassis.events import Listener
from chassis.settings import DEVELOPMENT_SANDBOX_SECRET, Settings, UnsafeSettings
from chassis.viewer import Viewer

from .loaders import Loaders
from .providers.deliveries import TIMEOUT_S, Deliveries
from .providers.sandbox import Sandbox
from .routes import routes_of
from .schema import Context, schema
from .service import Methods, Payments, Providers, Webhooks
from .store import SandboxBooks, SandboxOutbox, WebhookInbox

_DAY_S: Final = 86_400


def subgraph(settings: Settings, *, clock: Clock = now) -> Subgraph:
    """Payments, ready to serve; nothing connects yet."""
    database = open_database("payments", settings)
    sandbox = Sandbox(SandboxBooks(database), secrets_of(settings.sandbox_webhook_secrets), clock)
    providers, closes = providers_of(settings, sandbox)
    payments = Payments(database, providers, clock)
    methods = Methods(payments)
    webhooks = Webhooks(payments, WebhookInbox(database))

    def context(viewer: Viewer) -> Context:
        return Context(viewer=viewer, payments=payments, methods=methods, loaders=Loaders(database))

    async def check() -> None:
        refuse_unsafe(settings)

    periodic = [
        Periodic("settle payments", every_s=5, call=payments.settle_stuck),
        Periodic("handle webhooks", every_s=1, call=webhooks.work),
        Periodic("old webhooks", every_s=_DAY_S, call=webhooks.forget_old),
    ]
    if providers.named(sandbox.name) is not None:
        client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        deliveries = deliveries_of(settings, database, sandbox, client, clock)
        closes.append(client.aclose)
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
        ],
        periodic=periodic,
        check=check,
        routes=[routes_of(webhooks)],
        closes=closes,
    )


def deliveries_of(
    settings: Settings, database: Database, sandbox: Sandbox, client: httpx.AsyncClient, clock: Clock = now
) -> Deliveries:
    """What sends the sandbox's webhooks to where the settings say: by default to this subgraph itself."""
    url = settings.sandbox_webhook_url or f"{settings.subgraphs_url.rstrip('/')}/payments/webhooks/sandbox"
    return Deliveries(SandboxOutbox(database), sandbox, url, client, clock)


def providers_of(settings: Settings, sandbox: Sandbox) -> tuple[Providers, list[Callable[[], Awaitable[None]]]]:
    """The providers the settings ask for, and what closes them."""
    del settings
    return Providers(sandbox), []


def secrets_of(text: SecretStr | None) -> list[str]:
    """Several secrets, by commas."""
    return [each.strip() for each in (text.get_secret_value() if text else "").split(",") if each.strip()]


def refuse_unsafe(settings: Settings) -> None:
    """Raise UnsafeSettings when production would run on a provider that moves no money, or on a known secret."""
    if not settings.production or settings.payment_provider != "sandbox":
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
