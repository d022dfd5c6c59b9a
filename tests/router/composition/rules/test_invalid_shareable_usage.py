"""INVALID_SHAREABLE_USAGE: only what is resolved can be shared, and it is said once per declaration."""

from tests.router.composition.vocabulary import assert_refused


def test_interfaces_have_nothing_to_share():
    assert_refused(
        "INVALID_SHAREABLE_USAGE",
        a="type Query { n: Node } interface Node { id: ID @shareable } type T implements Node { id: ID }",
    )
