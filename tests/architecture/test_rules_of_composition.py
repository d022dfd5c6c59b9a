"""Composition's rules: one a file, each with the test file of its name."""

import pytest

from tests.architecture.repository import ROOT

RULES = ROOT / "router" / "composition"
SHARED = {"__init__", "field_sets", "reporting", "visibility"}
"""What rules have in common, and the lists of them."""


@pytest.mark.parametrize("folder", ["rules", "rules/graphql", "postmerge"])
def test_each_rule_has_its_tests_beside_it_by_name(folder):
    rules = {path.stem for path in (RULES / folder).glob("*.py")} - SHARED
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests/router/composition" / folder).glob("test_*.py")}

    assert not rules - tests, "a rule without the test file of its name"
