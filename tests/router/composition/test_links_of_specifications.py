"""Links beside the federation specification's own: other specifications, their names, and links that cannot be used."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused

LINK = "https://specs.apollo.dev/link"
FEDERATION = "https://specs.apollo.dev/federation"
IMPORT_LIKE_A_FULL_NAME = '{name: "@b", as: "@federation__c"}'
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
        (f'@link(url: "{FEDERATION}/v2.9", as: "@fed")', "is not a valid GraphQL name"),
        (f'@link(url: "{FEDERATION}/v2.9", as: "fed_")', 'ends in "_"'),
        (f'@link(url: "{FEDERATION}/v2.9", as: "link")', f'"{LINK}" already uses that alias'),
        (f'@link(url: "{FEDERATION}/v2.9", import: ["@sharable"])', 'Did you mean "@shareable"?'),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@nope", "Nope"])',
            'unknown element "Nope"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@key", {{name: "@key", as: "@k"}}])',
            'previously imported as "@key"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: [{{name: "@key", as: "@federation__tag"}}])',
            'confused with the namespaced name for "@tag"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9") @link(url: "https://x.org/a/v1.0", import: [{IMPORT_LIKE_A_FULL_NAME}])',
            f'confused with a namespaced name from another linked feature "{FEDERATION}"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@key"]) @link(url: "https://x.org/key/v1.0")',
            'confused with a namespaced name from another linked feature "https://x.org/key"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9", import: ["@tag"]) @link(url: "https://specs.apollo.dev/tag/v0.3")',
            f'import "@tag" from the feature "{FEDERATION}"',
        ),
        (
            f'@link(url: "{FEDERATION}/v2.9") @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@price"])',
            'unknown element "@price"',
        ),
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


@pytest.mark.parametrize("name", ["tag/v0.1", "inaccessible/v0.1"])
def test_the_first_versions_of_specifications_allow_fewer_places(name):
    directive = f"@{name.partition('/')[0]}"
    links = f'@link(url: "{FEDERATION}/v2.0") @link(url: "https://specs.apollo.dev/{name}", import: ["{directive}"])'
    use = f'{directive}(name: "t")' if directive == "@tag" else directive

    assert_composes(a=schema(links, f"type Query {{ a: Int b: Int {use} }}"))
    assert "may not be used on ARGUMENT_DEFINITION" in assert_refused(
        "INVALID_GRAPHQL", a=schema(links, f"type Query {{ a(b: Int {use}): Int }}")
    )


def test_schemas_are_tagged_since_federation_2_3():
    def tagged(version: str) -> AsWritten:
        return schema(f'@link(url: "{FEDERATION}/{version}", import: ["@tag"]) @tag(name: "t")')

    assert "may not be used on SCHEMA" in assert_refused("INVALID_GRAPHQL", a=tagged("v2.2"))
    assert_composes(a=tagged("v2.3"))


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
