"""Links beside the federation specification's own: other specifications, their names, and links that cannot be used."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused

FEDERATION = "https://specs.apollo.dev/federation"
QUERY = "type Query { a: Int }"


def schema(links: str, rest: str = QUERY) -> AsWritten:
    return AsWritten(f"extend schema {links} {rest}")


@pytest.mark.parametrize(
    ("links", "why"),
    [
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@key", {{name: "@shareable", as: "@key"}}])',
            "previously imported",
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@key"]) @link(url: "https://x.org/foo/v1.0", import: ["@key"])',
            f'previously imported from feature "{FEDERATION}"',
        ),
        (f'@link(url: "{FEDERATION}/v2.9", as: "fed__eration")', 'contains "__"'),
        (f'@link(url: "{FEDERATION}/v2.9", as: "@fed")', "is not a name"),
        (f'@link(url: "{FEDERATION}/v2.9", import: ["@sharable"])', 'Did you mean "@shareable"?'),
    ],
)
def test_imports_and_namespaces_do_not_take_one_anothers_names(links, why):
    assert why in assert_refused("INVALID_LINK_DIRECTIVE_USAGE", a=schema(links))


def test_a_purpose_is_one_of_two():
    assert_refused("INVALID_GRAPHQL", a=schema(f'@link(url: "{FEDERATION}/v2.9", for: FUN)'))


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("tag/v0.3", '@tag(name: "x")'),
        ("inaccessible/v0.2", "@inaccessible"),
        ("authenticated/v0.1", "@authenticated"),
        ("cost/v0.1", "@cost(weight: 3)"),
        ("policy/v0.1", '@policy(policies: [["p"]])'),
    ],
)
def test_what_goes_into_supergraphs_may_be_linked_by_itself(name, use):
    directive = use.partition("(")[0]
    links = f'@link(url: "{FEDERATION}/v2.0") @link(url: "https://specs.apollo.dev/{name}", import: ["{directive}"])'

    assert use in assert_composes(a=schema(links, f"type Query {{ a: Int b: Int {use} }}"))


def test_cache_tags_are_linked_when_they_are_used():
    links = f'@link(url: "{FEDERATION}/v2.12", import: ["@cacheTag"])'
    link = '@link(url: "https://specs.apollo.dev/cacheTag/v0.1", for: EXECUTION)'

    assert link in assert_composes(a=schema(links, 'type Query { a: Int @cacheTag(format: "a") }'))
    assert link not in assert_composes(a=schema(links))


def test_a_faulty_link_beside_one_to_the_link_specification_leaves_directives_unknown():
    linking = '@link(url: "https://specs.apollo.dev/link/v1.0")'
    links = f'{linking} @link(url: "{FEDERATION}/v2.0", import: ["@shareable", "@composeDirective"])'

    assert_refused("INVALID_LINK_DIRECTIVE_USAGE", a=schema(links))
    assert_refused(
        "INVALID_LINK_DIRECTIVE_USAGE", "INVALID_GRAPHQL", a=schema(links, "type Query { a: Int @shareable }")
    )
    unknown = assert_refused("INVALID_GRAPHQL", a=schema(f'{links} @composeDirective(name: "@x")'))
    assert 'Unknown directive "@composeDirective"' in unknown
    assert 'Cannot import unknown element "@composeDirective"' in unknown


def test_a_union_names_a_member_once():
    assert "only include type" in assert_refused(
        "INVALID_GRAPHQL", a="type Query { u: U } union U = A | A type A { x: Int }"
    )
