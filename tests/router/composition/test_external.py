"""@external: fields another subgraph resolves, declared here because something needs them."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused, marks

OWNER = 'type Query { u: User } type User @key(fields: "id") { id: ID! name(short: Boolean): String }'


def user(fields: str) -> str:
    return f'type User @key(fields: "id") {{ id: ID! {fields} }}'


def test_an_external_field_somebody_resolves():
    message = assert_refused(
        "EXTERNAL_MISSING_ON_BASE",
        a='type Query { u: User } type User @key(fields: "id") { id: ID! }',
        b=user('name: String @external hello: String @requires(fields: "name")'),
    )

    assert message == (
        'Field "User.name" is marked @external on all the subgraphs in which it is listed (subgraph "b").'
    )


def test_an_external_field_is_declared_as_it_is():
    assert_refused(
        "EXTERNAL_TYPE_MISMATCH",
        a=OWNER,
        b=user('name(short: Boolean): Int @external hello: String @requires(fields: "name")'),
    )
    assert_refused(
        "EXTERNAL_ARGUMENT_MISSING",
        a=OWNER,
        b=user('name: String @external hello: String @requires(fields: "name")'),
    )
    assert_refused(
        "EXTERNAL_ARGUMENT_TYPE_MISMATCH",
        a=OWNER,
        b=user('name(short: Int): String @external hello: String @requires(fields: "name")'),
    )
    assert_refused(
        "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH",
        a=OWNER,
        b=user('name(short: Boolean = true): String @external hello: String @requires(fields: "name")'),
    )


def test_tags_belong_to_the_field_not_to_its_mention():
    assert_refused(
        "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
        a=OWNER,
        b=user('name(short: Boolean): String @external @tag(name: "x") hello: String @requires(fields: "name")'),
    )


def test_the_external_key_of_an_extension_is_no_external():
    sdl = assert_composes(
        a='type Query { u: User } type User @key(fields: "id") { id: ID! }',
        b='extend type User @key(fields: "id") { id: ID! @external age: Int }',
    )

    assert marks(sdl, "User") == [
        '@join__type(graph: A, key: "id")',
        '@join__type(graph: B, key: "id", extension: true)',
    ]
    assert marks(sdl, "User.id") == []


def test_federation_1_externals_that_nothing_needs_are_dropped():
    sdl = assert_composes(
        a=AsWritten('type Query { u: User } type User @key(fields: "id") { id: ID! name: String }'),
        b=AsWritten('extend type User @key(fields: "id") { id: ID! @external name: String @external age: Int }'),
    )

    assert marks(sdl, "User.name") == ["@join__field(graph: A)"]


def test_federation_1_requirements_ask_only_for_what_is_external():
    sdl = assert_composes(
        a=AsWritten('type Query { u: User } type User @key(fields: "id") { id: ID! name: String }'),
        b=AsWritten(
            'extend type User @key(fields: "id") { id: ID! @external name: String @external own: Int '
            'hello: String @requires(fields: "name own") }'
        ),
    )

    assert marks(sdl, "User.hello") == ['@join__field(graph: B, requires: "name")']


def test_a_federation_1_extension_needs_a_definition_elsewhere():
    assert_refused(
        "EXTENSION_WITH_NO_BASE",
        a=AsWritten('type Query { u: User } extend type User @key(fields: "id") { id: ID! @external }'),
    )
