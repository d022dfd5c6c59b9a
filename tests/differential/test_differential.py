"""Random federations answer random operations as one schema holding everything does.

pytest tests/differential                                    a fixed set of seeds
python -m tests.differential --seeds 100000 --from 5000      for hours
"""

import pytest

from tests.differential.check import check_seed
from tests.differential.deferred import check_deferred

pytestmark = pytest.mark.anyio

SEEDS = 100
OPERATIONS = 6


@pytest.mark.parametrize("block", range(10))
async def test_a_routed_answer_is_the_answer_of_one_schema(block: int) -> None:
    dearer = 0
    for seed in range(block * SEEDS // 10, (block + 1) * SEEDS // 10):
        dearer += (await check_seed(seed, operations=OPERATIONS)).dearer

    assert dearer <= 2


async def test_the_fast_path_answers_most_operations() -> None:
    fast = total = 0
    for seed in range(1000, 1020):
        tally = await check_seed(seed, operations=OPERATIONS, nulls=0.1, errors=0.0)
        fast, total = fast + tally.fast, total + tally.operations

    assert fast > total * 0.5


async def test_what_is_deferred_comes_later_and_nothing_else_does() -> None:
    parts = [await check_deferred(seed, operations=OPERATIONS) for seed in range(40)]

    assert sum(parts) > 35
