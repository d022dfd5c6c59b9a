"""PROVIDES_INVALID_FIELDS, PROVIDES_UNSUPPORTED_ON_INTERFACE and their family: what a @provides may promise."""

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks


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
