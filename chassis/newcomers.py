"""Listeners that are new: sent, once, what outboxes keep from before anybody listened.

    await welcome(subgraphs, heard=True)          # before the relays of this process start

A subgraph remembers in its database, in `inbox_listeners`, which events of whom it listens to. One that is not there
was added since: where the source is served by this process, everything of that type its outbox keeps is sent again, to
this consumer, in order; what it has handled already its inbox knows. Where the source is served elsewhere, the log says
what to run there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.database import Database
from chassis.outbox import LISTENERS
from chassis.relay import send_again

if TYPE_CHECKING:
    from chassis.app import Subgraph

log = structlog.get_logger("chassis.newcomers")


async def welcome(subgraphs: Sequence[Subgraph], *, heard: bool) -> None:
    """Have what they missed sent to listeners that are new; `heard` is whether this process relays its outboxes."""
    here = {subgraph.name: subgraph.database for subgraph in subgraphs} if heard else {}
    # By source, the consumers that are new to it, with the types they did not listen to before.
    new: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
    for subgraph in subgraphs:
        known = await _known(subgraph.database) if subgraph.listens else frozenset()
        for listener in subgraph.listens:
            if (listener.source, listener.type) not in known:
                new[listener.source].setdefault(subgraph.name, set()).add(listener.type)
                if listener.source not in here:
                    _say(subgraph.name, listener.source, listener.type, is_first=not known)
    for source, consumers in new.items():
        if source in here:
            await _send(source, here[source], consumers)
    for subgraph in subgraphs:
        await _remember(subgraph, new)


async def _send(source: str, database: Database, consumers: Mapping[str, set[str]]) -> None:
    # An event is sent again to one consumer or to all, whose inboxes know what they have handled.
    to = next(iter(consumers)) if len(consumers) == 1 else None
    types = frozenset[str]().union(*consumers.values())
    count = await send_again(database, position=0, to=to, types=types)
    log.info("listeners_new", source=source, consumers=sorted(consumers), types=sorted(types), sent_again=count)


def _say(consumer: str, source: str, type: str, *, is_first: bool) -> None:
    # At a first start everything is new, and nothing was missed yet.
    report = log.info if is_first else log.warning
    report(
        "listener_new_and_its_source_elsewhere",
        consumer=consumer,
        source=source,
        type=type,
        run=f"subgraphs replay {source} --from 1 --to {consumer}",
    )


async def _known(database: Database) -> frozenset[tuple[str, str]]:
    async with database.reading() as session:
        rows = (await session.execute(sa.select(LISTENERS.c.source, LISTENERS.c.type))).all()
    return frozenset((row.source, row.type) for row in rows)


async def _remember(subgraph: Subgraph, new: Mapping[str, Mapping[str, set[str]]]) -> None:
    moment = now()
    rows = [
        {"source": source, "type": type, "since": moment}
        for source, consumers in new.items()
        for type in sorted(consumers.get(subgraph.name, ()))
    ]
    if rows:
        async with subgraph.database.transaction() as session:
            await session.execute(insert(LISTENERS).on_conflict_do_nothing(), rows)
