"""CONTEXT_NOT_SET, NO_CONTEXT_IN_SELECTION, CONTEXT_NO_RESOLVABLE_KEY: a @fromContext stands where it can be served."""

import pytest

from tests.router.composition.vocabulary import assert_refused


def transaction(argument: str, *, context: str = '@context(name: "user")') -> str:
    return (
        f'type Query {{ u: User }} type User @key(fields: "id") {context} {{ id: ID! currency: String t: Transaction }} '
        f'type Transaction @key(fields: "id") {{ id: ID! amount({argument}): Int }}'
    )


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("$nobody { currency }", "CONTEXT_NOT_SET"),
        ("currency", "NO_CONTEXT_IN_SELECTION"),
        ("$user", "NO_CONTEXT_IN_SELECTION"),
    ],
)
def test_a_contextual_argument_names_a_context_and_a_selection(field, code):
    assert_refused(code, a=transaction(f'c: String @fromContext(field: "{field}")'))
