"""COST_APPLIED_TO_INTERFACE_FIELD: objects resolve fields, so objects say what they cost."""

from tests.router.composition.vocabulary import assert_refused


def test_interfaces_cost_nothing():
    assert_refused(
        "COST_APPLIED_TO_INTERFACE_FIELD",
        a="type Query { n: N } interface N { x: Int @cost(weight: 1) } type T implements N { x: Int }",
    )
