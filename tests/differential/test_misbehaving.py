"""Whatever subgraphs answer, compiled operations answer as the generic executor does, to the byte, and ask the same.

pytest tests/differential/test_misbehaving.py                a fixed set of seeds
python -m tests.differential --misbehaving --seeds 100000    for hours
"""

import pytest

from router.pipeline.request import Request
from tests.differential.misbehaving import Tally, check_operation, check_seed
from tests.scenarios.check import Bench
from tests.scenarios.topics import ALL

pytestmark = pytest.mark.anyio

SEEDS = 60
OPERATIONS = 5


@pytest.mark.parametrize("block", range(4))
async def test_both_executors_make_the_same_of_a_wrong_reply(block: int) -> None:
    tally = Tally()
    for seed in range(block * SEEDS // 4, (block + 1) * SEEDS // 4):
        tally += await check_seed(seed, operations=OPERATIONS)

    assert tally.mutated > 30
    assert min(tally.compiled, tally.handed_over) > 10


@pytest.mark.parametrize("name", ALL)
async def test_both_executors_make_the_same_of_a_wrong_reply_in_hand_made_federations(name: str) -> None:
    bench = Bench.of(ALL[name])
    tally = Tally()
    for case in ALL[name].cases.values():
        request = Request(case.query, variables=dict(case.variables))
        for seed, rate in ((0, 0.0), (1, 0.4), (2, 0.4)):
            await check_operation(bench.federation, request, f"{name} {seed}", rate, tally, bench.restart)

    assert tally.operations == 3 * len(ALL[name].cases)
