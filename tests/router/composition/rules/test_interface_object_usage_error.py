"""INTERFACE_OBJECT_USAGE_ERROR: an @interfaceObject is found by a key, or not at all."""

from tests.router.composition.vocabulary import AsWritten, assert_refused

MEDIA = (
    'type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! title: String } '
    'type Book implements Media @key(fields: "id") { id: ID! title: String } '
    'type Film implements Media @key(fields: "id") { id: ID! title: String }'
)


REVIEWS = 'type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int }'


def test_it_needs_a_key():
    assert_refused(
        "INTERFACE_OBJECT_USAGE_ERROR", media=MEDIA, reviews="type Media @interfaceObject { id: ID! stars: Int }"
    )


def test_somebody_must_know_the_interface():
    assert_refused("INTERFACE_OBJECT_USAGE_ERROR", reviews=f"type Query {{ m: Media }} {REVIEWS}")


def test_who_stands_in_for_an_interface_knows_none_of_its_types():
    message = assert_refused(
        "INTERFACE_OBJECT_USAGE_ERROR", media=MEDIA, reviews=f'{REVIEWS} type Book @key(fields: "id") {{ id: ID! }}'
    )

    assert message == (
        '[reviews] Interface type "Media" is defined as an @interfaceObject in subgraph "reviews" so that subgraph should'
        ' not define any of the implementation types of "Media", but it defines type "Book"'
    )


def test_a_federation_1_key_on_an_interface_finds_nothing():
    old = AsWritten(
        'type Query { m: Media } interface Media @key(fields: "id") { id: ID! } '
        'type Book implements Media @key(fields: "id") { id: ID! }'
    )

    assert 'For subgraph "media", either upgrade them' in assert_refused(
        "INTERFACE_OBJECT_USAGE_ERROR", media=old, reviews=REVIEWS
    )
