"""LIST_SIZE_APPLIED_TO_NON_LIST, LIST_SIZE_INVALID_*: a @listSize speaks of lists, arguments and fields that exist."""

import pytest

from tests.router.composition.vocabulary import assert_refused


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
