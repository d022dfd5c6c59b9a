"""REFERENCED_INACCESSIBLE: what clients see has no type that they do not."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { v: V } type V @inaccessible { x: Int }",
        "type Query { x(by: F): Int } input F @inaccessible { x: Int }",
    ],
)
def test_what_clients_see_has_no_hidden_type(sdl):
    assert_refused("REFERENCED_INACCESSIBLE", a=sdl)
