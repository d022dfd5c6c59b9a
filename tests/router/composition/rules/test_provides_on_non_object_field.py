"""PROVIDES_ON_NON_OBJECT_FIELD: a promise speaks of what is below a field, and below a leaf is nothing."""

from tests.router.composition.vocabulary import assert_refused


def test_a_promise_holds_on_composite_fields_only():
    assert_refused("PROVIDES_ON_NON_OBJECT_FIELD", a='type Query { x: Int @provides(fields: "y") }')
