"""Unions and interfaces whose members differ by subgraph, and interfaces with very many."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _zoo() -> list[Record]:
    cat: Record = {"__typename": "Cat", "id": "1", "name": "Tom", "lives": 9, "weight": 4}
    dog: Record = {"__typename": "Dog", "id": "2", "name": "Rex", "tricks": 3, "weight": 20}
    fish: Record = {"__typename": "Fish", "id": "3", "name": "Wet", "depth": 7, "weight": 1}
    cat["near"], dog["near"], fish["near"] = [dog], [cat], [fish, cat]
    cat["pal"], dog["pal"], fish["pal"] = dog, cat, cat
    return [{"__typename": "Query", "pets": [cat, dog], "all": [fish, dog, cat], "one": fish}, cat, dog, fish]


MEMBERS = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { pets: [Pet!]! }
        union Pet = Cat | Dog
        interface Named { name: String }
        type Cat implements Named @key(fields: "id") { id: ID! name: String pal: Pet @shareable }
        type Dog implements Named @key(fields: "id") { id: ID! name: String pal: Pet @shareable }
        """,
        "b": LINK
        + """
        type Query { all: [Pet!]! one: Animal }
        union Pet = Cat | Dog | Fish
        interface Animal { id: ID! weight: Int near: [Animal!]! }
        type Cat implements Animal @key(fields: "id") { id: ID! weight: Int near: [Animal!]! pal: Pet @shareable }
        type Dog implements Animal @key(fields: "id") { id: ID! weight: Int near: [Animal!]! pal: Pet @shareable }
        type Fish implements Animal @key(fields: "id") { id: ID! weight: Int near: [Animal!]! pal: Pet }
        """,
        "c": LINK
        + """
        interface Named { name: String }
        type Fish implements Named @key(fields: "id") { id: ID! name: String depth: Int }
        type Cat @key(fields: "id") { id: ID! lives: Int }
        """,
    },
    records=_zoo,
    cases={
        "members that the subgraph knows": Case("{ pets { ... on Cat { name } ... on Dog { name } } }", fetches=1),
        "a member it does not know is not asked for": Case(
            "{ pets { ... on Fish { depth } ... on Cat { name } } }", fetches=1
        ),
        "an interface over members": Case("{ pets { ... on Named { name } } }", fetches=1),
        "an interface that this subgraph has not": Case("{ all { ... on Named { name } } }", fetches=3),
        "an interface in an interface": Case("{ one { near { weight ... on Named { name } } } }", fetches=3),
        "recursion through the union": Case(
            "{ all { ... on Cat { pal { ... on Dog { pal { ... on Cat { lives } } } } } } }", fetches=2
        ),
        "type names only": Case("{ all { __typename } one { __typename near { __typename } } }", fetches=1),
    },
    random=12,
)

SCENARIOS = {"members": MEMBERS}
