"""The campaign knows every place to die at, and fails when a process never came to one."""

import asyncio
import importlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import subgraphs
from subgraphs import NAMES
from tests.chaos import points, visits
from tests.chaos.fleet import Fleet, Member

SOURCES = Path(subgraphs.__file__).parent


@pytest.mark.parametrize("name", NAMES)
def test_every_place_in_a_subgraph_is_visited(name: str) -> None:
    sources = [file.read_text(encoding="utf-8") for file in (SOURCES / name).rglob("*.py")]
    named = {point for source in sources for point in re.findall(r'reach\("([^"]+)"\)', source)}
    listed = set(getattr(importlib.import_module(f"subgraphs.{name}.service"), "CRASH_POINTS", ()))

    assert named <= listed
    assert listed <= set(points.ALL.get(name, ()))


@pytest.mark.parametrize("point", sorted({point for every in points.ALL.values() for point in every}))
def test_a_story_leads_to_every_place(point: str) -> None:
    assert points.stories_to([point])


async def _nothing(*_: Any) -> None: ...


@pytest.mark.anyio
async def test_a_place_no_process_came_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "GIVEN_UP_LATEST_S", 0)
    fleet = Fleet(tmp_path)
    fleet.members["orders"] = Member("orders", [], "", {}, tmp_path / "log", armed={"orders.nowhere"})
    monkeypatch.setattr(fleet, "ready", _nothing)
    street = SimpleNamespace(finished=0, wanted=())
    shop: Any = SimpleNamespace(fleet=fleet, street=street, visits=[], hold_for=_nothing)
    buying = asyncio.create_task(asyncio.Event().wait())

    missed = await visits.visit(shop, buying)  # type: ignore[arg-type]
    buying.cancel()

    assert missed == ["orders.nowhere in orders"]
    assert not fleet.members["orders"].armed
