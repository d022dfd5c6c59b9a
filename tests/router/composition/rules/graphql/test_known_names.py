"""Every type and directive that a schema names exists (GraphQL, "Type System")."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize("sdl", ["type Query { x: Nope }", "type Query { x: Int @nope }"])
def test_what_is_named_exists(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)
