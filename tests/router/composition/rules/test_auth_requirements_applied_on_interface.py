"""AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: access rules stand on objects; interfaces take theirs over."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "interface N @authenticated { id: ID } type T implements N { id: ID }",
        "interface N { id: ID @authenticated } type T implements N { id: ID }",
    ],
)
def test_rules_do_not_stand_on_interfaces(sdl):
    assert_refused("AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE", a=f"type Query {{ n: N }} {sdl}")
