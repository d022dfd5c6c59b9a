"""Every place to die at is visited: all of them armed at once, each process dying at whichever it comes to first.

A process that died is started again with the places that are left, so that none is waited for while another could be
reached; people buy all the time, more and more of them in the ways that lead to what is left.
"""

import asyncio
import time
from collections.abc import Sequence

from tests.chaos.fleet import Member
from tests.chaos.points import SHORT_HOLD_S, needs_short_holds, stories_to
from tests.chaos.shop import Shop

# The places that are left count as unreachable once so many have bought, for so long, and none of them was reached.
GIVEN_UP_AFTER_S = 150
GIVEN_UP_AFTER = 150
# However few have bought.
GIVEN_UP_LATEST_S = 420


async def visit(shop: Shop, buying: asyncio.Task[None]) -> list[str]:
    """Wait until every process has died wherever it was to; answers the places no process ever came to."""
    members = list(shop.fleet.members.values())
    await _all_visited(shop, members, buying)
    missed = [f"{point} in {member.name}" for member in members for point in sorted(member.armed)]
    for member in members:
        if member.armed:
            member.armed = set()
            member.kill()
    shop.street.wanted = ()
    await shop.hold_for(None)
    await shop.fleet.ready()
    return missed


async def _all_visited(shop: Shop, members: Sequence[Member], buying: asyncio.Task[None]) -> None:
    since, bought, count = time.monotonic(), shop.street.finished, 0
    while not buying.done() and (left := [point for member in members for point in member.armed]):
        shop.street.wanted = stories_to(left)
        if all(map(needs_short_holds, left)):
            await shop.hold_for(SHORT_HOLD_S)
        if len(shop.visits) != count:
            since, bought, count = time.monotonic(), shop.street.finished, len(shop.visits)
        waited = time.monotonic() - since
        if waited > GIVEN_UP_LATEST_S:
            return
        if waited > GIVEN_UP_AFTER_S and shop.street.finished - bought > GIVEN_UP_AFTER:
            return
        await asyncio.sleep(0.1)
