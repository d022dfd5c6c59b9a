"""EXTERNAL_ON_INTERFACE: an interface resolves nothing, so nothing of it is external."""

from tests.router.composition.vocabulary import assert_refused


def test_interfaces_resolve_nothing_so_nothing_is_external():
    assert_refused(
        "EXTERNAL_ON_INTERFACE",
        "EXTERNAL_UNUSED",
        a="type Query { n: N } interface N { id: ID @external } type T implements N { id: ID }",
    )
