"""ONLY_INACCESSIBLE_CHILDREN: a type that clients see has something they can see."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { v: V } type V { x: Int @inaccessible }",
        "type Query { v: V } enum V { X @inaccessible }",
        "type Query { v: U } union U = A type A @inaccessible { x: Int }",
    ],
)
def test_what_clients_see_has_something_to_see(sdl):
    assert_refused("ONLY_INACCESSIBLE_CHILDREN", a=sdl)
