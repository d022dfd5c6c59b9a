"""What a process does besides answering: relay, listen, deliver mails, and its periodic calls.

async with at_work(subgraphs, settings, transport):
    ...                                             # all of it runs until the block ends
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from chassis import trace
from chassis.database import Database
from chassis.events import InProcess, Transport
from chassis.inbox import Consumer, dead_letter_count
from chassis.mail import Sender
from chassis.mail import standing as post
from chassis.metrics import Gauge
from chassis.newcomers import welcome
from chassis.post_office import outlet_of
from chassis.relay import Relay, backlog, forget_sent
from chassis.settings import Settings, UnsafeSettings
from chassis.tasks import end

if TYPE_CHECKING:
    from chassis.app import Subgraph

log = structlog.get_logger("chassis.background")

_HOUR_S = 3_600
# Some turns wait by themselves, and fail at once.
_FAILED_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something done again and again while the process runs. A failure is logged and the next turn comes."""

    name: str
    every_s: float
    call: Callable[[], Awaitable[Any]]


def transport_of(settings: Settings) -> Transport:
    """Redis Streams where there is a Redis, else straight calls inside this process."""
    if settings.redis_url is None:
        return InProcess()
    from chassis.streams import RedisStreams  # noqa: PLC0415 -- redis is loaded only where it is used

    return RedisStreams(
        settings.redis_url,
        prefix=settings.database_prefix,
        attempts_max=settings.event_attempts_max,
        lease_ms=settings.event_lease_ms,
    )


def refuse_unsent(subgraphs: Sequence[Subgraph], settings: Settings) -> None:
    """Raise UnsafeSettings when production would keep mails it has to send."""
    mailing = [subgraph.name for subgraph in subgraphs if subgraph.mails]
    if settings.production and mailing and settings.smtp_url is None:
        raise UnsafeSettings(f"SMTP_URL is not set, and {', '.join(mailing)} sends mails: set it to the mail server")


def refuse_unheard(settings: Settings) -> bool:
    """Whether subgraphs that other processes serve hear what this one announces: not without a Redis.

    Production refuses to start so, with UnsafeSettings; elsewhere the events wait in the outbox until a process that
    serves every subgraph sends them, so that none is lost on those who are not there.
    """
    if settings.redis_url is not None:
        return True
    if settings.production:
        raise UnsafeSettings(
            "REDIS_URL is not set, and not every subgraph is served here: the others would never hear of its events"
        )
    log.warning("events_wait", reason="REDIS_URL is not set, and not every subgraph is served by this process")
    return False


def gauges_of(subgraphs: Sequence[Subgraph], transport: Transport) -> list[Gauge]:
    """What every subgraph shows of its events and mails."""
    gauges = []
    for subgraph in subgraphs:
        database, fixed = subgraph.database, {"subgraph": subgraph.name}
        for name, help, read in (
            ("outbox_waiting_events", "Events announced and not yet sent.", _of(backlog, "waiting")),
            ("outbox_oldest_waiting_seconds", "How long the first of them waits.", _of(backlog, "oldest_s")),
            ("outbox_dead_events", "Events the relay set aside.", _of(backlog, "dead")),
            ("inbox_dead_events", "Events the consumer set aside.", dead_letter_count),
            ("mails_waiting", "Mails not yet delivered.", _of(post, "waiting")),
            ("mails_dead", "Mails given up.", _of(post, "dead")),
        ):
            if subgraph.mails or not name.startswith("mails"):
                gauges.append(Gauge(name, help, partial(read, database), fixed=fixed))
        if subgraph.listens:
            behind = partial(transport.behind, subgraph.name)
            help = "Events published by others and not settled here."
            gauges.append(Gauge("inbox_waiting_events", help, behind, label="source", fixed=fixed))
    return gauges


def _of(read: Callable[[Database], Awaitable[Any]], figure: str) -> Callable[[Database], Awaitable[float]]:
    async def one(database: Database) -> float:
        return float(getattr(await read(database), figure))

    return one


def consumer_of(subgraph: Subgraph, settings: Settings) -> Consumer | None:
    """What applies other subgraphs' events to this one; None for one that listens to nobody."""
    if not subgraph.listens:
        return None
    return Consumer(subgraph.name, subgraph.database, subgraph.listens, attempts_max=settings.event_attempts_max)


def relay_of(subgraph: Subgraph, settings: Settings, transport: Transport) -> Relay:
    """What sends a subgraph's events."""
    return Relay(
        subgraph.name,
        subgraph.database,
        transport,
        poll_ms=settings.event_poll_ms,
        attempts_max=settings.event_attempts_max,
        resend_hours=settings.event_resend_hours,
    )


def sender_of(subgraph: Subgraph, settings: Settings) -> Sender:
    """What delivers a subgraph's mails, to where the settings say."""
    return Sender(
        subgraph.name,
        subgraph.database,
        outlet_of(settings),
        sender=settings.mail_from,
        poll_ms=settings.event_poll_ms,
        # Longer than one delivery may take: four time-outs.
        claim_ms=8 * settings.smtp_timeout_ms,
    )


@asynccontextmanager
async def at_work(
    subgraphs: Sequence[Subgraph], settings: Settings, transport: Transport, *, heard: bool = True
) -> AsyncIterator[None]:
    """Relays, listeners, mails and periodic calls, running until the block ends; no relays unless they are `heard`."""
    relays = [relay_of(subgraph, settings, transport) for subgraph in subgraphs if heard]
    senders = [sender_of(subgraph, settings) for subgraph in subgraphs if subgraph.mails]
    periodic = [turn for subgraph in subgraphs for turn in subgraph.periodic]
    periodic += [Periodic("old mails", every_s=_HOUR_S, call=sender.forget_old) for sender in senders]
    for subgraph in subgraphs:
        forget = partial(forget_sent, subgraph.database, days=settings.event_retention_days)
        periodic.append(Periodic(f"sent events of {subgraph.name}", every_s=_HOUR_S, call=forget))
        if consumer := consumer_of(subgraph, settings):
            transport.subscribe(subgraph.name, consumer.sources, consumer.deliver, consumer.deliver_all)
            periodic.append(Periodic(f"old events of {subgraph.name}", every_s=_HOUR_S, call=consumer.forget_old))
    turns: list[asyncio.Task[None]] = []
    try:
        # Before anything newer is sent, so that they hear it in order.
        await welcome(subgraphs, heard=heard)
    except Exception as error:  # noqa: BLE001 -- a database may be away; the rest of the process outlives that
        log.warning("newcomers_not_welcomed", error=repr(error))
        turns.append(asyncio.create_task(_welcome_later(subgraphs, heard=heard), name="newcomers"))
    await transport.start()
    try:
        for relay in relays:
            await relay.start()
        for sender in senders:
            await sender.start()
        turns += [asyncio.create_task(_repeat(turn), name=turn.name) for turn in periodic]
        yield
    finally:
        await end(turns)
        for sender in senders:
            await sender.stop()
        for relay in relays:
            await relay.stop()
        await transport.stop()


async def _welcome_later(subgraphs: Sequence[Subgraph], *, heard: bool) -> None:
    while True:
        await asyncio.sleep(_FAILED_PAUSE_S)
        with suppress(Exception):
            return await welcome(subgraphs, heard=heard)


async def _repeat(turn: Periodic) -> None:
    while True:
        trace.accept(None)
        try:
            await turn.call()
        except Exception as error:  # noqa: BLE001 -- the next turn may succeed
            log.warning("periodic_failed", name=turn.name, error=repr(error))
            await asyncio.sleep(max(turn.every_s, _FAILED_PAUSE_S))
        else:
            await asyncio.sleep(turn.every_s)
