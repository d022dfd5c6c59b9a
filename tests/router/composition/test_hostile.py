"""What is deep, cyclic, endless or huge is composed or refused, in steps and memory that grow with the text alone."""

from __future__ import annotations

import tracemalloc

import pytest

from router.composition import Composed, Outcome, Refused, Source, compose
from tests.router.composition.vocabulary import HEADER
from tests.router.counting import calls

N = 10_000
DEEP = {
    "braces": "type Query " + "{" * N,
    "type references": "type Query { a: " + "[" * N + "Int" + "]" * N + " }",
    "list values": "type Query { a(b: [Int] = " + "[" * N + "]" * N + "): Int }",
    "object values": "type Query { a(b: I = " + "{a:" * N + "1" + "}" * N + "): Int } input I { a: I }",
    "selections": "{ a " * N + "}" * N,
    "key": 'type Query { a: A } type A @key(fields: "' + "a { " * N + "id" + " }" * N + '") { id: ID! a: A }',
    "key of fragments": 'type Query { a: A } type A @key(fields: "'
    + "... on A { " * N
    + "id"
    + " }" * N
    + '") { id: ID! a: A }',
    "arguments in a field set": 'type Query { a: A } type A @key(fields: "a(x: '
    + "[" * N
    + "]" * N
    + ')") { id: ID! a(x: Int): A }',
    "context": 'type Query { a: A } type A @context(name: "c") @key(fields: "id") { id: ID! b(x: Int @fromContext(field: "$c '
    + "{ a " * N
    + "}" * N
    + '")): Int }',
    "imports": 'extend schema @link(url: "https://x/y/v1.0", import: ' + "[" * N + "]" * N + ") type Query { a: Int }",
}
CYCLIC = {
    "interfaces": "type Query { a: A } interface A implements B { a: Int } interface B implements A { a: Int }",
    "an interface": "type Query { a: A } interface A implements A { a: Int }",
    "inputs": "type Query { a(i: A): Int } input A { b: B! } input B { a: A! }",
    "a union": "union U = U type Query { u: U }",
    "fragments in a key": 'type Query { a: A } type A @key(fields: "...F") { id: ID! }',
    "imports": 'extend schema @link(url: "https://x.dev/a/v1.0", import: ["@b"])'
    ' @link(url: "https://x.dev/b/v1.0", as: "a", import: ["@a"]) type Query { a: Int @a @b }',
    "link imports itself": 'extend schema @link(url: "https://specs.apollo.dev/link/v1.0", import: ["@link",'
    ' {name: "@link", as: "@key"}]) type Query { a: Int @key }',
    "requirements": 'type Query { a: A } type A @key(fields: "id") { id: ID! b: Int @requires(fields: "c")'
    ' c: Int @requires(fields: "b") }',
}
HUGE = {
    "one field many times": "type Query { " + "a: Int " * 2_000 + "}",
    "many fields": "type Query { " + " ".join(f"f{i}: Int" for i in range(2_000)) + "}",
    "a chain of inputs": "type Query { a(i: I0): Int } "
    + " ".join(f"input I{i} {{ a: I{i + 1}! }}" for i in range(1_000))
    + " input I1000 { a: Int }",
    "a chain of types": "type Query { a: T0 } "
    + " ".join(f"type T{i} {{ a: T{i + 1} }}" for i in range(1_000))
    + " type T1000 { a: Int }",
    "a chain of interfaces": "type Query { a: I0 } "
    + " ".join(f"interface I{i} implements I{i + 1} {{ a: Int }}" for i in range(1_000))
    + " interface I1000 { a: Int }",
    "many keys": "type Query { a: A } type A "
    + " ".join(f'@key(fields: "k{i}")' for i in range(300))
    + " {"
    + " ".join(f"k{i}: ID!" for i in range(300))
    + "}",
    "many directives": "directive @d(a: Int) repeatable on FIELD_DEFINITION type Query { a: Int "
    + "@d(a: 1) " * 5_000
    + "}",
    "a field set as wide as a page": 'type Query { a: A } type A @key(fields: "' + "id " * 5_000 + '") { id: ID! }',
    "a name of a megabyte": "type Query { " + "a" * 1_000_000 + ": Int }",
    "a comment of a megabyte": "#" + "x" * 1_000_000 + "\ntype Query { a: Int }",
    "an open string": 'type Query { a: Int } "' + "x" * 100_000,
    "quotes": "type Query { a: Int } " + '"' * 100_001,
    "backslashes": 'type Query { a: Int } "' + "\\" * 100_001 + '"',
    "a number of many digits": "type Query { a(b: Int = " + "9" * 100_000 + "): Int }",
    "a float beyond all floats": "type Query { a(b: Float = 1e999999999): Int }",
}


def answer(sdl: str) -> tuple[Outcome, int, int]:
    """What composing it with another subgraph gives, the calls it takes and the bytes at its peak."""
    header = "" if "schema @link" in sdl else f"{HEADER}\n"
    given = [Source("a", "", header + sdl), Source("b", "", "type Query { b: Int }")]
    outcomes: list[Outcome] = []
    made = calls(lambda: outcomes.append(compose(given)))
    tracemalloc.start()
    compose(given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return outcomes[0], made, peak


@pytest.mark.parametrize("sdl", DEEP.values(), ids=DEEP)
def test_what_nests_ten_thousand_deep_is_refused(sdl: str) -> None:
    outcome, made, peak = answer(sdl)

    assert isinstance(outcome, Refused)
    assert all(fault.code for fault in outcome.faults)
    assert made < 50_000 + 2 * len(sdl)
    assert peak < 10_000_000 + 100 * len(sdl)


@pytest.mark.parametrize("sdl", CYCLIC.values(), ids=CYCLIC)
def test_what_goes_in_circles_is_refused(sdl: str) -> None:
    outcome, made, _ = answer(sdl)

    assert isinstance(outcome, Refused)
    assert made < 50_000


@pytest.mark.parametrize("sdl", HUGE.values(), ids=HUGE)
def test_what_is_huge_costs_its_size(sdl: str) -> None:
    outcome, made, peak = answer(sdl)

    assert isinstance(outcome, Composed | Refused)
    assert made < 100_000 + 16 * len(sdl)
    assert peak < 20_000_000 + 200 * len(sdl)


def test_more_tokens_than_the_limit_are_not_read() -> None:
    outcome = compose([Source("a", "", "type Query { a: Int } " + "a " * 2_000_000)])

    assert isinstance(outcome, Refused)
    assert "tokens" in outcome.faults[0].message
