"""Compiled code stands whatever stands in an operation and in a reply: odd names, great size, odd numbers and texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.http.transport import Reply
from router.pipeline.request import Request
from tests.differential.misbehaving import Tally, answer_compiled, check_operation, pipeline_of
from tests.scenarios.check import Bench
from tests.scenarios.scenario import LINK, Record, Scenario

pytestmark = pytest.mark.anyio


def _people() -> list[Record]:
    people: list[Record] = [
        {"__typename": "User", "id": str(n), "name": f"N{n}", "class": "c", "f0": n, "proto__": "p", "None": "n"}
        | {"mail": f"m{n}", "any": {"b": 1, "a": [1]}, "half": n / 2, "mood": "GOOD"}
        for n in (1, 2, 3)
    ]
    for one, other in zip(people, [*people[1:], people[0]], strict=True):
        one["friend"], one["friends"] = other, [other, one]
    return [{"__typename": "Query", "me": people[0], "all": people}, *people]


PEOPLE = Scenario(
    subgraphs={
        "a": LINK
        + """scalar Any
        type Query { me: User all: [User!] echo(text: String, number: Float): String }
        type User @key(fields: "id") { id: ID! name: String class: String f0: Int proto__: String None: String
          friend: User friends: [User] }""",
        "b": LINK
        + """scalar Any enum Mood { GOOD BAD }
        type User @key(fields: "id") { id: ID! mail: String any: Any half: Float mood: Mood }""",
    },
    records=_people,
    rules={"Query.echo": lambda _, arguments: json.dumps(arguments, sort_keys=True)},
    cases={},
)
NAMES = [
    *("class", "def", "None", "True", "self", "__proto__", "__class__", "__init__", "__slots__", "__struct_fields__"),
    *("s", "o", "e", "k", "i", "v", "t", "n", "at", "out", "seen", "reps", "objs", "encode", "both", "Lost", "UNSET"),
    *("errors", "data", "d0", "f0", "f1", "r0", "c0", "m0_0", "p0", "finish", "types3", "Object1", "Representation2"),
    *("_entities", "representations", "a", "b", "_", "__x", "constructor", "toString", "id"),
]


async def both(bench: Bench, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer, once both executors have given the same; that the compiled one gave it is part of the claim."""
    tally = Tally()
    request = Request(text, variables=variables or {})
    await check_operation(bench.federation, request, "", 0.0, tally)
    assert tally.compiled == 1
    answer: dict[str, Any] = json.loads((await pipeline_of(bench.federation).answer(request)).body)
    return answer


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_only_a_name(name: str) -> None:
    bench = Bench.of(PEOPLE)

    answer = await both(
        bench, f"{{ {name}: all {{ {name}: name x: mail friend {{ {name}: mail }} friends {{ {name}: id mail }} }} }}"
    )

    assert answer["data"][name][0] == {
        name: "N1",
        "x": "m1",
        "friend": {name: "m2"},
        "friends": [{name: "2", "mail": "m2"}, {name: "1", "mail": "m1"}],
    }


async def test_fields_that_are_called_like_generated_names() -> None:
    answer = await both(Bench.of(PEOPLE), "{ me { f0 class None proto__ mail f1: half } }")

    assert answer["data"]["me"] == {"f0": 1, "class": "c", "None": "n", "proto__": "p", "mail": "m1", "f1": 0.5}


async def test_a_thousand_fields() -> None:
    fields = " ".join(f"x{i}: {('name', 'mail', 'half')[i % 3]}" for i in range(1000))

    answer = await both(Bench.of(PEOPLE), f"{{ all {{ {fields} }} }}")

    assert list(answer["data"]["all"][2]) == [f"x{i}" for i in range(1000)]
    assert answer["data"]["all"][2]["x998"] == 1.5


async def test_fifty_levels() -> None:
    answer = await both(Bench.of(PEOPLE), "{ me " + "{ friend " * 50 + "{ mail }" + " }" * 50 + " }")

    here = answer["data"]["me"]
    for _ in range(50):
        here = here["friend"]
    assert here == {"mail": "m3"}


@pytest.mark.parametrize("text", ["ü☃ 𝄞", '"quoted" \\ and\nlines', "\u0000\u2028\u007f", "'''", "{x!r}%s%(y)d"])
async def test_any_text_in_arguments(text: str) -> None:
    literal = json.dumps(text)

    answer = await both(
        Bench.of(PEOPLE), f"query($t: String) {{ echo(text: $t) x: echo(text: {literal}) }}", {"t": text}
    )

    assert json.loads(answer["data"]["echo"]) == json.loads(answer["data"]["x"]) == {"text": text}


@pytest.mark.parametrize("number", [2**53, -(2**63), 1e300, 5e-324, -0.0, 10**21])
async def test_any_number_in_variables(number: float) -> None:
    answer = await both(Bench.of(PEOPLE), "query($n: Float) { echo(number: $n) }", {"n": number})

    assert json.loads(answer["data"]["echo"])["number"] == number


ENTITY = '{"data":{"_entities":[%s]}}'
ERRORS = '"errors":[{"message":"m","path":["_entities",0,"any"],"extensions":{"code":"C"}}]'


@pytest.mark.parametrize(
    "reply",
    [
        ENTITY % '{"any":12345678901234567890123,"half":12345678901234567890123}',
        ENTITY % '{"any":1e400,"half":1.5}',
        ENTITY % f'{{"any":1,"half":{"9" * 400}}}',
        ENTITY % f'{{"any":{"9" * 5000},"half":1}}',
        ENTITY % '{"any":1.0,"half":1e2}',
        ENTITY % '{"any":-0.0,"half":-0}',
        ENTITY % '{"any":{"x":1,"x":2},"half":1,"half":2}',
        ENTITY % '{"any":"\\ud800","half":1}',
        ENTITY % '{"any":"\\ud834\\udd1e\\u0000","half":1}',
        ENTITY % '{"any":" \\n ","half":NaN}',
        ENTITY % '{"any": {"b" : [ 1 , 2 ] } , "half":1}',
        ENTITY % f'{{"any":{"[" * 3000}{"]" * 3000},"half":1}}',
        ENTITY % f'{{"any":{"[" * 200}{"]" * 200},"half":1}}',
        ENTITY % '{"any":null,"half":null,"mood":"WORSE"}',
        ENTITY % '{"half":1}',
        ENTITY % '{"any":1,"half":"1"}',
        ENTITY % '[{"any":1,"half":1}]',
        ENTITY % '{"any":1,"half":true,"surplus":{"deep":[1e999]}}',
        ENTITY % "null",
        ENTITY % "null,null",
        ENTITY % "",
        '{"data":{"_entities":null}}',
        '{"data":{"_entities":{}}}',
        '{"data":{}}',
        '{"data":null}',
        "{}",
        "[]",
        "null",
        "",
        "\ufeff" + ENTITY % '{"any":1,"half":1}',
        ENTITY % '{"any":1,"half":1}' + "\r\n \t",
        ENTITY % '{"any":1,"half":1}' + ";",
        f'{{"data":{{"_entities":[{{"any":null,"half":1}}]}},{ERRORS}}}',
        f'{{{ERRORS},"data":{{"_entities":[null]}}}}',
        f'{{"data":null,{ERRORS}}}',
        f"{{{ERRORS}}}",
        '{"data":{"_entities":[{"any":1,"half":1}]},"errors":null}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"errors":[]}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"errors":{}}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"errors":"x"}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"errors":[[],null,"x",{"message":1,"path":{},"extensions":[]}]}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"extensions":{"x":1e5},"data2":0}',
        '{"data":{"_entities":[{"any":1,"half":1}]},"data":{"_entities":[{"any":2,"half":2}]}}',
    ],
)
async def test_both_executors_read_an_odd_reply_alike(reply: str) -> None:
    bench = Bench.of(PEOPLE)
    good = bench.federation.reply

    def odd(subgraph: str, body: bytes) -> Reply:
        return Reply(200, "application/json", reply.encode()) if subgraph == "b" else good(subgraph, body)

    bench.federation.reply = odd  # type: ignore[method-assign]
    pipeline, tally = pipeline_of(bench.federation), Tally()
    request = Request("{ me { name any half } }")
    generic = await pipeline.answer(request)
    compiled = await answer_compiled(pipeline, request, tally)

    assert generic.status == 200
    assert compiled == generic
