"""Nulls: null keys, lists that hold some, and errors far down."""

from typing import Any

from tests.scenarios.scenario import LINK, Case, It, Record, Scenario


def _fail(_: It, __: dict[str, Any]) -> Any:
    raise ValueError("broken")


def _rows() -> list[Record]:
    rows: list[Record] = [
        {"__typename": "Row", "id": "1", "alt": "a1", "left": 1, "right": 1, "sure": 1},
        {"__typename": "Row", "id": "2", "alt": None, "left": 2, "right": None, "sure": 2},
        {"__typename": "Row", "id": "3", "alt": "a3", "left": None, "right": 3, "sure": None},
    ]
    rows[0]["up"], rows[1]["up"], rows[2]["up"] = rows[1], None, rows[0]
    grid = [[rows[0], None], None, [], [rows[2], rows[0]]]
    return [
        {"__typename": "Query", "rows": [rows[0], None, rows[2]], "grid": grid, "none": None, "row": rows[2]},
        *rows,
    ]


SCENARIOS = {
    "keys and lists": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { rows: [Row] grid: [[Row]] none: Row row: Row }
            type Row @key(fields: "id") { id: ID! alt: ID @shareable left: Int up: Row }
            """,
            "b": LINK
            + """
            type Row @key(fields: "id") { id: ID! right: Int sure: Int! left: Int @external
              sum: Int @requires(fields: "left") bad: Int worse: Int! }
            """,
        },
        records=_rows,
        rules={
            "Row.sum": lambda it, _: None if it["left"] is None else it["left"] + 1,
            "Row.bad": _fail,
            "Row.worse": _fail,
        },
        cases={
            "a null needs no hop": Case("{ none { right } }", fetches=1),
            "items that are null": Case("{ rows { right up { right } } }", fetches=2),
            "lists in lists": Case("{ grid { right id } }", fetches=2),
            "a null where none may be takes the object": Case("{ rows { id sure } }", fetches=2),
            "null is an input like any": Case("{ rows { sum } }", fetches=2),
            "an error beside values": Case("{ rows { id bad right } }", fetches=2),
            "an error that takes the object": Case("{ rows { id worse right } }", fetches=2),
        },
        random=25,
    ),
    "null keys": Scenario(
        subgraphs={
            "a": LINK + 'type Query { books: [Book] }\ntype Book @key(fields: "upc") { upc: ID! }',
            "b": LINK + 'type Book @key(fields: "id") @key(fields: "upc") { id: ID upc: ID! }',
            "c": LINK + 'type Book @key(fields: "id") { id: ID author: String }',
        },
        records=lambda: [
            {"__typename": "Query", "books": (books := _books())},
            *books,
        ],
        cases={
            "an object without the key is nulled there, the others go on": Case("{ books { upc } }", fetches=1),
        },
        random=0,
    ),
}


def _books() -> list[Record]:
    return [{"__typename": "Book", "id": i, "upc": f"u{n}", "author": f"A{n}"} for n, i in enumerate(("1", "2"))]
