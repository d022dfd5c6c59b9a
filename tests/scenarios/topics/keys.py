"""Several keys, compound and nested; a hop must use a key that its target resolves, and fetch that key's fields first."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _mashup() -> list[Record]:
    owner = {"__typename": "Owner", "id": "o1", "tax": "T9", "name": "Ann"}
    things = [
        {"__typename": "Thing", "id": str(n), "sku": f"s{n}", "region": "eu", "owner": owner, "label": f"L{n}"}
        | {"weight": n * 2, "price": n * 10, "stock": n, "rank": n * n}
        for n in (1, 2)
    ]
    return [{"__typename": "Query", "things": things, "thing": things[0]}, owner, *things]


MASHUP = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { things: [Thing!]! thing: Thing }
        type Thing @key(fields: "id") { id: ID! label: String }
        type Owner @key(fields: "id") { id: ID! tax: String! @shareable }
        """,
        "b": LINK
        + """
        type Thing @key(fields: "id") @key(fields: "sku region") { id: ID! sku: ID! region: String! weight: Int }
        """,
        "c": LINK
        + """
        type Thing @key(fields: "sku region") @key(fields: "owner { id }") {
          sku: ID! region: String! owner: Owner! price: Int weight: Int @external
          shipping: Int @requires(fields: "weight")
        }
        type Owner @key(fields: "id") { id: ID! }
        """,
        "d": LINK
        + """
        type Thing @key(fields: "sku owner { id tax }") {
          sku: ID! owner: Owner! price: Int @external stock: Int worth: Int @requires(fields: "price")
        }
        type Owner @key(fields: "id") @key(fields: "id tax") { id: ID! tax: String! @shareable name: String }
        """,
    },
    records=_mashup,
    rules={
        "Thing.shipping": lambda it, _: it["weight"] * 3,
        "Thing.worth": lambda it, _: it["price"] + 1,
    },
    cases={
        "two hops through the subgraph that knows both keys": Case("{ things { price } }", fetches=3),
        "the input of a @requires comes on the way": Case("{ things { shipping label } }", fetches=3),
        "a key half of one subgraph and half of another": Case("{ thing { stock } }", fetches=5),
        "a @requires over four subgraphs": Case("{ thing { worth stock shipping } }", fetches=5),
        "a nested key's own fields": Case("{ things { owner { id name tax } } }", fetches=4),
    },
)


def _orders() -> list[Record]:
    users: list[Record] = [
        {"__typename": "User", "id": str(n), "email": f"{n}@x", "name": f"U{n}", "unread": n} for n in (1, 2)
    ]
    orders = [
        {"__typename": "Order", "id": "o1", "total": 5, "buyer": users[0]},
        {"__typename": "Order", "id": "o2", "total": 6, "buyer": users[1]},
        {"__typename": "Order", "id": "o3", "total": 7, "buyer": users[0]},
    ]
    users[0]["lastOrder"] = orders[2]
    return [{"__typename": "Query", "orders": orders, "users": users}, *users, *orders]


NONRESOLVABLE = Scenario(
    subgraphs={
        "orders": LINK
        + """
        type Query { orders: [Order!]! }
        type Order @key(fields: "id") { id: ID! total: Int buyer: User! }
        type User @key(fields: "id", resolvable: false) { id: ID! }
        """,
        "users": LINK
        + """
        type Query { users: [User!]! }
        type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String }
        """,
        "mails": LINK + 'type User @key(fields: "email") { email: String! unread: Int lastOrder: Order }\n'
        'type Order @key(fields: "id", resolvable: false) { id: ID! }',
    },
    records=_orders,
    cases={
        "a reference goes on by a key": Case("{ orders { buyer { name unread } } }", fetches=3),
        "the key alone needs no hop": Case("{ orders { buyer { id } } }", fetches=1),
        "and back": Case("{ users { lastOrder { total buyer { id name } } } }", fetches=4),
        "a circle": Case("{ orders { buyer { lastOrder { buyer { unread } } } } }", fetches=6),
    },
)


LISTS = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { basket: Basket }
        type Basket @key(fields: "lines { sku }") { lines: [Line!]! note: String }
        type Line @key(fields: "sku") { sku: ID! }
        """,
        "b": LINK
        + """
        type Basket @key(fields: "lines { sku }") { lines: [Line!]! total: Int }
        type Line @key(fields: "sku") { sku: ID! price: Int }
        """,
    },
    records=lambda: [
        {"__typename": "Query", "basket": _basket()},
        _basket(),
        *_basket()["lines"],
    ],
    cases={
        "a key that goes through a list": Case("{ basket { total lines { sku } } }", fetches=2),
        "the list's items are entities too": Case("{ basket { total lines { price } } }", fetches=2),
    },
)


def _basket() -> Record:
    lines = [{"__typename": "Line", "sku": s, "price": p} for s, p in (("x", 1), ("y", 2))]
    return {"__typename": "Basket", "lines": lines, "note": "n", "total": 3}


SCENARIOS = {"mashup": MASHUP, "nonresolvable": NONRESOLVABLE, "lists": LISTS}
