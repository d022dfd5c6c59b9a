"""What goes in: intersections of enums and input objects, variables in every position, and what nobody may see."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _echoes() -> list[Record]:
    things: list[Record] = [{"__typename": "Thing", "id": str(n)} for n in (1, 2)]
    return [{"__typename": "Query", "things": things}, *things]


SCENARIOS = {
    "positions": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { things: [Thing!]! echo(in: In): String find(ids: [ID!]!, kind: Kind! = A, n: Int! = 4): String }
            type Thing @key(fields: "id") { id: ID! }
            input In { a: Int! = 1 b: [String!] in: In kind: Kind kinds: [Kind!] onlyA: Int }
            enum Kind { A B OLD }
            """,
            "b": LINK
            + """
            type Query { other(in: In): String }
            type Thing @key(fields: "id") {
              id: ID! said(in: In, n: Int! = 2, kinds: [Kind!]): String flag(on: Boolean! = true): Boolean
            }
            input In { a: Int! = 1 b: [String!] in: In kind: Kind kinds: [Kind!] onlyB: Int }
            enum Kind { A B NEW }
            """,
        },
        records=_echoes,
        rules={
            "Query.echo": lambda _, a: repr(a),
            "Query.other": lambda _, a: repr(a),
            "Query.find": lambda _, a: repr(a),
            "Thing.said": lambda it, a: f"{it.record['id']} {a!r}",
            "Thing.flag": lambda _, a: a["on"],
        },
        cases={
            "a default of the operation's": Case("query ($n: Int = 7) { things { said(n: $n) } }", fetches=2),
            "a default of the operation's, overridden": Case(
                "query ($n: Int = 7) { things { said(n: $n) } }", {"n": 8}, fetches=2
            ),
            "no value, so the argument's own default": Case(
                "query ($k: [Kind!]) { things { said(kinds: $k) } }", fetches=2
            ),
            "null is not left out": Case("query ($k: [Kind!]) { things { said(kinds: $k) } }", {"k": None}, fetches=2),
            "a single value stands for a list": Case('{ find(ids: "1") things { said(kinds: A) } }', fetches=2),
            "a single value in a variable": Case("query ($i: [ID!]!) { find(ids: $i) }", {"i": "x"}, fetches=1),
            "variables inside an input object": Case(
                "query ($a: Int!, $b: String!, $k: Kind) "
                '{ echo(in: {a: $a, b: [$b, "c"], in: {a: 3, kind: $k}}) things { said(in: {a: $a, kinds: [B]}) } }',
                {"a": 1, "b": "x", "k": "B"},
                fetches=2,
            ),
            "a whole input object": Case(
                "query ($in: In) { echo(in: $in) other(in: $in) }",
                {"in": {"in": {"b": "one"}, "kinds": "A"}},
                fetches=2,
            ),
            "each request declares what it uses": Case(
                "query ($x: Int!, $y: Boolean!, $z: [ID!]!) { find(ids: $z) things { said(n: $x) flag(on: $y) } }",
                {"x": 1, "y": False, "z": []},
                fetches=2,
            ),
        },
        random=25,
    ),
    "inaccessible": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { things: [Thing!]! all(kinds: [Kind!]): [Kind] nested: [[Kind!]] }
            type Thing @key(fields: "id") { id: ID! kind: Kind kinds: [Kind] secret: String @inaccessible }
            enum Kind { A B SECRET @inaccessible }
            """,
            "b": LINK
            + """
            type Thing @key(fields: "id") { id: ID! secret: String @external hint: String @requires(fields: "secret") }
            """,
        },
        records=lambda: [
            {
                "__typename": "Query",
                "all": ["A", "SECRET", "B"],
                "nested": [["A"], ["B", "SECRET"]],
                "things": _secrets(),
            },
            *_secrets(),
        ],
        rules={"Thing.hint": lambda it, _: it["secret"][:1]},
        cases={
            "in a field and in a list": Case("{ all things { kind kinds } }", fetches=1),
            "non-null in a nested list": Case("{ nested }", fetches=1),
            "an inaccessible input of a @requires": Case("{ things { hint } }", fetches=2),
        },
        random=20,
    ),
}


def _secrets() -> list[Record]:
    return [
        {"__typename": "Thing", "id": "1", "kind": "SECRET", "kinds": ["SECRET", "A"], "secret": "xyz"},
        {"__typename": "Thing", "id": "2", "kind": "A", "kinds": None, "secret": "abc"},
    ]
