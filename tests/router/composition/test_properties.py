"""A few seeds of each property; `python -m tests.router.composition.properties` tries them for hours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.router.composition import properties


@pytest.fixture(autouse=True)
def _without_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seeds mean the same everywhere, whatever lies beside the checkout."""
    monkeypatch.setattr(properties, "corpus", tuple)


@pytest.mark.parametrize("holds", properties.PROPERTIES, ids=lambda holds: holds.__name__)
@pytest.mark.parametrize("first", [0, 20])
def test_it_holds(holds: Callable[[int], None], first: int) -> None:
    for seed in range(first, first + 20):
        holds(seed)
