"""@link: specifications, versions, imports and names."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused, marks

FEDERATION = "https://specs.apollo.dev/federation/v2.9"


def linked(link: str, rest: str = "type Query { x: Int }") -> AsWritten:
    return AsWritten(f"extend schema {link} {rest}")


def test_directives_may_be_imported_under_other_names():
    sdl = assert_composes(
        a=linked(
            f'@link(url: "{FEDERATION}", as: "fed", import: [{{name: "@key", as: "@primaryKey"}}])',
            'type Query { u: U @fed__shareable } type U @primaryKey(fields: "id") { id: ID! }',
        )
    )

    assert marks(sdl, "U") == ['@join__type(graph: A, key: "id")']


def test_a_renamed_directive_keeps_its_name_in_the_supergraph():
    sdl = assert_composes(
        a=linked(
            f'@link(url: "{FEDERATION}", import: [{{name: "@cost", as: "@price"}}])',
            "type Query { x: Int @price(weight: 2) }",
        )
    )

    assert '@link(url: "https://specs.apollo.dev/cost/v0.1", import: [{name: "@cost", as: "@price"}])' in sdl
    assert marks(sdl, "Query.x") == ["@price(weight: 2)"]


def test_one_directive_under_two_names_is_refused():
    assert_refused(
        "LINK_IMPORT_NAME_MISMATCH",
        a=linked(
            f'@link(url: "{FEDERATION}", import: [{{name: "@cost", as: "@price"}}])',
            "type Query { x: Int @price(weight: 2) }",
        ),
        b=linked(f'@link(url: "{FEDERATION}", import: ["@cost"])', "type Query { y: Int @cost(weight: 2) }"),
    )


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (
            '@link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@composeDirective"])',
            "INVALID_LINK_DIRECTIVE_USAGE",
        ),
        (f'@link(url: "{FEDERATION}", import: ["key"])', "INVALID_LINK_DIRECTIVE_USAGE"),
        (f'@link(url: "{FEDERATION}", import: [{{name: "@key", as: "key"}}])', "INVALID_LINK_DIRECTIVE_USAGE"),
        (f'@link(url: "{FEDERATION}", import: [{{as: "key"}}])', "INVALID_LINK_DIRECTIVE_USAGE"),
        (f'@link(url: "{FEDERATION}") @link(url: "{FEDERATION}")', "INVALID_LINK_DIRECTIVE_USAGE"),
        ('@link(url: "https://specs.apollo.dev/federation/v2.99")', "UNKNOWN_FEDERATION_LINK_VERSION"),
        ('@link(url: "https://specs.apollo.dev/link/v6.9")', "UNKNOWN_LINK_VERSION"),
        ('@link(url: "https://specs.apollo.dev/federation/latest")', "INVALID_LINK_IDENTIFIER"),
        (f'@link(url: "{FEDERATION}") @link(url: "https://specs.apollo.dev/")', "INVALID_LINK_IDENTIFIER"),
        (f'@link(url: "{FEDERATION}") @link(url: "not a url")', "INVALID_LINK_IDENTIFIER"),
    ],
)
def test_links_that_cannot_be_read_are_refused(link, code):
    assert_refused(code, a=linked(link))


def test_of_links_that_cannot_be_used_the_first_is_told_alone():
    links = f'@link(url: "{FEDERATION}") @link(url: "a") @link(url: "https://x.org/a/v1.0", as: "a_")'

    assert_refused("INVALID_LINK_IDENTIFIER", a=linked(links))


def test_a_schema_that_links_the_link_specification_is_told_of_each():
    links = '@link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://x.org/a/v1.0", as: "a_")'

    assert_refused(
        "INVALID_LINK_DIRECTIVE_USAGE", "INVALID_LINK_IDENTIFIER", a=linked(f'{links} @link(url: "https://x.org/b")')
    )


def test_links_of_a_federation_1_schema_need_not_be_readable():
    assert_composes(a=linked('@link(url: "not a url") @link(url: "https://x.org/a/v1.0", import: [1])'))


def test_an_unknown_version_of_federation_brings_no_directives():
    message = assert_refused(
        "UNKNOWN_FEDERATION_LINK_VERSION",
        "INVALID_GRAPHQL",
        a=linked(
            '@link(url: "https://specs.apollo.dev/federation/v2.99", import: ["@key"])',
            'type Query { u: U } type U @key(fields: "id") { id: ID! }',
        ),
    )

    assert 'Unknown directive "@key"' in message


@pytest.mark.parametrize(("version", "join"), [("2.0", "0.3"), ("2.6", "0.3"), ("2.7", "0.4"), ("2.8", "0.5")])
def test_the_newest_subgraph_decides_the_join_version(version, join):
    sdl = assert_composes(
        a=linked('@link(url: "https://specs.apollo.dev/federation/v2.0")'),
        b=linked(f'@link(url: "https://specs.apollo.dev/federation/v{version}")', "type Query { y: Int }"),
    )

    assert f'@link(url: "https://specs.apollo.dev/join/v{join}", for: EXECUTION)' in sdl


def test_a_directive_that_was_not_imported_is_unknown_and_the_message_says_how_to_name_it():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a=linked(f'@link(url: "{FEDERATION}")', 'type Query { u: U } type U @key(fields: "id") { id: ID! }'),
    )

    assert '"@federation__key"' in message


def test_cache_tags_travel_unmerged():
    def tagged(format: str) -> AsWritten:
        return linked(
            '@link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@cacheTag" "@shareable"])',
            f'type Query {{ x: Int @shareable @cacheTag(format: "{format}") }}',
        )

    sdl = assert_composes(a=tagged("x"), b=tagged("x"), c=tagged("y"))

    assert marks(sdl, "Query.x") == [
        '@join__directive(graphs: [A, B], name: "federation__cacheTag", args: { format: "x" })',
        '@join__directive(graphs: [C], name: "federation__cacheTag", args: { format: "y" })',
    ]
