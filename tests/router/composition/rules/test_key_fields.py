"""KEY_INVALID_FIELDS, KEY_FIELDS_HAS_ARGS and their family: what a @key may select, and on which types it may stand."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused, faults_of, marks


def product(key: str) -> str:
    return (
        f"type Query {{ p: Product }} interface Node {{ id: ID! }} union Any = Product "
        f"type Product {key} {{ id: ID! tags(limit: Int): [String] self: Product node: Node any: Any }}"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ('"id {"', "KEY_INVALID_FIELDS"),
        ('"id { }"', "KEY_INVALID_FIELDS"),
        ('""', "KEY_INVALID_FIELDS"),
        ('"nope"', "KEY_INVALID_FIELDS"),
        ('"self"', "KEY_INVALID_FIELDS"),
        ('"id { x }"', "KEY_INVALID_FIELDS"),
        ('"x: id"', "KEY_INVALID_FIELDS"),
        ('"...F"', "KEY_INVALID_FIELDS"),
        ('"id @nope"', "KEY_INVALID_FIELDS"),
        ('"id @tag(name: \\"x\\")"', "KEY_DIRECTIVE_IN_FIELDS_ARG"),
        ('"tags"', "KEY_FIELDS_HAS_ARGS"),
        ('"node { id }"', "KEY_FIELDS_SELECT_INVALID_TYPE"),
        ('"any { __typename }"', "KEY_FIELDS_SELECT_INVALID_TYPE"),
        ("true", "KEY_INVALID_FIELDS_TYPE"),
        ("id", "KEY_INVALID_FIELDS_TYPE"),
    ],
)
def test_a_key_selects_plain_fields(fields, code):
    assert_refused(code, a=product(f"@key(fields: {fields})"))


def test_interface_keys_need_federation_2_3():
    interface = 'interface N @key(fields: "id") { id: ID! } type T implements N @key(fields: "id") { id: ID! }'
    old = '@link(url: "https://specs.apollo.dev/federation/v2.2", import: ["@key"])'

    assert_refused(
        "KEY_UNSUPPORTED_ON_INTERFACE", a=AsWritten(f"extend schema {old} type Query {{ n: N }} {interface}")
    )
    assert_composes(a=f"type Query {{ n: N }} {interface}")


def test_a_fault_names_its_subgraph_and_line():
    (fault,) = faults_of(a='type Query { p: P }\ntype P\n  @key(fields: "nope") { id: ID! }')

    assert (fault.subgraph, fault.line) == ("a", 8)
    assert fault.message == (
        '[a] On type "P", for @key(fields: "nope"): Cannot query field "nope" on type "P" (the field should either be'
        " added to this subgraph or, if it should not be resolved by this subgraph, you need to add it to this subgraph"
        " with @external)."
    )


def test_an_entity_has_several_keys_some_for_reference_only():
    sdl = assert_composes(
        a='type Query { p: P } type P @key(fields: "id") @key(fields: "sku", resolvable: false) { id: ID! sku: ID! }'
    )

    assert marks(sdl, "P") == [
        '@join__type(graph: A, key: "id")',
        '@join__type(graph: A, key: "sku", resolvable: false)',
    ]


def test_a_contextual_argument_need_not_be_given_but_keeps_its_field_out_of_keys():
    assert_refused(
        "KEY_FIELDS_HAS_ARGS",
        a='type Query { u: U } type U @context(name: "u") { n: String a: A } '
        'type A @key(fields: "id") { id(n: String @fromContext(field: "$u { n }")): ID }',
    )
