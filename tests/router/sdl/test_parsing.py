"""The quick reader of SDL understands exactly what graphql-core's own does, and says the same of what it does not."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable

import pytest
from graphql import GraphQLSyntaxError, Node, parse, print_ast
from graphql.language import Location

import router.sdl.parsing
from bench.generated import federation
from router.sdl import DEPTH_MAX, parse_sdl, uncollected
from tests.router.supergraph.sdl import SUPERGRAPH

ODD = '''
# a comment
"the schema" schema @a { query: Query mutation: M subscription: S }
extend schema @b { mutation: N }
extend schema @link(url: "u", import: ["@key", {name: "@a", as: "@b"}])
type Query implements & A & B @d(a: "es\\"caped \\u0041", b: 12, c: -1.5e3, e: "", f: {x: [1, 2], y: {}}) {
  """
    indented \\""" quoted
      more
  """
  a("""one line""" b: Int = 3): String, """ """ c: Int
  "plain" d(x: [Int!]! = [], y: E = A, z: Boolean = true @deprecated): [[Int!]!]!\r
  type: Int input: Int on: null\r\n  "" e: Int """a" """ f: Int
}
union U union V @d = | A | B union W = A
interface I implements J & K { a: Int } interface Empty
enum E @x { A "b" B @y(z: null) } enum Nothing
input In { a: Int = 1.0 @a, b: [In] = [{a: 1}] } scalar S @specifiedBy(url: "") scalar T
directive @a("x" b: Int = 1 @c) repeatable on FIELD | OBJECT directive @b on | FIELD
extend type Query @a extend type Query { b: Int } extend interface I implements L extend union U = C
extend enum E { C } extend input In { c: Int } extend scalar S @a
'''


def assert_same(ours: object, theirs: object, *, tokens: bool = True) -> None:
    """Two trees of the same nodes, standing at the same places."""
    assert type(ours) is type(theirs)
    if isinstance(ours, Node):
        assert isinstance(theirs, Node)
        for key in ours.keys:
            mine, other = getattr(ours, key, None), getattr(theirs, key, None)
            if key != "loc":
                assert_same(mine, other)
                continue
            assert mine == other
            if isinstance(mine, Location) and isinstance(other, Location) and ours.kind != "document":
                assert mine.start_token == other.start_token
                assert mine.end_token == other.end_token
    elif isinstance(ours, tuple):
        assert isinstance(theirs, tuple)
        assert len(ours) == len(theirs)
        for mine, other in zip(ours, theirs, strict=True):
            assert_same(mine, other)
    else:
        assert ours == theirs


def answered(reader: Callable[[str], object], text: str) -> object:
    """The tree, or what is wrong and where."""
    try:
        return reader(text)
    except GraphQLSyntaxError as error:
        return error.message, *(error.positions or ())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the other parser to fall back on."""
    monkeypatch.delattr(router.sdl.parsing, "parse")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("text", [SUPERGRAPH, ODD, federation(10)[3].sdl], ids=["supergraph", "odd", "generated"])
def test_both_readers_give_one_tree(text: str) -> None:
    assert_same(parse_sdl(text), parse(text))
    assert print_ast(parse_sdl(text, locations=False)) == print_ast(parse(text))


@pytest.mark.parametrize("seed", range(4))
def test_of_texts_with_mistakes_both_readers_say_the_same(seed: int) -> None:
    source = random.Random(seed)

    for _ in range(60):
        at, end = (source.randrange(len(ODD)) for _ in range(2))
        text = (
            ODD[:at]
            + source.choice(['"', "{", "}", "@", "...", "1.", "é", "\ud800", "$x", ""])
            + ODD[min(end, at + 9) :]
        )
        assert_same(answered(parse_sdl, text), answered(parse, text))


def test_a_document_with_operations_is_read_all_the_same() -> None:
    text = "query Q($a: Int) { a(b: $a) ...F } fragment F on A { b } type A { a: Int }"

    assert_same(parse_sdl(text), parse(text))


@pytest.mark.parametrize("text", ["", "type {", 'type A { a: "', 'type A { """ a: Int }', "type A { a: ? }", "# only"])
def test_what_is_no_sdl_is_an_error(text: str) -> None:
    with pytest.raises(GraphQLSyntaxError):
        parse_sdl(text)


@pytest.mark.parametrize(
    "text",
    [
        "type A { a: " + "[" * 10_000 + "Int" + "]" * 10_000 + " }",
        "type A @a(b: " + "[" * 10_000 + "]" * 10_000 + ") { a: Int }",
        "type A @a(b: " + "{c: " * 10_000 + "1" + "}" * 10_000 + ") { a: Int }",
        "{ a " * 10_000 + "}" * 10_000,
        "type A " + "{" * 10_000,
    ],
    ids=["types", "lists", "objects", "selections", "braces"],
)
def test_what_nests_too_deep_is_an_error_like_any_other(text: str) -> None:
    with pytest.raises(GraphQLSyntaxError):
        parse_sdl(text)


def test_what_nests_as_deep_as_it_may_is_read() -> None:
    depth = DEPTH_MAX

    parse_sdl("type A { a: " + "[" * depth + "Int" + "]" * depth + " }")


def test_a_document_has_no_more_tokens_than_the_limit() -> None:
    parse_sdl("type A { a: Int }", tokens_max=7)
    with pytest.raises(GraphQLSyntaxError, match="more than 6 tokens"):
        parse_sdl("type A { a: Int }", tokens_max=6)


def test_the_collector_works_again_afterwards() -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        assert not gc.isenabled()
        _ = 1 // 0

    assert gc.isenabled()
