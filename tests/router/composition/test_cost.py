"""@cost and @listSize."""

from tests.router.composition.vocabulary import assert_composes, marks


def test_the_highest_weight_and_the_largest_list_win():
    sdl = assert_composes(
        a='type Query { x: [Int] @shareable @cost(weight: 1) @listSize(assumedSize: 5, slicingArguments: ["first"]) }'.replace(
            "x: [Int]", "x(first: Int): [Int]"
        ),
        b="type Query { x(first: Int): [Int] @shareable @cost(weight: 7) @listSize(assumedSize: 3) }",
    )

    assert marks(sdl, "Query.x") == [
        "@cost(weight: 7)",
        '@listSize(assumedSize: 5, slicingArguments: ["first"], requireOneSlicingArgument: true)',
    ]
