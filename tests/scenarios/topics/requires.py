"""`@requires`: chains, circles, arguments that clients use otherwise, abstract types, and nested inputs."""

from tests.scenarios.scenario import LINK, Case, It, Record, Scenario


def _items() -> list[Record]:
    items: list[Record] = [
        {"__typename": "Item", "id": str(n), "base": n, "name": f"N{n}", "size": {"w": n, "h": 2}, "x": n}
        for n in (1, 2)
    ]
    items[0]["next"], items[1]["next"] = items[1], items[0]
    return [{"__typename": "Query", "items": items, "item": items[0], "first": items[0]}, *items]


CHAIN = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { items: [Item!]! item: Item }
        type Item @key(fields: "id") { id: ID! base: Int size: Size c2: Int @external d: Int @requires(fields: "c2") }
        type Size { w: Int h: Int }
        """,
        "b": LINK
        + """
        type Query { first: Item }
        type Item @key(fields: "id") { id: ID! base: Int @external b: Int @requires(fields: "base") next: Item }
        """,
        "c": LINK
        + """
        type Item @key(fields: "id") {
          id: ID! b: Int @external size: Size @external
          c2: Int @requires(fields: "b")
          area: Int @requires(fields: "size { w h }")
        }
        type Size @external { w: Int h: Int }
        """,
    },
    records=_items,
    rules={
        "Item.b": lambda it, _: it["base"] + 1,
        "Item.c2": lambda it, _: it["b"] * 2,
        "Item.d": lambda it, _: it["c2"] + 100,
        "Item.area": lambda it, _: it["size"]["w"] * it["size"]["h"],
    },
    cases={
        "one after the other": Case("{ items { c2 } }", fetches=3),
        "back to where it began": Case("{ items { d } }", fetches=4),
        "everything, from another side": Case("{ first { d area b } }", fetches=5),
        "an object as input": Case("{ item { area } }", fetches=2),
        "inputs the client wants as well, under other names": Case(
            "{ item { base: id b: base id: b c2: d size { h: w } area } }", fetches=4
        ),
    },
    random=20,
)


def _priced() -> list[Record]:
    items: list[Record] = [
        {"__typename": "Item", "id": str(n), "cents": n, "offer": {"__typename": "Offer", "cents": n * 3}}
        for n in (1, 2)
    ]
    return [{"__typename": "Query", "items": items}, *items]


def _offered(it: It, factor: int) -> int:
    """The amount that was carried here, else the one of the object's own."""
    offer: Record = it["offer"]
    return int(offer["amount"]) if "amount" in offer else int(offer["cents"]) * factor


ARGUMENTS = Scenario(
    subgraphs={
        "prices": LINK
        + """
        type Query { items: [Item!]! }
        type Item @key(fields: "id") { id: ID! price(currency: Currency! = USD, factor: Int = 1): Int tag(of: [String!]): String
          offer: Offer }
        type Offer @shareable { amount(currency: Currency! = USD): Int }
        enum Currency { USD EUR }
        """,
        "shipping": LINK
        + """
        type Item @key(fields: "id") {
          id: ID!
          price(currency: Currency! = USD, factor: Int = 1): Int @external
          tag(of: [String!]): String @external
          euro: Int @requires(fields: "price(currency: EUR)")
          double: Int @requires(fields: "price(factor: 2) tag(of: [\\"q\\"])")
          offer: Offer @external
          euroOffer: Int @requires(fields: "offer { amount(currency: EUR) }")
          dollarOffer: Int @requires(fields: "offer { amount(currency: USD) }")
        }
        type Offer @shareable { amount(currency: Currency! = USD): Int }
        enum Currency { USD EUR }
        """,
    },
    records=_priced,
    rules={
        "Item.price": lambda it, a: (
            it.record["cents"] * (a.get("factor", 1) or 0) * (10 if a.get("currency", "USD") == "EUR" else 1)
        ),
        "Item.tag": lambda it, a: f"{it.record['id']}{a.get('of')}",
        "Item.euro": lambda it, _: it.get("price", currency="EUR") + 1,
        "Item.double": lambda it, _: it.get("price", factor=2) + 2,
        "Offer.amount": lambda it, a: it.record["cents"] * (10 if a.get("currency", "USD") == "EUR" else 1),
        "Item.euroOffer": lambda it, _: _offered(it, 10),
        "Item.dollarOffer": lambda it, _: _offered(it, 1),
    },
    cases={
        "the client asks with other arguments": Case("{ items { price(currency: USD, factor: 3) euro } }", fetches=2),
        "and two inputs want two values of one field": Case("{ items { euro double price tag } }", fetches=2),
        "the same arguments by variable": Case(
            "query ($c: Currency!) { items { price(currency: $c) euro } }", {"c": "EUR"}, fetches=2
        ),
        "two values of one field inside another": Case("{ items { euroOffer dollarOffer } }", fetches=2),
        "and the client asks for one of them": Case(
            "{ items { offer { amount(currency: EUR) } euroOffer dollarOffer } }", fetches=2
        ),
    },
    random=20,
)


def _shown(login: Record | None) -> str | None:
    if login is None:
        return None
    return login.get("address") or f"{login['country']['code']} {login['number']}"


def _users() -> list[Record]:
    mail = {"__typename": "Mail", "address": "m@x"}
    phone = {"__typename": "Phone", "number": "1", "country": {"__typename": "Country", "code": "NL"}}
    home, work = ({"__typename": t, "label": t, k: v} for t, k, v in (("Home", "street", "S"), ("Work", "firm", "F")))
    users: list[Record] = [
        {"__typename": "User", "id": "1", "login": mail, "contact": home, "logins": [mail, phone]},
        {"__typename": "User", "id": "2", "login": phone, "contact": work, "logins": []},
        {"__typename": "User", "id": "3", "login": None, "contact": home, "logins": [phone]},
    ]
    return [{"__typename": "Query", "users": users}, *users]


ABSTRACT = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { users: [User!]! }
        type User @key(fields: "id") { id: ID! login: Login contact: Contact! logins: [Login!]! }
        union Login = Mail | Phone
        type Mail { address: String! }
        type Phone { number: String! country: Country! }
        type Country { code: String! }
        interface Contact { label: String }
        type Home implements Contact { label: String street: String }
        type Work implements Contact { label: String firm: String }
        """,
        "b": LINK
        + """
        type User @key(fields: "id") {
          id: ID! login: Login @external contact: Contact! @external logins: [Login!]! @external
          shown: String @requires(fields: "login { ... on Mail { address } ... on Phone { number country { code } } }")
          card: String @requires(fields: "contact { label ... on Home { street } ... on Work { firm } }")
          many: Int @requires(fields: "logins { __typename ... on Mail { address } }")
        }
        union Login = Mail | Phone
        type Mail @external { address: String! }
        type Phone @external { number: String! country: Country! }
        type Country @external { code: String! }
        interface Contact { label: String }
        type Home implements Contact @external { label: String street: String }
        type Work implements Contact @external { label: String firm: String }
        """,
    },
    records=_users,
    rules={
        "User.shown": lambda it, _: _shown(it["login"]),
        "User.card": lambda it, _: (
            f"{it['contact']['label']} {it['contact'].get('street')} {it['contact'].get('firm')}"
        ),
        "User.many": lambda it, _: sum("address" in each for each in it["logins"]),
    },
    cases={
        "fragments on a union": Case("{ users { shown } }", fetches=2),
        "the client selects of the same union otherwise": Case(
            "{ users { shown login { ... on Mail { a: address } ... on Phone { address: number } } } }", fetches=2
        ),
        "all inputs in one request": Case("{ users { shown card many contact { __typename } } }", fetches=2),
    },
    random=20,
)


def _nodes() -> list[Record]:
    nodes: list[Record] = [{"__typename": "Node", "id": str(n), "x": n, "y": n * 5} for n in (1, 2)]
    return [{"__typename": "Query", "nodes": nodes}, *nodes]


CIRCULAR = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { nodes: [Node!]! }
        type Node @key(fields: "id") { id: ID! x: Int y: Int @external p: Int @requires(fields: "y") q: Int @external
          r: Int @requires(fields: "q") }
        """,
        "b": LINK
        + """
        type Node @key(fields: "id") { id: ID! x: Int @external y: Int p: Int @external q: Int @requires(fields: "p x") }
        """,
    },
    records=_nodes,
    rules={
        "Node.p": lambda it, _: it["y"] + 1,
        "Node.q": lambda it, _: it["p"] + it["x"],
        "Node.r": lambda it, _: it["q"] * 2,
    },
    cases={
        "there and back": Case("{ nodes { p } }", fetches=3),
        "there and back and there": Case("{ nodes { q } }", fetches=4),
        "and back once more": Case("{ nodes { r p y } }", fetches=5),
    },
)


def _parcels() -> list[Record]:
    parcel: Record = {"__typename": "Parcel", "id": "1", "weight": 5, "cost": 7}
    return [{"__typename": "Query", "parcel": parcel, "parcels": [parcel]}, parcel]


CONDITIONAL = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { parcel: Parcel parcels: [Parcel!]! }
        type Parcel @key(fields: "id") { id: ID! weight: Int! }
        """,
        "b": LINK
        + """
        type Parcel @key(fields: "id") { id: ID! cost: Int! }
        """,
        "c": LINK
        + """
        type Parcel @key(fields: "id") {
          id: ID! weight: Int! @external cost: Int! @external
          heavy: Boolean @requires(fields: "weight")
          dear: Boolean @requires(fields: "cost")
          ratio: Int @requires(fields: "weight cost")
        }
        """,
        "d": LINK
        + """
        type Parcel @key(fields: "id") {
          id: ID! heavy: Boolean @external dear: Boolean @external
          lifted: Boolean @requires(fields: "heavy")
          insured: Boolean @requires(fields: "dear")
        }
        """,
    },
    records=_parcels,
    rules={
        "Parcel.heavy": lambda it, _: it["weight"] > 4,
        "Parcel.dear": lambda it, _: it["cost"] > 4,
        "Parcel.lifted": lambda it, _: not it["heavy"],
        "Parcel.insured": lambda it, _: it["dear"],
        "Parcel.ratio": lambda it, _: it["cost"] * 10 // it["weight"],
    },
    cases={
        "both are wanted": Case(
            "query($no: Boolean!) { parcel { dear } parcel @skip(if: $no) { heavy } }", {"no": False}, fetches=3
        ),
        "an input that is not fetched is not sent": Case(
            "query($no: Boolean!) { parcel { dear } parcel @skip(if: $no) { heavy } }", {"no": True}, fetches=3
        ),
        "nor one of two, of which each is skipped without the other": Case(
            "query($one: Boolean!, $two: Boolean!) {"
            " parcels @include(if: $one) { dear } parcels @include(if: $two) { heavy } }",
            {"one": True, "two": False},
            fetches=3,
        ),
        "one that another field needs all the same is": Case(
            "query($no: Boolean!) { parcel { ratio } parcel @skip(if: $no) { heavy } }", {"no": True}, fetches=3
        ),
        "a longer chain under conditions takes a shorter one along": Case(
            "query($yes: Boolean!) { parcel { lifted insured @include(if: $yes) } }", {"yes": True}, fetches=4
        ),
        "and leaves it alone when they are unmet": Case(
            "query($yes: Boolean!) { parcel { lifted insured @include(if: $yes) } }", {"yes": False}, fetches=3
        ),
    },
)

SCENARIOS = {
    "chain": CHAIN,
    "arguments": ARGUMENTS,
    "abstract": ABSTRACT,
    "circular": CIRCULAR,
    "conditional": CONDITIONAL,
}
