"""@interfaceObject: a subgraph adds fields to every implementation of an interface without knowing any."""

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks, shape

MEDIA = (
    'type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! title: String } '
    'type Book implements Media @key(fields: "id") { id: ID! title: String } '
    'type Film implements Media @key(fields: "id") { id: ID! title: String }'
)
REVIEWS = 'type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int }'


def test_its_fields_reach_every_implementation():
    sdl = assert_composes(media=MEDIA, reviews=REVIEWS)

    assert marks(sdl, "Media") == [
        '@join__type(graph: MEDIA, key: "id")',
        '@join__type(graph: REVIEWS, key: "id", isInterfaceObject: true)',
    ]
    assert marks(sdl, "Media.stars") == ["@join__field(graph: REVIEWS)"]
    assert "stars: Int" in shape(sdl, "Book")
    assert marks(sdl, "Book.stars") == ["@join__field"]
    assert marks(sdl, "Film.stars") == ["@join__field"]


def test_its_fields_are_not_shared_with_implementations():
    message = assert_refused(
        "INVALID_FIELD_SHARING",
        media=MEDIA.replace(
            'Film implements Media @key(fields: "id") {', 'Film implements Media @key(fields: "id") { stars: Int'
        ),
        reviews=REVIEWS,
    )

    assert 'subgraphs "media" and "reviews" (through @interfaceObject field "Media.stars")' in message


def test_what_stands_behind_it_must_be_told_by_somebody():
    message = assert_refused(
        "SATISFIABILITY_ERROR",
        media=MEDIA.replace('interface Media @key(fields: "id")', "interface Media"),
        reviews=f"type Query {{ best: Media }} {REVIEWS}",
    )

    assert "no subgraph can be reached to resolve the implementation type of @interfaceObject type" in message


def test_its_access_rules_hold_on_the_implementations():
    sdl = assert_composes(media=MEDIA, reviews=REVIEWS.replace("Int", "Int @authenticated"))

    assert marks(sdl, "Book.stars") == ["@join__field", "@authenticated"]
