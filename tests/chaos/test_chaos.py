"""The short campaigns: a sample of the places to die at, and each other fault once."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.chaos.campaign import once_each, run, sampled
from tests.chaos.shop import Premises, built, opened

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(1800)]

SEED = 20
PEOPLE = 6
SOLD = 5
EVERYWHERE = {"relay of orders paused", "webhook duplicated", "webhook late, out of order"}
BETWEEN_PROCESSES = {
    "kill -9 of router",
    "PostgreSQL killed",
    "PostgreSQL restarted",
    "payments stopped and continued",
    "Redis flushed",
    "Redis restarted",
    "event repeated",
}


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Premises:
    return asyncio.run(built(tmp_path_factory.mktemp("premises")))


async def test_every_order_ends_well_whatever_befalls_a_shop_of_many_processes(
    tmp_path: Path, premises: Premises
) -> None:
    crashes = sampled(random.Random(SEED), each=1)
    async with opened(premises, tmp_path, seed=SEED, apart=True, crashes=crashes) as shop:
        report = await run(shop, seed=SEED, faults=once_each(shop), people=PEOPLE, sold=SOLD)

    print(report)
    assert report.wrong == []
    assert len(report.visits) == len(crashes)
    assert report.faults.keys() >= EVERYWHERE | BETWEEN_PROCESSES
    assert report.orders["CONFIRMED"] >= SOLD


async def test_every_order_ends_well_in_a_shop_of_one_process_without_redis(tmp_path: Path, premises: Premises) -> None:
    crashes = {"orders": sampled(random.Random(SEED + 1), each=1)["orders"], "cart": ["inbox.committed"]}
    async with opened(premises, tmp_path, seed=SEED, apart=False, crashes=crashes) as shop:
        report = await run(shop, seed=SEED, faults=once_each(shop), people=PEOPLE, sold=SOLD)

    print(report)
    assert report.wrong == []
    assert len(report.visits) == len(crashes)
    assert report.faults.keys() >= EVERYWHERE
    assert report.orders["CONFIRMED"] >= SOLD
