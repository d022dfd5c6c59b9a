"""Interfaces with keys: implementations apart, `@interfaceObject`, and extensions of the implementations only."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _media() -> list[Record]:
    book: Record = {"__typename": "Book", "id": "1", "title": "B", "pages": 10, "isbn": "i1", "stars": 4}
    film: Record = {"__typename": "Film", "id": "2", "title": "F", "minutes": 90, "director": "D", "stars": 5}
    book["similar"], film["similar"] = [film], [book, film]
    # What no Media may be without is missing of the film.
    book["grade"], film["grade"] = 1, None
    film["reel"] = None
    return [{"__typename": "Query", "media": [book, film], "best": film, "top": [film, book, None]}, book, film]


INDIRECT = Scenario(
    subgraphs={
        "catalog": LINK
        + """
        type Query { media: [Media!]! }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int reel: Int! }
        """,
        "reviews": LINK
        + """
        type Query { best: Media top: [Media] }
        type Media @key(fields: "id") @interfaceObject {
          id: ID! title: String @external stars: Int! grade: Int! similar: [Media!]!
          praise: String @requires(fields: "title")
        }
        """,
        "extras": LINK
        + """
        type Book @key(fields: "id") { id: ID! isbn: String }
        type Film @key(fields: "id") { id: ID! director: String }
        """,
    },
    records=_media,
    rules={"Media.praise": lambda it, _: f"{it['title']}!"},
    cases={
        "no type is asked for, none is fetched": Case("{ best { id stars } }", fetches=1),
        "the concrete type is learnt first": Case("{ best { __typename stars } }", fetches=2),
        "a fragment on an implementation": Case(
            "{ best { ... on Film { minutes } ... on Book { pages } } }", fetches=2
        ),
        "a fragment whose fields are a third subgraph's": Case("{ best { ... on Film { director } } }", fetches=3),
        "what is wanted of all is not asked again of some": Case(
            "{ best { stars ... on Film { stars director } } }", fetches=3
        ),
        "a fragment with the interface object's own field": Case("{ top { ... on Book { stars } } }", fetches=3),
        "what fails of others than it names loses none of them": Case(
            "{ top { id ... on Book { grade } } }", fetches=3
        ),
        "an object whose type is lost with a field of it is not shown without": Case(
            "{ top { id ... on Film { reel } ... on Book { pages } } }", fetches=2
        ),
        "a @requires of the interface object": Case("{ best { praise } }", fetches=3),
        "a @requires on what the catalogue gave": Case("{ media { praise } }", fetches=2),
        "an input of one implementation is not asked of another": Case(
            "{ media { ... on Book { praise } ... on Film { stars } } }", fetches=2
        ),
        "from the implementation into the interface object": Case(
            "{ media { ... on Book { stars isbn } } }", fetches=3
        ),
        "through the interface object and back": Case(
            "{ media { title similar { title ... on Film { director stars } } } }", fetches=5
        ),
        "type names on every level": Case("{ __typename best { __typename similar { __typename id } } }", fetches=2),
    },
    random=20,
)


def _books() -> list[Record]:
    book: Record = {"__typename": "Book", "id": "1", "title": "B", "stars": 4}
    return [{"__typename": "Query", "best": book, "top": [book, None]}, book]


SOLE = Scenario(
    subgraphs={
        "catalog": LINK
        + """
        type Query { top: [Media] }
        interface Media @key(fields: "id") { id: ID! }
        interface Titled { title: String }
        union Readable = Book
        type Book implements Media & Titled @key(fields: "id") { id: ID! title: String }
        """,
        "reviews": LINK
        + """
        type Query { best: Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int! }
        """,
    },
    records=_books,
    cases={
        "all that can be there needs no type": Case("{ best { ... on Media { stars } } }", fetches=1),
        "the only implementation has to be told nevertheless": Case("{ best { ... on Book { stars } } }", fetches=2),
        "back on the interface inside it": Case("{ best { ... on Book { ... on Media { stars } } } }", fetches=2),
        "inside another interface of the same objects": Case(
            "{ best { ... on Titled { ... on Media { stars } } } }", fetches=2
        ),
        "inside a union of the same objects": Case(
            "{ best { ... on Readable { ... on Media { stars } } } }", fetches=2
        ),
        "under a condition": Case(
            "query($is: Boolean!) { best { id ... on Book @include(if: $is) { ... on Media { stars } } } }",
            {"is": True},
            fetches=2,
        ),
    },
    random=20,
)


def _groceries() -> list[Record]:
    things: list[Record] = [
        {"__typename": "Bread", "id": "1", "name": "Rye", "price": 3},
        {"__typename": "Milk", "id": "2", "name": "Full", "price": 2, "fat": 3.5},
    ]
    return [{"__typename": "Query", "product": things[1], "products": things, "b": things[0]}, *things]


UNRESOLVABLE = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { product: Product products: [Product!]! }
        type Product @interfaceObject @key(fields: "id", resolvable: false) { id: ID! }
        """,
        "b": LINK
        + """
        type Query { b: Product }
        interface Product @key(fields: "id") { id: ID! name: String! }
        type Bread implements Product @key(fields: "id") { id: ID! name: String! }
        type Milk implements Product @key(fields: "id") { id: ID! name: String! fat: Float }
        """,
        "c": LINK
        + """
        type Product @interfaceObject @key(fields: "id") { id: ID! price: Int }
        """,
    },
    records=_groceries,
    cases={
        "an id alone": Case("{ product { id } }", fetches=1),
        "one hop names the type too": Case("{ products { __typename name } }", fetches=2),
        "from interface object to interface object": Case("{ products { price } }", fetches=2),
        "and to an implementation": Case("{ products { price ... on Milk { fat } } }", fetches=3),
        "from the interface": Case("{ b { name price } }", fetches=2),
    },
)


def _actors() -> list[Record]:
    ann: Record = {"__typename": "Person", "id": "1", "handle": "ann", "score": 3}
    bot: Record = {"__typename": "Bot", "id": "2", "handle": "bot", "score": None, "owner": ann}
    ann["boss"] = bot
    posts = [
        {"__typename": "Post", "id": "p1", "text": "hi", "author": ann},
        {"__typename": "Post", "id": "p2", "text": "beep", "author": bot},
    ]
    ann["posts"], bot["posts"] = [posts[0]], [posts[1]]
    return [{"__typename": "Query", "actors": [ann, bot], "me": ann, "posts": posts}, ann, bot, *posts]


ENTITY_INTERFACE = Scenario(
    subgraphs={
        "accounts": LINK
        + """
        type Query { actors: [Actor!]! me: Person }
        interface Actor @key(fields: "id") { id: ID! handle: String! }
        type Person implements Actor @key(fields: "id") { id: ID! handle: String! boss: Actor }
        type Bot implements Actor @key(fields: "id") { id: ID! handle: String! owner: Person! }
        """,
        "posts": LINK
        + """
        type Query { posts: [Post!]! }
        type Post @key(fields: "id") { id: ID! author: Author! text: String }
        interface Author { id: ID! posts: [Post!]! }
        type Person implements Author @key(fields: "id") { id: ID! posts: [Post!]! }
        type Bot implements Author @key(fields: "id") { id: ID! posts: [Post!]! }
        """,
        "scores": LINK
        + """
        type Actor @key(fields: "id") @interfaceObject { id: ID! score: Int handle: String! @external
          badge: String @requires(fields: "handle") }
        """,
    },
    records=_actors,
    rules={"Actor.badge": lambda it, _: f"*{it['handle']}*"},
    cases={
        "into a plain interface of the same objects": Case(
            "{ actors { ... on Author { posts { text } } } }", fetches=2
        ),
        "an interface field from the entity interface": Case(
            "{ posts { author { ... on Actor { handle } } } }", fetches=2
        ),
        "all three": Case("{ posts { author { ... on Actor { handle score badge } posts { id } } } }", fetches=3),
        "circular references": Case(
            "{ me { boss { ... on Bot { owner { posts { author { ... on Person { boss { handle score } } } } } } } } }",
            fetches=4,
        ),
    },
    random=40,
)


def _both() -> list[Record]:
    """A lamp is both, a vase and a bulb are one of the two."""
    lamp: Record = {"__typename": "Lamp", "id": "1", "price": 3, "power": 40}
    vase: Record = {"__typename": "Vase", "id": "2", "price": 5}
    bulb: Record = {"__typename": "Bulb", "id": "3", "power": 60}
    return [{"__typename": "Query", "things": [lamp, vase, bulb]}, lamp, vase, bulb]


TWO_AT_ONCE = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { things: [Thing!]! }
        union Thing = Lamp | Vase | Bulb
        interface Ware @key(fields: "id") { id: ID! }
        interface Device @key(fields: "id") { id: ID! }
        type Lamp implements Ware & Device @key(fields: "id") { id: ID! }
        type Vase implements Ware @key(fields: "id") { id: ID! }
        type Bulb implements Device @key(fields: "id") { id: ID! }
        """,
        "b": LINK
        + """
        type Ware @interfaceObject @key(fields: "id") { id: ID! price: Int }
        type Device @interfaceObject @key(fields: "id") { id: ID! power: Int }
        """,
    },
    records=_both,
    cases={
        "an object that is both is looked up as one": Case(
            "{ things { ... on Lamp { price } ... on Bulb { power } } }", fetches=2
        ),
        "as the other": Case("{ things { ... on Lamp { power } ... on Vase { price } } }", fetches=2),
        "as both": Case("{ things { ... on Ware { price } ... on Device { power } } }", fetches=2),
    },
)

SCENARIOS = {
    "two interface objects at once": TWO_AT_ONCE,
    "indirect extension": INDIRECT,
    "a sole implementation": SOLE,
    "nonresolvable": UNRESOLVABLE,
    "entity interface": ENTITY_INTERFACE,
}
