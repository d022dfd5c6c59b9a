"""The quick reader of SDL understands exactly what graphql-core's own does."""

import gc

import pytest
from graphql import GraphQLSyntaxError, parse, print_ast

from router.supergraph.syntax import parse_sdl, uncollected
from tests.router.supergraph.sdl import SUPERGRAPH

ODD = '''
# a comment
type Query @d(a: "es\\"caped \\u0041", b: 12, c: -1.5e3, e: "", f: {x: [1, 2]}) {
  """
    indented
      more
  """
  a("""one line""" b: Int = 3): String, """ """ c: Int
  "plain" d: [Int!]!
}
'''


@pytest.mark.parametrize("text", [SUPERGRAPH, ODD])
def test_both_readers_give_one_tree(text: str) -> None:
    assert print_ast(parse_sdl(text)) == print_ast(parse(text))


@pytest.mark.parametrize("text", ["type {", 'type A { a: "', 'type A { """ a: Int }', "type A { a: ? }"])
def test_what_is_no_sdl_is_an_error(text: str) -> None:
    with pytest.raises(GraphQLSyntaxError):
        parse_sdl(text)


def test_the_collector_works_again_afterwards() -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        assert not gc.isenabled()
        _ = 1 // 0

    assert gc.isenabled()
