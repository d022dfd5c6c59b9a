"""The short campaigns: a sample of the places to die at, and each other fault once."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.chaos.campaign import once_each, run, sampled
from tests.chaos.shop import Premises, built, opened

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 20
PEOPLE = 8


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Premises:
    return asyncio.run(built(tmp_path_factory.mktemp("premises")))


async def test_every_order_ends_well_whatever_befalls_a_shop_of_many_processes(
    tmp_path: Path, premises: Premises
) -> None:
    async with opened(premises, tmp_path, seed=SEED, apart=True) as shop:
        crashes = sampled(random.Random(SEED), each=3)
        report = await run(shop, seed=SEED, crashes=crashes, faults=once_each(shop), people=PEOPLE)

    print(report)
    assert report.wrong == []
    assert len(report.visits) == 11
    assert report.faults.total() >= 24
    assert report.orders["CONFIRMED"] >= 5


async def test_every_order_ends_well_in_a_shop_of_one_process_without_redis(tmp_path: Path, premises: Premises) -> None:
    async with opened(premises, tmp_path, seed=SEED, apart=False) as shop:
        crashes = sampled(random.Random(SEED + 1), each=1)
        report = await run(shop, seed=SEED, crashes=crashes, faults=once_each(shop), people=PEOPLE)

    print(report)
    assert report.wrong == []
    assert report.orders["CONFIRMED"] >= 5
