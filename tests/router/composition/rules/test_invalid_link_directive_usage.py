"""INVALID_LINK_DIRECTIVE_USAGE: what is imported under one name is not used by its name in the namespace as well."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused

AUDIT = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") '
    '@link(url: "https://example.org/audit/v1.0", import: [{name: "@audit", as: "@watch"}]) '
    "directive @audit on FIELD_DEFINITION"
)


def test_the_full_name_of_an_import_is_not_used():
    message = assert_refused("INVALID_LINK_DIRECTIVE_USAGE", a=AsWritten(f"{AUDIT} type Query {{ x: Int @audit }}"))

    assert 'a used definition for the namespaced name "@audit"' in message


def test_a_definition_that_nobody_uses_is_let_be():
    assert_composes(a=AsWritten(f"{AUDIT} type Query {{ x: Int }}"))
