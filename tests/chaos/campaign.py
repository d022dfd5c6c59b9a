"""A campaign: people buy, faults befall the shop, it comes to rest, and every order is accounted for."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence

from tests.chaos import points
from tests.chaos.buyers import WRONGS, Purchase
from tests.chaos.faults import (
    Fault,
    kill,
    postgres_killed,
    postgres_restarted,
    progress,
    redis_flushed,
    redis_restarted,
    relay_paused,
    repeated_and_reordered,
    stop_for_a_while,
)
from tests.chaos.recovery import at_rest, counted, statuses
from tests.chaos.report import Report
from tests.chaos.shop import Shop
from tests.chaos.visits import visit

REST_WITHIN_S = 120
SOLD_WITHIN_S = 300
ASKED_AT_ONCE = 8
SOLD = {"CONFIRMED", "PARTIALLY_SHIPPED", "SHIPPED", "DELIVERED", "RETURN_REQUESTED", "RETURNED", "REFUNDED"}
NOT_SOLD = {"FAILED", "EXPIRED", "CANCELLED"}
# What a buyer may have been told before the end; by then they may be told anything.
UNDECIDED = {"nothing", "PENDING", "RESERVED", "AWAITING_PAYMENT"}


def everywhere(shop: Shop) -> list[Fault]:
    """Every fault besides those at crash points, as far as this shop has the parts."""
    faults: list[Fault] = [kill(group) for group in (*shop.groups, "router")]
    faults += [stop_for_a_while(group) for group in shop.groups]
    faults += [postgres_restarted, postgres_killed, relay_paused("orders"), relay_paused("payments")]
    if shop.redis is not None:
        faults += [redis_restarted, redis_flushed]
        faults += [repeated_and_reordered("orders"), repeated_and_reordered("payments")]
    return faults


def once_each(shop: Shop) -> list[Fault]:
    """The faults of a short campaign, of each kind one: what a process dying of itself does not show already."""
    faults = [relay_paused("orders"), stop_for_a_while(shop.group_of("payments"))]
    if shop.redis is not None:
        faults += [postgres_killed, kill("router"), postgres_restarted]
        # Shuffled before they are flushed: a stream that was just emptied has nothing to repeat.
        faults += [repeated_and_reordered("orders"), redis_flushed, redis_restarted]
    return faults


def sampled(chance: random.Random, *, each: int) -> dict[str, list[str]]:
    """Some crash points of each subgraph that lie on many buyers' way."""
    near = {
        name: [point for point in every if not points.is_out_of_the_way(point)] for name, every in points.ALL.items()
    }
    return {name: chance.sample(there, min(each, len(there))) for name, there in near.items()}


async def run(shop: Shop, *, seed: int, faults: Sequence[Fault], people: int, sold: int = 0) -> Report:
    """Let so many people buy while processes die where they are to and then these faults come; then look at the books.

    They go on buying until so many orders are sold to people who keep them.
    """
    began, report = time.monotonic(), Report(seed)
    buying = asyncio.create_task(shop.street.buy_until_closed(people))
    try:
        await _misfortunes(shop, report, faults, buying)
        await _until_sold(shop, sold, buying)
    except BaseException:
        buying.cancel()
        raise
    shop.street.is_open = False
    shop.mark("the street is closed")
    try:
        await buying
    except Exception as error:
        report.wrong.append(f"a buyer: {error!r}")
    await _settle(shop, report)
    report.seconds = time.monotonic() - began
    report.faults = shop.faults + shop.courier.faults
    report.faults.update(WRONGS[each.story.card] for each in shop.street.purchases if each.story.card in WRONGS)
    report.troubles = shop.street.troubles
    report.troubles.update(shop.fleet.failures)
    report.write(shop.folder)
    return report


async def _misfortunes(
    shop: Shop,
    report: Report,
    faults: Sequence[Fault],
    buying: asyncio.Task[None],
) -> None:
    report.wrong += [f"{point} was never reached" for point in await visit(shop, buying)]
    report.visits = shop.visits
    for fault in faults:
        if buying.done():
            return
        await fault(shop)
        await shop.fleet.ready()
        await progress(shop)


async def _until_sold(shop: Shop, many: int, buying: asyncio.Task[None]) -> None:
    """Whether an order is sold in spite of what befalls it is chance: wait until enough were lucky."""
    async with asyncio.timeout(SOLD_WITHIN_S):
        while not buying.done() and sum(each.is_kept for each in shop.street.purchases) < many:  # noqa: ASYNC110 -- buyers only count
            await asyncio.sleep(0.1)


async def _settle(shop: Shop, report: Report) -> None:
    shop.mark("waiting for rest")
    await shop.fleet.ready()
    rest = await at_rest(shop.settings, within_s=REST_WITHIN_S)
    report.wrong += [f"still under way: {each}" for each in rest.under_way]
    report.wrong += rest.violations
    found = await statuses(shop.settings, key_prefix="chaos-")
    report.orders = counted(found)
    report.wrong += [f"order {id} ended as {status}" for id, status in found.items() if status not in SOLD | NOT_SOLD]
    shop.mark("asking again for every order")
    turn = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask_again(purchase: Purchase) -> None:
        async with turn:
            report.wrong += await _told_again(shop, purchase, found)
        report.answers[purchase.answer] += 1

    await asyncio.gather(*map(ask_again, shop.street.purchases))


async def _told_again(shop: Shop, purchase: Purchase, found: Mapping[str, str]) -> list[str]:
    """What is wrong with one buyer's order, once they have asked for it again with the same key."""
    if purchase.variables is None:
        return [] if purchase.answer == "nothing" else [f"{purchase} never had a basket"]
    before, was_sold = purchase.answer, purchase.order_id is not None and purchase.is_sold
    try:
        await shop.street.check_out(purchase)
    except Exception as error:
        return [f"{purchase.key} with {purchase.story}: {error!r}"]
    wrong = []
    if was_sold and found.get(purchase.order_id or "") not in SOLD | {"CANCELLED"}:
        wrong.append(f"{purchase.key} was told {before}, and its order is {found.get(purchase.order_id or '')}")
    if purchase.story.afterwards == "keep" and before not in UNDECIDED and purchase.answer != before:
        wrong.append(f"{purchase.key} was told {before}, and then {purchase.answer}")
    return wrong
