"""A process that relays, listens and sends mails until nothing is left to do; it ends where CRASH_AT says.

python -m tests.chassis.crashing TOYS_DATABASE SHELF_DATABASE REDIS PREFIX SMTP
"""

import asyncio
import os
import sys
from typing import Any

from sqlalchemy import text

from chassis import faults
from chassis.database import Database
from chassis.events import Envelope, Listener
from chassis.inbox import Consumer
from chassis.mail import Mail, Sender, post, standing
from chassis.post_office import SmtpServer
from chassis.relay import Relay, backlog
from chassis.streams import RedisStreams


async def handle(session: Any, event: Envelope) -> None:
    """Move the toy, and write to its owner."""
    move = {"toy": event.aggregate_id, "step": event.payload["step"]}
    await session.execute(text("INSERT INTO moves (toy, step) VALUES (:toy, :step)"), move)
    if move["step"] == 0:
        await post(session, Mail("ann@example.com", f"{move['toy']} moved", "It moved.\n", key=f"moved:{event.id}"))


async def work(toys_url: str, shelf_url: str, redis_url: str, prefix: str, smtp_url: str) -> None:
    faults.arm(os.environ.get("CRASH_AT"))
    toys, shelf = Database(toys_url), Database(shelf_url)
    transport = RedisStreams(redis_url, prefix=prefix, block_ms=20, lease_ms=300, retry_ms=20)
    consumer = Consumer("shelf", shelf, [Listener("toys", "ToyMoved", handle)])
    transport.subscribe("shelf", consumer.sources, consumer.deliver)
    relay = Relay("toys", toys, transport, poll_ms=20, batch=2)
    outlet = SmtpServer.of(smtp_url, timeout_ms=20_000)
    sender = Sender("shelf", shelf, outlet, sender="Shop <shop@example.com>", poll_ms=20, claim_ms=300, batch=1)

    async def left() -> int:
        async with shelf.reading() as session:
            moved = (await session.execute(text("SELECT count(*) FROM moves"))).scalar_one()
        return (await backlog(toys)).waiting + (await standing(shelf)).waiting + (moved < 12)

    await transport.start()
    await relay.start()
    await sender.start()
    while await left():  # noqa: ASYNC110 -- it is the databases that say so
        await asyncio.sleep(0.02)
    await sender.stop()
    await relay.stop()
    await transport.stop()
    await toys.close()
    await shelf.close()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
