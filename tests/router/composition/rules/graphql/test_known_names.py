"""Every type and directive that a schema names exists (GraphQL, "Type System")."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_refused


@pytest.mark.parametrize("sdl", ["type Query { x: Nope }", "type Query { x: Int @nope }"])
def test_what_is_named_exists(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_what_a_directive_takes_is_defined_where_the_directive_is():
    assert "Unknown type FieldSet" in assert_refused(
        "INVALID_GRAPHQL", a=AsWritten("directive @key(fields: FieldSet!) on OBJECT type Query { x: Int }")
    )


def test_directives_on_the_entity_resolvers_types_are_known():
    assert 'Unknown directive "@nope"' in assert_refused(
        "INVALID_GRAPHQL", a="type Query { x: Int } type _Service @nope { sdl: String }"
    )


@pytest.mark.parametrize(
    ("version", "imports", "advice"),
    [
        ("v2.9", "", 'use fully-qualified name "@federation__shareable" or add "@shareable" to the `import`'),
        ("v2.9", '{name: "@shareable", as: "@other"}', 'use "@other" as it is imported under that name'),
        ("v2.9", '{name: "@shareable", as: "@shareables"}', 'Did you mean "@shareables"?'),
    ],
)
def test_how_an_unknown_directive_is_to_be_named_is_told(version, imports, advice):
    link = f'@link(url: "https://specs.apollo.dev/federation/{version}", import: [{imports}])'

    assert advice in assert_refused(
        "INVALID_GRAPHQL", a=AsWritten(f"extend schema {link} type Query {{ x: Int @shareable }}")
    )


def test_which_version_has_an_unknown_directive_is_told():
    link = '@link(url: "https://specs.apollo.dev/federation/v2.0")'

    assert "link version v2.3 or newer" in assert_refused(
        "INVALID_GRAPHQL", a=AsWritten(f"extend schema {link} type Query @interfaceObject {{ x: Int }}")
    )
