"""`@provides`: on entities, nested, on interfaces and unions; what is provided on one path only."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _shelf() -> list[Record]:
    author: Record = {"__typename": "Author", "id": "9", "name": "Ann", "born": 1970}
    publisher = {"__typename": "Publisher", "id": "7", "city": "Oslo", "name": "P"}
    author["publisher"] = publisher
    book: Record = {"__typename": "Book", "id": "1", "title": "B", "pages": 3, "author": author, "animal": None}
    film: Record = {"__typename": "Film", "id": "2", "title": "F", "length": 4, "author": author}
    return [
        {"__typename": "Query", "books": [book], "plain": [book], "media": [book, film], "works": [film, book]},
        author,
        publisher,
        book,
        film,
    ]


SCENARIOS = {
    "everywhere": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query {
              books: [Book!]! @provides(fields: "title author { name publisher { city } }")
              plain: [Book!]!
              media: [Media!]! @provides(fields: "... on Book { title } ... on Film { title author { name } }")
              works: [Work!]! @provides(fields: "... on Film { title } ... on Book { title }")
            }
            union Media = Book | Film
            interface Work { id: ID! title: String }
            type Book implements Work @key(fields: "id") { id: ID! title: String @external author: Author @shareable }
            type Film implements Work @key(fields: "id") { id: ID! title: String @external author: Author @shareable }
            type Author @key(fields: "id") { id: ID! name: String @external publisher: Publisher @shareable }
            type Publisher @key(fields: "id") { id: ID! city: String @external }
            """,
            "b": LINK
            + """
            type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int author: Author @shareable }
            type Film @key(fields: "id") { id: ID! title: String @shareable length: Int author: Author @shareable }
            type Author @key(fields: "id") { id: ID! name: String @shareable born: Int publisher: Publisher @shareable }
            type Publisher @key(fields: "id") { id: ID! city: String @shareable name: String }
            """,
        },
        records=_shelf,
        cases={
            "what is provided needs no hop": Case("{ books { title author { name publisher { city } } } }", fetches=1),
            "the same field on a path that provides nothing": Case("{ plain { title author { name } } }", fetches=2),
            "part of it": Case("{ books { title author { name born } } }", fetches=2),
            "on a union": Case("{ media { ... on Book { title } ... on Film { title author { name } } } }", fetches=1),
            "not for that member": Case("{ media { ... on Book { author { name } } } }", fetches=2),
            "on an interface": Case("{ works { title } }", fetches=1),
            "one path provides, another does not, in one operation": Case(
                "{ books { title } plain { title } works { title } }", fetches=2
            ),
        },
        random=25,
    ),
}
