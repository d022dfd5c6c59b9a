"""docs/features.md leads from each capability to the tests that show it, and none of them is imagined."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from subgraphs import NAMES
from tests.architecture.repository import ROOT

PAGE = ROOT / "docs" / "features.md"
ROWS = re.findall(r"^\| \*\*(.+?)\*\*[^|]*\|(.+)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@cache
def written_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize(("capability", "shown"), ROWS, ids=[capability for capability, _ in ROWS])
def test_every_capability_leads_to_tests_that_exist(capability: str, shown: str) -> None:
    links = re.findall(r"\[(.+?)\]\((.+?)\)", shown)

    assert links, f"{capability} is shown by nothing"
    for claim, target in links:
        assert "test_" + claim.replace(" ", "_") in written_in((PAGE.parent / target).resolve()), (claim, target)


def test_every_subgraph_has_its_capabilities() -> None:
    headings = re.findall(r"^## (\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(NAMES) <= set(headings)
