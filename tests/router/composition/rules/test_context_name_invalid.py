"""CONTEXT_NAME_INVALID: a context's name is joined with its subgraph's by underscores, so it has none itself."""

from tests.router.composition.vocabulary import assert_refused


def transaction(argument: str, *, context: str = '@context(name: "user")') -> str:
    return (
        f'type Query {{ u: User }} type User @key(fields: "id") {context} {{ id: ID! currency: String t: Transaction }} '
        f'type Transaction @key(fields: "id") {{ id: ID! amount({argument}): Int }}'
    )


def test_a_contexts_name_is_plain():
    assert_refused("CONTEXT_NAME_INVALID", a=transaction("x: Int", context='@context(name: "my_user")'))
