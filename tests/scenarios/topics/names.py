"""Response names that get in the way: a key's, an input's, or one name for two types."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _pets() -> list[Record]:
    cat: Record = {"__typename": "Cat", "id": "1", "uid": "u1", "name": "Tom", "lives": 9, "size": 2.5}
    dog: Record = {"__typename": "Dog", "id": "2", "uid": "u2", "name": "Rex", "tricks": ["sit"], "size": 7}
    cat["friend"], dog["friend"] = dog, cat
    return [{"__typename": "Query", "pets": [cat, dog], "cat": cat}, cat, dog]


SCENARIOS = {
    "aliases": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { pets: [Pet!]! cat: Cat }
            union Pet = Cat | Dog
            type Cat @key(fields: "id") @key(fields: "uid") { id: ID! uid: ID! name: String lives: Int }
            type Dog @key(fields: "id") @key(fields: "uid") { id: ID! uid: ID! name: String! tricks: [String!]! }
            """,
            "b": LINK
            + """
            interface Animal { id: ID! friend: Animal }
            type Cat implements Animal @key(fields: "id") { id: ID! size(x: Int): Float friend: Animal }
            type Dog implements Animal @key(fields: "id") { id: ID! size: Int! friend: Animal }
            """,
            "c": LINK
            + """
            type Cat @key(fields: "uid") { uid: ID! name: String @external loud: String @requires(fields: "name") }
            type Dog @key(fields: "uid") { uid: ID! name: String! @external loud: String! @requires(fields: "name") }
            """,
        },
        records=_pets,
        rules={
            "Cat.loud": lambda it, _: it["name"].upper(),
            "Dog.loud": lambda it, _: it["name"].upper(),
            "Cat.size": lambda it, a: it.record["size"] + (a.get("x") or 0),
        },
        cases={
            "an alias takes the key's name": Case("{ cat { id: name size } }", fetches=2),
            "at every depth": Case(
                "{ cat { id: lives friend { id: __typename friend { id: id uid: id } } } }", fetches=2
            ),
            "two keys swap their names": Case("{ cat { id: uid uid: id size loud } }", fetches=3),
            "an input's name is taken": Case("{ cat { name: lives loud } }", fetches=2),
            "the type name's name is taken": Case(
                "{ cat { __typename t: __typename id: __typename size } }", fetches=2
            ),
            "one name, two nullabilities": Case(
                "{ pets { ... on Cat { n: name } ... on Dog { m: name } ... on Cat { loud } ... on Dog { l: loud } } }",
                fetches=2,
            ),
            "one name, two fields of two types": Case(
                "{ pets { ... on Cat { x: uid y: id } ... on Dog { x: id y: uid } } }", fetches=1
            ),
            "one name, other arguments": Case(
                "{ pets { ... on Cat { s: size(x: 3) z: size } ... on Dog { z2: size } } }", fetches=2
            ),
        },
        random=25,
    ),
}
