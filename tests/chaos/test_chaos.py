"""The short campaigns: a sample of the places to die at, and each other fault once."""

import random
from pathlib import Path

import pytest

from tests.chaos.campaign import once_each, run, sampled
from tests.chaos.shop import opened

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 20


async def test_every_order_ends_well_whatever_befalls_a_shop_of_many_processes(tmp_path: Path) -> None:
    async with opened(tmp_path, seed=SEED, apart=True) as shop:
        report = await run(shop, seed=SEED, crashes=sampled(random.Random(SEED), each=1), faults=once_each(shop))

    print(report)
    assert report.wrong == []
    assert report.faults.total() >= 12
    assert report.orders["CONFIRMED"] >= 5


async def test_every_order_ends_well_in_a_shop_of_one_process_without_redis(tmp_path: Path) -> None:
    async with opened(tmp_path, seed=SEED, apart=False) as shop:
        crashes = sampled(random.Random(SEED + 1), each=1)
        report = await run(shop, seed=SEED, crashes=crashes, faults=once_each(shop))

    print(report)
    assert report.wrong == []
    assert report.orders["CONFIRMED"] >= 5
