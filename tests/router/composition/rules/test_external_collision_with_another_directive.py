"""EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE: of what somebody else resolves, one cannot promise anything."""

from tests.router.composition.vocabulary import assert_composes, assert_refused

PROMISE = (
    'type Query { a: A } type A @key(fields: "id") { id: ID! b: B %s @provides(fields: "x") } '
    'type B @key(fields: "id") { id: ID! x: Int @external }'
)


def test_of_what_somebody_else_resolves_nothing_is_promised():
    shared = 'type B @key(fields: "id") { id: ID! x: Int @shareable }'

    assert "A.b" in assert_refused("EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE", a=PROMISE % "@external", b=shared)
    assert_composes(a=PROMISE % "", b=shared)
