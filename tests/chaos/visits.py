"""Every place to die at is visited: all of them armed at once, each process dying at whichever it comes to first.

A process that died is started again with the places that are left, so that none is waited for while another could be
reached; people buy all the time, more and more of them in the ways that lead to what is left.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

from tests.chaos.fleet import Member
from tests.chaos.points import SHORT_HOLD_S, needs_short_holds, stories_to
from tests.chaos.report import Visit
from tests.chaos.shop import Shop

# The places that are left count as unreachable once so many have bought, for so long, and none of them was reached.
GIVEN_UP_AFTER_S = 150
GIVEN_UP_AFTER = 150
# However few have bought.
GIVEN_UP_LATEST_S = 420


async def visit(
    shop: Shop, crashes: Mapping[str, Sequence[str]], buying: asyncio.Task[None]
) -> tuple[list[Visit], list[str]]:
    """Have processes die at these places, by subgraph; answers the visits, and the places no process ever came to."""
    visits: list[Visit] = []
    armed: dict[str, set[str]] = {}
    for name, there in crashes.items():
        armed.setdefault(shop.group_of(name), set()).update(there)
    members = [shop.fleet.members[group] for group, there in armed.items() if there]

    def note(member: Member, point: str) -> None:
        visits.append(Visit(point, member.name, time.monotonic() - shop.began, shop.street.under_way))
        shop.befell(f"kill -9 at {point}")

    shop.fleet.on_death = note
    for member in members:
        member.armed = armed[member.name]
        shop.befell(f"kill -9 of {member.name}")
        member.kill()
    await _all_visited(shop, members, visits, buying)
    missed = [f"{point} in {member.name}" for member in members for point in sorted(member.armed)]
    for member in members:
        if member.armed:
            member.armed = set()
            member.kill()
    shop.street.wanted = ()
    await shop.hold_for(None)
    await shop.fleet.ready()
    return visits, missed


async def _all_visited(shop: Shop, members: Sequence[Member], visits: list[Visit], buying: asyncio.Task[None]) -> None:
    since, bought, count = time.monotonic(), shop.street.finished, 0
    while not buying.done() and (left := [point for member in members for point in member.armed]):
        shop.street.wanted = stories_to(left)
        if all(map(needs_short_holds, left)):
            await shop.hold_for(SHORT_HOLD_S)
        if len(visits) != count:
            since, bought, count = time.monotonic(), shop.street.finished, len(visits)
        waited = time.monotonic() - since
        if waited > GIVEN_UP_LATEST_S:
            return
        if waited > GIVEN_UP_AFTER_S and shop.street.finished - bought > GIVEN_UP_AFTER:
            return
        await asyncio.sleep(0.1)
