"""@inaccessible: what is hidden from clients must not be needed by what they see."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks


def test_hidden_in_one_subgraph_is_hidden():
    sdl = assert_composes(
        a="type Query { v: V @shareable } type V @shareable { x: Int y: Int @inaccessible }",
        b="type Query { v: V @shareable } type V @shareable { x: Int y: Int }",
    )

    assert marks(sdl, "V.y") == ["@inaccessible"]


@pytest.mark.parametrize(
    ("sdl", "code"),
    [
        ("type Query @inaccessible { x: Int }", "QUERY_ROOT_TYPE_INACCESSIBLE"),
        ("type Query { v: V } type V @inaccessible { x: Int }", "REFERENCED_INACCESSIBLE"),
        ("type Query { x(by: F): Int } input F @inaccessible { x: Int }", "REFERENCED_INACCESSIBLE"),
        ("type Query { v: V } type V { x: Int @inaccessible }", "ONLY_INACCESSIBLE_CHILDREN"),
        ("type Query { v: V } enum V { X @inaccessible }", "ONLY_INACCESSIBLE_CHILDREN"),
        ("type Query { v: U } union U = A type A @inaccessible { x: Int }", "ONLY_INACCESSIBLE_CHILDREN"),
        ("type Query { x(y: Int! @inaccessible): Int }", "REQUIRED_INACCESSIBLE"),
        ("type Query { x(by: F): Int } input F { y: Int! @inaccessible z: Int }", "REQUIRED_INACCESSIBLE"),
        ("type Query { x(c: C = RED): Int } enum C { RED @inaccessible BLUE }", "DEFAULT_VALUE_USES_INACCESSIBLE"),
        (
            "type Query { x(f: F = {y: 1}): Int } input F { y: Int @inaccessible z: Int }",
            "DEFAULT_VALUE_USES_INACCESSIBLE",
        ),
        (
            "type Query { n: N } interface N { x: Int y: Int } type T implements N { x: Int @inaccessible y: Int }",
            "IMPLEMENTED_BY_INACCESSIBLE",
        ),
    ],
)
def test_what_clients_see_needs_nothing_hidden(sdl, code):
    assert_refused(code, a=sdl)


def test_hidden_things_may_use_hidden_things():
    assert_composes(
        a="type Query { x: Int v(f: F! = {y: 1} @inaccessible): V @inaccessible } type V @inaccessible { x: Int } "
        "input F @inaccessible { y: Int! }"
    )


def test_tags_of_all_subgraphs_add_up():
    sdl = assert_composes(
        a='type Query { x: Int @shareable @tag(name: "a") @tag(name: "b") }',
        b='type Query { x: Int @shareable @tag(name: "b") @tag(name: "c") }',
    )

    assert marks(sdl, "Query.x") == ['@tag(name: "a")', '@tag(name: "b")', '@tag(name: "c")']
