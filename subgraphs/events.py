"""What an operator asks about events: which there are, which were set aside, and to have them again.

subgraphs events orders                         # the latest kept, with their positions
subgraphs events orders --from 1200 --count 50
subgraphs events orders --dead                  # set aside: by orders' relay, by orders as a consumer, and mails
subgraphs events orders --revive ID
subgraphs replay orders --from 1200             # send again from a position, to everyone
subgraphs replay orders --from 1200 --to cart   # or to one consumer
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis.app import Subgraph
from chassis.background import consumer_of
from chassis.events import Postponed
from chassis.inbox import dead_letters
from chassis.mail import dead_mails, revive_mail
from chassis.relay import KeptEvent, dead_events, kept_events, revive_sending, send_again
from chassis.settings import Settings

MOMENT = "%Y-%m-%d %H:%M:%S"


class NothingDone(Exception):
    """What was asked for cannot be; the message says why."""


async def listed(subgraph: Subgraph, *, position: int | None, count: int) -> list[str]:
    """Kept events from a position on, else the latest, a line each."""
    return [_line(event) for event in await kept_events(subgraph.database, position=position, count=count)]


def _line(event: KeptEvent) -> str:
    at = f"{event.occurred_at:{MOMENT}}"
    return f"{event.position:>10}  {at}  {event.state:<7}  {event.type}  {event.aggregate_id}"


async def set_aside(subgraph: Subgraph) -> list[str]:
    """What the subgraph's relay, its consumer and its sender of mails gave up, a line each."""
    sending = await dead_events(subgraph.database, subgraph.name)
    handling = await dead_letters(subgraph.database)
    mails = await dead_mails(subgraph.database) if subgraph.mails else []
    lines = [
        f"{each.id}  {each.dead_at:{MOMENT}}  {how} {each.source} {each.type} after {each.attempts}: {each.error}"
        for how, dead in (("not sent:", sending), ("not handled:", handling))
        for each in dead
    ]
    return lines + [
        f"{each.key}  {each.dead_at:{MOMENT}}  not mailed: to {each.recipient} after {each.attempts}: {each.error}"
        for each in mails
    ]


async def revive(subgraph: Subgraph, event_id: str, settings: Settings) -> str:
    """Let what was set aside have another chance; NothingDone when it has none."""
    if await revive_sending(subgraph.database, event_id):
        return f"{event_id} will be sent again"
    if subgraph.mails and await revive_mail(subgraph.database, event_id):
        return f"{event_id} will be mailed"
    consumer = consumer_of(subgraph, settings)
    try:
        if consumer and await consumer.revive(event_id):
            return f"{event_id} was handled by {subgraph.name}"
    except Postponed as again:
        raise NothingDone(f"{event_id} failed again and stays set aside: {again}") from again
    raise NothingDone(f"{subgraph.name} has set no {event_id} aside")


async def replay(subgraph: Subgraph, *, position: int, to: str | None, others: Sequence[Subgraph]) -> str:
    """Have kept events sent again; NothingDone when the consumer would not listen."""
    if to is not None:
        listening = {each.name for each in others if any(it.source == subgraph.name for it in each.listens)}
        if to not in listening:
            who = ", ".join(sorted(listening)) or "nobody"
            raise NothingDone(f"{to} does not listen to {subgraph.name}: {who} does")
    again = await send_again(subgraph.database, position=position, to=to)
    return f"{again} events of {subgraph.name} go again to {to or 'everyone who listens'}"
