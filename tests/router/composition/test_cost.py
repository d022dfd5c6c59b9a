"""@cost and @listSize."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks


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


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("x: Int @listSize(assumedSize: 1)", "LIST_SIZE_APPLIED_TO_NON_LIST"),
        ("x: [Int] @listSize(assumedSize: -1)", "LIST_SIZE_INVALID_ASSUMED_SIZE"),
        ('x: [Int] @listSize(slicingArguments: ["first"])', "LIST_SIZE_INVALID_SLICING_ARGUMENT"),
        ('x(first: String): [Int] @listSize(slicingArguments: ["first"])', "LIST_SIZE_INVALID_SLICING_ARGUMENT"),
        ('x: Int @listSize(sizedFields: ["edges"])', "LIST_SIZE_INVALID_SIZED_FIELD"),
        ('x: V @listSize(sizedFields: ["nope"])', "LIST_SIZE_INVALID_SIZED_FIELD"),
        ('x: V @listSize(sizedFields: ["one"])', "LIST_SIZE_APPLIED_TO_NON_LIST"),
    ],
)
def test_list_sizes_speak_of_lists_and_arguments_that_exist(field, code):
    assert_refused(code, a=f"type Query {{ {field} }} type V {{ one: Int many: [Int] }}")


def test_interfaces_cost_nothing():
    assert_refused(
        "COST_APPLIED_TO_INTERFACE_FIELD",
        a="type Query { n: N } interface N { x: Int @cost(weight: 1) } type T implements N { x: Int }",
    )
