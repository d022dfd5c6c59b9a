"""What composes can be planned, and what does not cannot; `python -m tests.router.composition.agreement` tries more."""

from __future__ import annotations

from tests.router.composition.agreement import agree


def test_the_planner_plans_what_composes_and_nothing_else() -> None:
    counts = [agree(seed) for seed in range(60)]

    assert sum(made for made, _ in counts) > 100
    assert sum(refused for _, refused in counts) > 10
