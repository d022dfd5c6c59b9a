"""REQUIRED_INACCESSIBLE: what must be given can be seen."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x(y: Int! @inaccessible): Int }",
        "type Query { x(by: F): Int } input F { y: Int! @inaccessible z: Int }",
    ],
)
def test_what_must_be_given_can_be_seen(sdl):
    assert_refused("REQUIRED_INACCESSIBLE", a=sdl)
