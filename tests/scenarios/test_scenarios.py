"""Every hand-made federation answers its cases, and random operations, as one schema does."""

import pytest

from tests.scenarios.check import check_scenario
from tests.scenarios.topics import ALL

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", ALL)
async def test_a_routed_answer_is_the_answer_of_one_schema(name: str) -> None:
    await check_scenario(ALL[name])
