"""IMPLEMENTED_BY_INACCESSIBLE: what a visible interface promises, its visible types show."""

from tests.router.composition.vocabulary import assert_refused


def test_what_an_interface_shows_its_types_show():
    assert_refused(
        "IMPLEMENTED_BY_INACCESSIBLE",
        a="type Query { n: N } interface N { x: Int y: Int } type T implements N { x: Int @inaccessible y: Int }",
    )
