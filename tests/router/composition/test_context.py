"""@context and @fromContext: an argument takes its value from an object further up."""

from tests.router.composition.vocabulary import assert_composes, marks, shape


def transaction(argument: str, *, context: str = '@context(name: "user")') -> str:
    return (
        f'type Query {{ u: User }} type User @key(fields: "id") {context} {{ id: ID! currency: String t: Transaction }} '
        f'type Transaction @key(fields: "id") {{ id: ID! amount({argument}): Int }}'
    )


def test_a_contextual_argument_is_nobodys_to_give():
    sdl = assert_composes(a=transaction('c: String @fromContext(field: "$user { currency }"), x: Int'))

    assert "amount(x: Int): Int" in shape(sdl, "Transaction")
    assert marks(sdl, "User") == ['@join__type(graph: A, key: "id")', '@context(name: "a__user")']
    (mark,) = marks(sdl, "Transaction.amount")
    assert mark == (
        '@join__field(graph: A, contextArguments: [{ context: "a__user", name: "c", type: "String",'
        ' selection: " { currency }" }])'
    )
