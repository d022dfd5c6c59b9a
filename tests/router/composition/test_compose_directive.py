"""@composeDirective: a subgraph's own directives in the supergraph."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused, marks


def subgraph(version: str, rest: str, *, compose: str = '@composeDirective(name: "@hello")') -> AsWritten:
    return AsWritten(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective" "@shareable"])'
        f' @link(url: "https://example.com/hello/{version}", import: ["@hello"]) {compose} {rest}'
    )


DEFINED = "directive @hello(to: String) on FIELD_DEFINITION"


def test_a_composed_directive_goes_on_with_its_definition_and_link():
    sdl = assert_composes(a=subgraph("v1.0", f'{DEFINED} type Query {{ x: Int @hello(to: "you") }}'))

    assert '@link(url: "https://example.com/hello/v1.0", import: ["@hello"])' in sdl
    assert "directive @hello(to: String) on FIELD_DEFINITION" in sdl
    assert marks(sdl, "Query.x") == ['@hello(to: "you")']


def test_what_is_not_composed_stays_behind():
    sdl = assert_composes(a=subgraph("v1.0", f"{DEFINED} type Query {{ x: Int @hello }}", compose=""))

    assert "@hello" not in sdl


def test_the_newest_definition_wins():
    sdl = assert_composes(
        a=subgraph("v1.0", f"{DEFINED} type Query {{ x: Int @hello }}"),
        b=subgraph("v1.1", f"{DEFINED} | OBJECT type Query {{ y: Int }}"),
    )

    assert "directive @hello(to: String) on FIELD_DEFINITION | OBJECT" in sdl
    assert "hello/v1.1" in sdl


def test_major_versions_do_not_mix():
    assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR",
        a=subgraph("v1.0", f"{DEFINED} type Query {{ x: Int @hello }}"),
        b=subgraph("v2.0", f"{DEFINED} type Query {{ y: Int @hello }}"),
    )


def test_a_composed_directive_is_defined_linked_and_named():
    assert "leading" in assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR",
        a=subgraph("v1.0", f"{DEFINED} type Query {{ x: Int }}", compose='@composeDirective(name: "hello")'),
    )
    assert "matching directive definition" in assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR", a=subgraph("v1.0", "type Query { x: Int }")
    )
    assert "not a member of a core feature" in assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR",
        a=subgraph(
            "v1.0",
            "directive @other on FIELD_DEFINITION type Query { x: Int }",
            compose='@composeDirective(name: "@other")',
        ),
    )
    assert "is not supported" in assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR",
        a=subgraph("v1.0", f"{DEFINED} type Query {{ x: Int }}", compose='@composeDirective(name: "@shareable")'),
    )


def test_directives_for_queries_go_on_when_every_subgraph_knows_them():
    both = "directive @cached(ttl: Int) on FIELD | QUERY type Query {{ {}: Int }}"

    assert "directive @cached(ttl: Int) on FIELD | QUERY" in assert_composes(a=both.format("x"), b=both.format("y"))
    assert "@cached" not in assert_composes(a=both.format("x"), b="type Query { y: Int }")


def test_a_composed_directive_on_an_external_field_is_left_out():
    sdl = assert_composes(
        a=AsWritten(
            'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: '
            '["@key", "@external", "@requires", "@composeDirective"]) '
            '@link(url: "https://example.org/audit/v1.0", import: ["@audit"]) @composeDirective(name: "@audit") '
            'directive @audit on FIELD_DEFINITION type Box @key(fields: "id") '
            '{ id: ID! @audit cost: Int @external @audit tax: Int @requires(fields: "cost") }'
        ),
        b='type Query { box: Box } type Box @key(fields: "id") { id: ID! cost: Int }',
    )

    assert "@audit" in marks(sdl, "Box.id")
    assert "@audit" not in marks(sdl, "Box.cost")


def test_the_last_subgraph_that_links_the_latest_version_defines_a_composed_directive():
    def linked(imported: str, definition: str, rest: str, compose: str = "") -> AsWritten:
        return AsWritten(
            'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"]) '
            f'@link(url: "https://example.org/audit/v1.0", import: [{imported}]) {compose} {definition} {rest}'
        )

    sdl = assert_composes(
        a=linked(
            '"@audit"', "directive @audit on OBJECT", "type Query { a: Int }", '@composeDirective(name: "@audit")'
        ),
        b=linked('{name: "@audit", as: "@watch"}', "directive @watch(by: String) on OBJECT", "type Query { b: Int }"),
    )

    assert "directive @audit(by: String) on OBJECT" in sdl
