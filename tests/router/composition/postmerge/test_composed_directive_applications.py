"""DIRECTIVE_COMPOSITION_ERROR: a composed directive stands only where its one definition in the supergraph allows."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused


def linked(locations: str, use: str) -> AsWritten:
    return AsWritten(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective", "@shareable"]) '
        '@link(url: "https://example.org/audit/v1.0", import: ["@audit"]) @composeDirective(name: "@audit") '
        f"directive @audit on {locations} {use}"
    )


def test_a_composed_directive_stands_where_its_one_definition_allows():
    fields = linked("FIELD_DEFINITION", "type Query { a: Int @audit }")
    objects = linked("OBJECT", "type Query { b: B } type B @audit { c: Int }")

    assert "may not be used on FIELD_DEFINITION" in assert_refused("DIRECTIVE_COMPOSITION_ERROR", a=fields, b=objects)
    assert_composes(a=fields, b=linked("FIELD_DEFINITION", "type Query { b: Int @audit }"))


def test_a_composed_directive_has_the_arguments_of_its_one_definition():
    def versioned(version: str, arguments: str, use: str) -> AsWritten:
        return AsWritten(
            linked("FIELD_DEFINITION", use).replace("v1.0", version).replace("@audit on", f"@audit{arguments} on")
        )

    loose = versioned("v1.0", "(by: String)", 'type Query { a: Int @audit(by: "x") }')
    bare = versioned("v1.1", "", "type Query { b: Int @audit }")
    strict = versioned("v1.1", "(by: String!)", 'type Query { b: Int @audit(by: "x") }')
    silent = versioned("v1.0", "(by: String)", "type Query { a: Int @audit }")

    assert 'Unknown argument "by"' in assert_refused("DIRECTIVE_COMPOSITION_ERROR", a=loose, b=bare)
    assert 'argument "by" of type "String!" is required' in assert_refused(
        "DIRECTIVE_COMPOSITION_ERROR", a=silent, b=strict
    )
