"""@key, @requires, @provides: what their field sets may hold, and where they may stand."""

from tests.router.composition.vocabulary import assert_refused


def test_who_finds_an_interface_by_key_knows_all_its_types():
    interface = 'interface N @key(fields: "id") { id: ID! }'

    message = assert_refused(
        "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
        a=f'type Query {{ n: N }} {interface} type T implements N @key(fields: "id") {{ id: ID! }}',
        b=f'{interface} type U implements N @key(fields: "id") {{ id: ID! }}',
    )

    assert 'Subgraph "a" should define type "U" (and have it implement "N").' in message
