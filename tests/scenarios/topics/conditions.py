"""`@skip` and `@include` on every level, by variable: what is not wanted is not fetched, and leaks nowhere."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _shop() -> list[Record]:
    users: list[Record] = [
        {"__typename": "User", "id": str(n), "name": f"U{n}", "score": n, "mail": "m"} for n in (1, 2)
    ]
    users[0]["friend"], users[1]["friend"] = users[1], users[0]
    return [{"__typename": "Query", "users": users, "me": users[0], "top": users[1]}, *users]


_DECLARED = "query ($t: Boolean!, $f: Boolean!)"
_BOTH = {"t": True, "f": False}


def _stock() -> list[Record]:
    items: list[Record] = [
        {"__typename": "Item", "id": str(n), "weight": n, "size": n * 3, "name": "N"} for n in (1, 2)
    ]
    items[0]["twin"], items[1]["twin"] = items[1], items[0]
    return [{"__typename": "Query", "items": items, "item": items[0]}, *items]


INPUTS = Scenario(
    subgraphs={
        "shop": LINK
        + 'type Query { items: [Item!]! item: Item }\ntype Item @key(fields: "id") { id: ID! name: String twin: Item }',
        "scales": LINK + 'type Item @key(fields: "id") { id: ID! weight: Int }',
        "measures": LINK
        + 'type Item @key(fields: "id") { id: ID! weight: Int @external size: Int\n'
        + 'density: Int @requires(fields: "weight") }',
        "shipping": LINK
        + 'type Item @key(fields: "id") { id: ID! weight: Int @external density: Int @external\n'
        + 'cost: Int @requires(fields: "weight") class: Int @requires(fields: "density") }',
    },
    records=_stock,
    rules={
        "Item.density": lambda it, _: it["weight"] * 7,
        "Item.cost": lambda it, _: it["weight"] + 1,
        "Item.class": lambda it, _: it["density"] % 5,
    },
    cases={
        "skipped": Case(_DECLARED + "{ items { name cost @skip(if: $t) } }", _BOTH, 1),
        "not skipped": Case(_DECLARED + "{ items { name cost @skip(if: $f) } }", _BOTH, 3),
        "inputs of inputs": Case(_DECLARED + "{ items { name class @include(if: $f) } }", _BOTH, 1),
        "inputs of inputs, not skipped": Case(_DECLARED + "{ items { name class @include(if: $t) } }", _BOTH, 4),
        "skipped with the fragment around it": Case(
            _DECLARED + "{ items { name ... @include(if: $f) { ... on Item { class cost } } } }", _BOTH, 1
        ),
        "skipped with the field around it": Case(
            _DECLARED + "{ item { name twin @include(if: $f) { class } } }", _BOTH, 1
        ),
        "the field around it stands there for another reason": Case(
            _DECLARED + "{ item { twin { name } ... @include(if: $f) { twin { class } } } }", _BOTH, 1
        ),
        "the input is wanted as well": Case(_DECLARED + "{ items { weight cost @skip(if: $t) } }", _BOTH, 2),
        "the input is wanted under another condition": Case(
            _DECLARED + "{ items { weight @include(if: $t) cost @include(if: $f) } }", _BOTH, 2
        ),
        "nor is the input wanted": Case(
            _DECLARED + "{ items { weight @include(if: $f) cost @skip(if: $t) } }", _BOTH, 1
        ),
        "one of two that need it": Case(
            _DECLARED + "{ items { density @include(if: $t) cost @include(if: $f) } }", _BOTH, 3
        ),
        "neither of two that need it": Case(
            _DECLARED + "{ items { density @include(if: $f) cost @skip(if: $t) class @skip(if: $t) } }", _BOTH, 1
        ),
        "beside a field of the same service": Case(_DECLARED + "{ items { size density @include(if: $f) } }", _BOTH, 2),
        "under both conditions, one of which holds": Case(
            _DECLARED + "{ items { name ... @include(if: $t) { cost @skip(if: $t) } } }", _BOTH, 1
        ),
        "under conditions that exclude each other": Case(
            _DECLARED + "{ item @include(if: $t) { name twin { cost @skip(if: $t) } } }", _BOTH, 1
        ),
        "on different objects, one of them skipped": Case(
            _DECLARED + "{ item { cost @include(if: $f) twin { density @include(if: $t) } } }", _BOTH, 3
        ),
    },
    random=60,
)


def _goods() -> list[Record]:
    made_by = {"__typename": "Maker", "id": "m", "rate": 3}
    toys = [{"__typename": "Toy", "id": str(n), "maker": made_by} for n in (1, 2)]
    book = {"__typename": "Book", "id": "b", "maker": made_by}
    return [{"__typename": "Query", "goods": toys, "book": book}, book, *toys, made_by]


# One request brings inputs of both types: for books always, for toys where the toys' field is wanted.
BOTH_TYPES = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { goods: [Good!]! book: Book }
        interface Good { id: ID! }
        type Book implements Good @key(fields: "id") { id: ID! }
        type Toy implements Good @key(fields: "id") { id: ID! }
        """,
        "b": LINK
        + """
        type Book @key(fields: "id") { id: ID! maker: Maker }
        type Toy @key(fields: "id") { id: ID! maker: Maker }
        type Maker @key(fields: "id") { id: ID! }
        """,
        "c": LINK
        + """
        type Book @key(fields: "id") { id: ID! maker: Maker @external tax: Int @requires(fields: "maker { rate }") }
        type Toy @key(fields: "id") { id: ID! maker: Maker @external fee: Int @requires(fields: "maker { rate }") }
        type Maker @key(fields: "id") { id: ID! rate: Int @external }
        """,
        "d": LINK + 'type Maker @key(fields: "id") { id: ID! rate: Int }',
    },
    records=_goods,
    rules={"Book.tax": lambda it, _: it["maker"]["rate"] * 2, "Toy.fee": lambda it, _: it["maker"]["rate"] * 5},
    cases={
        "inputs of one type only are wanted": Case(
            _DECLARED + "{ goods { ... on Book { tax } ... on Toy { fee @skip(if: $t) } } }", _BOTH, 1
        ),
        "and of the other": Case(
            _DECLARED + "{ goods { ... on Book { tax } ... on Toy { fee @skip(if: $f) } } }", _BOTH, 4
        ),
    },
)

SCENARIOS = {
    "inputs": INPUTS,
    "both types": BOTH_TYPES,
    "everywhere": Scenario(
        subgraphs={
            "a": LINK
            + 'type Query { users: [User!]! me: User }\ntype User @key(fields: "id") { id: ID! name: String }',
            "b": LINK + 'type Query { top: User }\ntype User @key(fields: "id") { id: ID! score: Int friend: User }',
            "c": LINK
            + 'type User @key(fields: "id") { id: ID! mail: String score: Int @external\n'
            + 'level: Int @requires(fields: "score") }',
        },
        records=_shop,
        rules={"User.level": lambda it, _: it["score"] + 10},
        cases={
            "everything is left out": Case(
                _DECLARED + "{ me @include(if: $f) { name } top @skip(if: $t) { id } }", _BOTH, 0
            ),
            "one root field is left out": Case(
                _DECLARED + "{ me @include(if: $f) { name } top @skip(if: $f) { id } }", _BOTH, 1
            ),
            "both on one field": Case(_DECLARED + "{ me { name score @include(if: $t) @skip(if: $t) } }", _BOTH, 1),
            "a fragment whose fields are elsewhere": Case(
                _DECLARED + "{ users { id ... @include(if: $f) { score friend { name } } } }", _BOTH, 1
            ),
            "wanted there": Case(
                _DECLARED + "{ users { id ... @include(if: $t) { score friend { name } } } }", _BOTH, 3
            ),
            "an input whose @requires is left out": Case(_DECLARED + "{ me { level @skip(if: $t) } }", _BOTH, 1),
            "all root fields of one service are left out": Case(
                _DECLARED + "{ me @include(if: $f) { name } users @skip(if: $t) { id } }", _BOTH, 0
            ),
            "an input that is left out itself": Case(_DECLARED + "{ me { score @skip(if: $t) level } }", _BOTH, 3),
            "the same field with and without": Case(
                _DECLARED + "{ me { score @include(if: $f) friend { name } } x: me { score @skip(if: $f) } }", _BOTH, 3
            ),
            "nested conditions": Case(
                _DECLARED + "{ me @include(if: $t) { friend @include(if: $t) { mail @include(if: $f) id } } }", _BOTH, 2
            ),
            "an object's selections all left out": Case(_DECLARED + "{ me { name @include(if: $f) } }", _BOTH, 1),
        },
        random=30,
    ),
}
