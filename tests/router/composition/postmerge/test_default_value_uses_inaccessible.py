"""DEFAULT_VALUE_USES_INACCESSIBLE: defaults that clients see name nothing hidden."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x(c: C = RED): Int } enum C { RED @inaccessible BLUE }",
        "type Query { x(f: F = {y: 1}): Int } input F { y: Int @inaccessible z: Int }",
    ],
)
def test_defaults_name_nothing_hidden(sdl):
    assert_refused("DEFAULT_VALUE_USES_INACCESSIBLE", a=sdl)
