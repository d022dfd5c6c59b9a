"""@inaccessible: what is hidden from clients must not be needed by what they see."""

from tests.router.composition.vocabulary import assert_composes, marks


def test_hidden_in_one_subgraph_is_hidden():
    sdl = assert_composes(
        a="type Query { v: V @shareable } type V @shareable { x: Int y: Int @inaccessible }",
        b="type Query { v: V @shareable } type V @shareable { x: Int y: Int }",
    )

    assert marks(sdl, "V.y") == ["@inaccessible"]


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
