"""DISALLOWED_INACCESSIBLE: composed directives are not for clients, so nothing of them is hidden from these."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused

LINKS = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective" "@inaccessible"]) '
    '@link(url: "https://example.org/audit/v1.0", import: ["@audit"]) @composeDirective(name: "@audit") '
)


def test_an_argument_of_a_composed_directive_is_not_hidden():
    schema = AsWritten(
        LINKS + "directive @audit(by: Int @inaccessible) on FIELD_DEFINITION type Query { a: Int @audit }"
    )

    assert "@audit" in assert_refused("DISALLOWED_INACCESSIBLE", a=schema)


def test_an_argument_of_a_directive_for_operations_is_hidden_unless_it_is_required():
    supergraph = assert_composes(a="directive @d(by: Int @inaccessible) on FIELD type Query { a: Int }")

    assert "directive @d(by: Int @inaccessible) on FIELD" in supergraph
    assert "of its directive" in assert_refused(
        "REQUIRED_INACCESSIBLE", a="directive @d(by: Int! @inaccessible) on FIELD type Query { a: Int }"
    )


def test_directives_for_operations_name_nothing_hidden():
    assert_refused(
        "REFERENCED_INACCESSIBLE", a="directive @d(by: S) on FIELD scalar S @inaccessible type Query { a: Int }"
    )
    assert_refused(
        "DEFAULT_VALUE_USES_INACCESSIBLE",
        a="directive @d(by: E = X) on FIELD enum E { X @inaccessible Y } type Query { a: Int }",
    )


def test_composed_directives_name_nothing_hidden_either():
    directive = "directive @audit(by: E = X) on FIELD_DEFINITION enum E { X @inaccessible Y }"

    assert_refused(
        "DEFAULT_VALUE_USES_INACCESSIBLE", a=AsWritten(f"{LINKS} {directive} type Query {{ a: Int @audit }}")
    )
