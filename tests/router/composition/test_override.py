"""@override: a field moves from one subgraph to another, at once or progressively."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks

OLD = 'type Query { bill: Bill } type Bill @key(fields: "id") { id: ID! amount: Int }'


def bill(override: str) -> str:
    return f'type Bill @key(fields: "id") {{ id: ID! amount: Int {override} }}'


def test_an_overridden_field_is_resolved_by_its_new_owner_alone():
    sdl = assert_composes(old=OLD, new=bill('@override(from: "old")'))

    assert marks(sdl, "Bill.amount") == ['@join__field(graph: NEW, override: "old")']


def test_an_overridden_field_that_is_still_a_key_stays_and_is_marked():
    sdl = assert_composes(
        old='type Query { bill: Bill } type Bill @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        new='type Bill @key(fields: "id") { id: ID! code: ID! @override(from: "old") }',
    )

    assert marks(sdl, "Bill.code") == [
        '@join__field(graph: NEW, override: "old")',
        "@join__field(graph: OLD, usedOverridden: true)",
    ]


def test_a_progressive_override_keeps_both_owners():
    sdl = assert_composes(old=OLD, new=bill('@override(from: "old", label: "percent(5)")'))

    assert marks(sdl, "Bill.amount") == [
        '@join__field(graph: NEW, override: "old", overrideLabel: "percent(5)")',
        '@join__field(graph: OLD, overrideLabel: "percent(5)")',
    ]


@pytest.mark.parametrize("label", ["percent(101)", "percent(1.123456789)", " x", "x ", "!x", "9x", "percent(-1)"])
def test_a_label_is_a_name_or_a_percentage(label):
    assert_refused("OVERRIDE_LABEL_INVALID", old=OLD, new=bill(f'@override(from: "old", label: "{label}")'))


@pytest.mark.parametrize("label", ["percent(100)", "percent(0.5)", "x", "a/b:c.d-e_f"])
def test_names_and_percentages_are_labels(label):
    assert_composes(old=OLD, new=bill(f'@override(from: "old", label: "{label}")'))


def test_nobody_overrides_oneself():
    assert_refused("OVERRIDE_FROM_SELF_ERROR", old=OLD.replace("amount: Int", 'amount: Int @override(from: "old")'))


def test_an_override_is_not_overridden():
    assert_refused(
        "OVERRIDE_SOURCE_HAS_OVERRIDE",
        "INVALID_FIELD_SHARING",
        old=OLD,
        middle=bill('@override(from: "new")'),
        new=bill('@override(from: "middle")'),
    )


def test_what_requires_cannot_be_overridden():
    assert_refused(
        "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
        "INVALID_FIELD_SHARING",
        old='type Query { bill: Bill } type Bill @key(fields: "id") { id: ID! tax: Int @external '
        'amount: Int @requires(fields: "tax") }',
        new='type Bill @key(fields: "id") { id: ID! tax: Int amount: Int @override(from: "old") }',
    )


def test_interfaces_override_nothing():
    assert_refused(
        "OVERRIDE_ON_INTERFACE",
        old="type Query { n: N } interface N { x: Int } type T implements N { x: Int }",
        new='interface N { x: Int @override(from: "old") }',
    )


def test_an_override_from_nowhere_is_a_hint_only():
    assert_composes(new='type Query { bill: Bill } type Bill { id: ID! amount: Int @override(from: "gone") }')
