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

SCENARIOS = {
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
            "an input whose @requires is left out": Case(_DECLARED + "{ me { level @skip(if: $t) } }", _BOTH),
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
