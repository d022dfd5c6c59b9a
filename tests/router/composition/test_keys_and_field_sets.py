"""@key, @requires, @provides: what their field sets may hold, and where they may stand."""

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


def test_interface_keys_need_federation_2_3():
    interface = 'interface N @key(fields: "id") { id: ID! } type T implements N @key(fields: "id") { id: ID! }'
    old = '@link(url: "https://specs.apollo.dev/federation/v2.2", import: ["@key"])'

    assert_refused(
        "KEY_UNSUPPORTED_ON_INTERFACE", a=AsWritten(f"extend schema {old} type Query {{ n: N }} {interface}")
    )
    assert_composes(a=f"type Query {{ n: N }} {interface}")


def test_implementations_have_their_interfaces_keys():
    assert_refused(
        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
        a='type Query { n: N } interface N @key(fields: "id") { id: ID! } type T implements N { id: ID! }',
    )


def test_who_finds_an_interface_by_key_knows_all_its_types():
    interface = 'interface N @key(fields: "id") { id: ID! }'

    message = assert_refused(
        "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
        a=f'type Query {{ n: N }} {interface} type T implements N @key(fields: "id") {{ id: ID! }}',
        b=f'{interface} type U implements N @key(fields: "id") {{ id: ID! }}',
    )

    assert 'Subgraph "a" should define type "U" (and have it implement "N").' in message


def requiring(fields: str) -> str:
    return (
        'type Product @key(fields: "id") { id: ID! price(currency: String!): Int @external maker: Maker @external '
        f"own: Int shipping: Int @requires(fields: {fields}) }} type Maker {{ name: String }}"
    )


OWNER = (
    'type Query { p: Product } type Product @key(fields: "id") { id: ID! price(currency: String!): Int maker: Maker } '
    "type Maker @shareable { name: String }"
)


def test_a_requirement_may_give_arguments_and_go_deep():
    sdl = assert_composes(
        a=OWNER,
        b=requiring('"price(currency: \\"USD\\") maker { name }"').replace("type Maker", "type Maker @shareable"),
    )

    assert marks(sdl, "Product.shipping") == [
        '@join__field(graph: B, requires: "price(currency: \\"USD\\") maker { name }")'
    ]


def test_a_requirement_gives_all_required_arguments():
    assert_refused("REQUIRES_INVALID_FIELDS", "EXTERNAL_UNUSED", a=OWNER, b=requiring('"price"'))


def test_what_a_subgraph_resolves_it_need_not_require():
    assert_refused("REQUIRES_FIELDS_MISSING_EXTERNAL", "EXTERNAL_UNUSED", a=OWNER, b=requiring('"own"'))


def test_an_argument_in_a_requirement_suits_every_subgraph_that_has_the_field():
    message = assert_refused(
        "REQUIRES_INVALID_FIELDS",
        a='type Query { p: P } type P @key(fields: "id") { id: ID! x(a: Int): Int @shareable }',
        b='type P @key(fields: "id") { id: ID! x(a: Int): Int @external y: Int @requires(fields: "x(a: 1)") }',
        c='type P @key(fields: "id") { id: ID! x: Int @shareable }',
    )

    assert 'argument "a" is not defined in subgraph "c"' in message


def test_a_promise_holds_on_composite_fields_only():
    assert_refused("PROVIDES_ON_NON_OBJECT_FIELD", a='type Query { x: Int @provides(fields: "y") }')


def test_what_a_subgraph_resolves_anyway_it_need_not_provide():
    assert_refused(
        "PROVIDES_FIELDS_MISSING_EXTERNAL", a='type Query { u: U @provides(fields: "name") } type U { name: String }'
    )


def test_a_promised_field_is_shared_though_external():
    sdl = assert_composes(
        users='type Query { u: User } type User @key(fields: "id") { id: ID! name: String @shareable }',
        reviews='type Query { author: User @provides(fields: "name") } '
        'type User @key(fields: "id") { id: ID! name: String @external }',
    )

    assert marks(sdl, "Query.author") == ['@join__field(graph: REVIEWS, provides: "name")']
    assert marks(sdl, "User.name") == ["@join__field(graph: REVIEWS, external: true)", "@join__field(graph: USERS)"]
