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


SCENARIOS = {
    "units": Scenario(
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
        },
        random=30,
    ),
}
