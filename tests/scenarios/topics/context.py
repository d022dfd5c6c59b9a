"""`@context` and `@fromContext`: values from above that arguments take."""

from typing import Any

from tests.scenarios.scenario import LINK, Case, It, Record, Scenario


def _house() -> list[Record]:
    house: Record = {"__typename": "House", "id": "h1", "unit": "m", "owner": {"__typename": "Owner", "name": "O"}}
    flat: Record = {"__typename": "Flat", "id": "f1", "unit": "ft"}
    for place in (house, flat):
        rooms = [{"__typename": "Room", "id": f"{place['id']}r{n}", "area": n, "place": place} for n in (1, 2)]
        place["rooms"] = rooms
        place["best"] = rooms[0]
    records = [house, flat, *house["rooms"], *flat["rooms"]]
    return [{"__typename": "Query", "house": house, "places": [house, flat], "flat": flat}, *records]


def _shown(it: It, arguments: dict[str, Any]) -> str:
    unit = arguments["unit"] if "unit" in arguments else it.record["place"]["unit"]
    return f"{it['area']}{unit}{arguments.get('suffix')}"


BEST_AND_ROOMS = """query ($b: Boolean!, $r: Boolean!) {
  house { best { size @include(if: $b) } rooms { size @include(if: $r) } }
}"""

UNITS = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { house: House places: [Place!]! flat: Flat }
        union Place = House | Flat
        type House @key(fields: "id") @context(name: "place") { id: ID! unit: String! rooms: [Room!]! best: Room }
        type Flat @key(fields: "id") @context(name: "place") { id: ID! unit: String! rooms: [Room!]! best: Room }
        type Room @key(fields: "id") {
          id: ID! area: Int
          shown(suffix: String, unit: String @fromContext(field: "$place { unit }")): String
        }
        """,
        "b": LINK + 'type Room @key(fields: "id") { id: ID! size: Int }',
    },
    records=_house,
    rules={"Room.shown": _shown, "Room.size": lambda it, _: it.record["area"] * 100},
    cases={
        "from right above": Case("{ house { best { shown } } }", fetches=2),
        "through a list, with an argument of one's own": Case(
            '{ house { rooms { shown(suffix: "x") size } } }', fetches=3
        ),
        "skipped": Case("query ($f: Boolean!) { house { best { area shown @include(if: $f) } } }", {"f": False}, 1),
        "one lookup of a request is skipped": Case(BEST_AND_ROOMS, {"b": True, "r": False}, 2),
        "both lookups of a request are skipped": Case(BEST_AND_ROOMS, {"b": False, "r": False}, 1),
    },
    random=30,
)


def _fleet() -> list[Record]:
    ships: list[Record] = [
        {"__typename": "Ship", "id": "s1", "flag": "NL", "home": {"__typename": "Port", "name": "Delft"}},
        {"__typename": "Train", "id": "t1", "line": "R5"},
        {"__typename": "Cart", "id": "c1", "code": "C1"},
    ]
    boxes: list[Record] = []
    for ship in ships:
        crates: list[Record] = [{"__typename": "Crate", "id": f"{ship['id']}k{n}", "mark": f"M{n}"} for n in (1, 2)]
        ship["crates"], ship["stack"] = crates, [[crates[0]], [crates[1], crates[0]]]
        for crate in crates:
            crate["boxes"] = [{"__typename": "Box", "id": f"{crate['id']}b", "carrier": ship, "crate": crate}]
            boxes += crate["boxes"]
        ship["loose"] = {"__typename": "Box", "id": f"{ship['id']}l", "carrier": ship, "crate": None}
        boxes += [ship["loose"], *crates]
    yard = {"__typename": "Yard", "id": "y", "label": "Y", "carriers": ships, "any": ships[0]}
    return [{"__typename": "Query", "yard": yard, "carriers": ships, "ship": ships[0]}, yard, *ships, *boxes]


def _of(carrier: Record) -> str | None:
    return {"Ship": carrier.get("flag"), "Train": carrier.get("line"), "Cart": carrier.get("code")}[
        carrier["__typename"]
    ]


def _stamp(it: It, arguments: dict[str, Any]) -> str:
    return f"stamp {arguments['by'] if 'by' in arguments else _of(it.record['carrier'])}"


def _near(it: It, arguments: dict[str, Any]) -> str:
    """The nearest of those that set the context: the crate, else what carries the box."""
    if "by" in arguments:
        return f"near {arguments['by']}"
    return f"near {it.record['crate']['mark'] if it.record['crate'] else _of(it.record['carrier'])}"


def _port(it: It, arguments: dict[str, Any]) -> str:
    own = it.record["carrier"].get("home")
    return f"port {arguments['port'] if 'port' in arguments else own and own['name']}"


_SELECTED = "... on Ship { flag } ... on Train { line } ... on Cart { code }"

CARRIERS = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { carriers: [Carrier!]! ship: Ship yard: Yard }
        type Yard @key(fields: "id") { id: ID! label: String carriers: [Carrier!]! any: Carrier }
        interface Carrier @context(name: "carrier") @context(name: "any") {
          id: ID! crates: [Crate!]! loose: Box stack: [[Crate!]!]
        }
        type Ship implements Carrier @key(fields: "id") {
          id: ID! flag: String crates: [Crate!]! loose: Box stack: [[Crate!]!]
        }
        type Train implements Carrier @key(fields: "id") {
          id: ID! line: String crates: [Crate!]! loose: Box stack: [[Crate!]!]
        }
        type Cart implements Carrier @key(fields: "id") {
          id: ID! code: String crates: [Crate!]! loose: Box stack: [[Crate!]!]
        }
        type Crate @key(fields: "id") @context(name: "any") { id: ID! mark: String boxes: [Box!]! }
        type Box @key(fields: "id") {
          id: ID!
        """
        + f'stamp(by: String @fromContext(field: "$carrier {_SELECTED}")): String\n'
        + f'near(by: String @fromContext(field: "$any {_SELECTED} ... on Crate {{ mark }}")): String }}',
        "b": LINK
        + 'type Train @key(fields: "id") { id: ID! line: String @override(from: "a") }\ntype Box @key(fields: "id") { id: ID! n: Int }',
    },
    records=_fleet,
    rules={"Box.stamp": _stamp, "Box.near": _near, "Box.n": lambda it, _: len(it.record["id"])},
    cases={
        "each type its own selection": Case("{ carriers { loose { stamp } } }"),
        "of one type": Case("{ ship { loose { stamp } } }", fetches=2),
        "from another subgraph": Case("{ carriers { ... on Train { loose { stamp } } } }", fetches=3),
        "two up, through lists": Case("{ ship { crates { boxes { stamp n } } } }", fetches=3),
        "through lists of lists": Case("{ ship { stack { boxes { stamp } } } }", fetches=2),
        "the nearest of two that set it": Case("{ carriers { loose { near } crates { boxes { near } } } }"),
        "below what sets nothing": Case("{ yard { any { loose { near stamp } crates { id } } } }"),
        "under the client's own fragments": Case(
            "{ yard { carriers { ... on Ship { loose { near } } ... on Cart { crates { boxes { near stamp } } } } } }"
        ),
        "the client has other values under those names": Case(
            "{ carriers { ... on Ship { flag: id } ... on Train { line: __typename } loose { stamp } } }"
        ),
        "skipped": Case("query ($t: Boolean!) { carriers { id loose { id stamp @skip(if: $t) } } }", {"t": True}, 1),
        "skipped, in one request with what is not": Case(
            """query ($n: Boolean!) { yard { any { ... on Cart { loose { stamp } } }
              carriers { crates { boxes { near @include(if: $n) } } } } }""",
            {"n": False},
            1,
        ),
    },
    random=60,
)

PARTLY = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { yard: Yard carriers: [Carrier!]! @inaccessible }
        type Yard @key(fields: "id") @context(name: "place") { id: ID! label: String carriers: [Carrier!]! }
        interface Carrier { id: ID! loose: Box crates: [Crate!]! }
        type Ship implements Carrier @key(fields: "id") @context(name: "place") {
          id: ID! flag: String loose: Box crates: [Crate!]!
        }
        type Train implements Carrier @key(fields: "id") { id: ID! loose: Box crates: [Crate!]! }
        type Cart implements Carrier @key(fields: "id") { id: ID! loose: Box crates: [Crate!]! }
        type Crate { mark: String boxes: [Box!]! }
        type Box @key(fields: "id") {
          id: ID!
          where(by: String @fromContext(field: "$place ... on Yard { label } ... on Ship { flag }")): String
        }
        """,
        "b": LINK + 'type Box @key(fields: "id") { id: ID! n: Int }',
    },
    records=_fleet,
    rules={
        "Box.where": lambda it, a: (
            a["by"] if "by" in a else "NL" if it.record["carrier"]["__typename"] == "Ship" else "Y"
        ),
        "Box.n": lambda it, _: len(it.record["id"]),
    },
    cases={
        "some set it, others leave it to what is above": Case("{ yard { carriers { loose { where } } } }"),
        "deeper down": Case("{ yard { carriers { crates { boxes { where n } } } } }"),
        "what sets nothing itself": Case("{ yard { carriers { ... on Cart { loose { where } } } } }", fetches=2),
    },
    random=30,
)


def _owned() -> list[Record]:
    people: list[Record] = [
        {"__typename": "Person", "id": "p", "name": "P", "tags": ["x", "y"]},
        {"__typename": "Firm", "id": "f", "name": "F"},
    ]
    houses: list[Record] = [
        {"__typename": "House", "id": f"h{n}", "owner": owner} for n, owner in enumerate((*people, None))
    ]
    doors: list[Record] = [{"__typename": "Door", "id": f"d{house['id']}", "house": house} for house in houses]
    for house, door in zip(houses, doors, strict=True):
        house["door"] = door
    return [{"__typename": "Query", "houses": houses}, *houses, *doors, *people]


def _sign(it: It, arguments: dict[str, Any]) -> str:
    owner = it.record["house"]["owner"] or {}
    return f"of {arguments['name'] if 'name' in arguments else owner.get('name')}"


DEEP = Scenario(
    subgraphs={
        "a": LINK
        + """
        type Query { houses: [House!]! }
        type House @key(fields: "id") @context(name: "house") { id: ID! door: Door! }
        type Door @key(fields: "id") {
          id: ID!
          sign(name: String @fromContext(field: "$house { owner { name } }")): String
        }
        """
        + "extend type House { owner: Owner }\ninterface Owner { name: String }\n"
        + 'type Person implements Owner @key(fields: "id") { id: ID! name: String }\n'
        + 'type Firm implements Owner @key(fields: "id") { id: ID! name: String }',
        "b": LINK + 'type Person @key(fields: "id") { id: ID! name: String @override(from: "a") }',
    },
    records=_owned,
    rules={"Door.sign": _sign},
    cases={"of implementations of an interface, one of them from elsewhere": Case("{ houses { door { sign } } }")},
    random=15,
)

SCENARIOS = {"units": UNITS, "carriers": CARRIERS, "partly": PARTLY, "deep": DEEP}
