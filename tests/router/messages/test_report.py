"""Faults as people and machines read them: on a terminal, as JSON, as annotations on a pull request."""

from inline_snapshot import snapshot

from router.composition import Fault, Hint, Place, Source
from router.messages import as_github, as_json, show

A = Source("a", "http://a", "type Query {\n  one: Int\n  two: String\n}\n", path="schemas/a.graphql")
B = Source("b", "http://b", "type Query {\r\n\tone: Float\r\n}\r\n")
FAULT = Fault(
    "FIELD_TYPE_MISMATCH",
    'Type of field "Query.one" is incompatible across subgraphs',
    (Place("a", 2, 3, 2, 11), Place("b", 2, 2, 2, 12)),
    "Give the field one type.",
)


def test_a_terminal_shows_every_place_with_its_line_and_carets():
    assert show([FAULT], [A, B], colour=False) == snapshot("""\
FIELD_TYPE_MISMATCH: Type of field "Query.one" is incompatible across subgraphs
  at schemas/a.graphql:2:3 (subgraph a)
  2 │   one: Int
    │   ^^^^^^^^
  at b:2:2
  2 │  one: Float
    │  ^^^^^^^^^^
  fix: Give the field one type.
""")


def test_colours_change_nothing_but_colour():
    coloured = show([FAULT], [A, B], colour=True)

    assert "\x1b[1;31mFIELD_TYPE_MISMATCH\x1b[0m" in coloured
    assert show([FAULT], [A, B], colour=False) == _without_colour(coloured)


def test_the_subgraph_is_said_once():
    fault = Fault("EXTERNAL_UNUSED", "[a] Field is not used", (Place("a"),))

    assert (
        show([fault], [A], colour=False) == "EXTERNAL_UNUSED: Field is not used\n  at schemas/a.graphql (subgraph a)\n"
    )


def test_a_long_stretch_shows_its_beginning():
    source = Source("a", "", "\n".join(f"# {number}" for number in range(1, 30)))

    text = show([Fault("X", "long", (Place("a", 3, 1, 28, 3),))], [source], colour=False)

    assert [line.split("│")[1].strip() for line in text.splitlines()[2::2]] == [f"# {number}" for number in range(3, 9)]


def test_a_long_line_is_cut_around_the_place():
    source = Source("a", "", "type Query { " + "x" * 500 + ": Int }")

    shown, carets = show([Fault("X", "wide", (Place("a", 1, 513, 1, 517),))], [source], colour=False).splitlines()[2:]

    assert len(shown) <= 170
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "x: I"


def test_a_place_beyond_the_text_is_named_without_lines():
    text = show([Fault("X", "elsewhere", (Place("a", 99, 1, 99, 2),))], [A], colour=False)

    assert text == "X: elsewhere\n  at schemas/a.graphql:99:1 (subgraph a)\n"


def test_json_has_places_and_the_first_beside_them():
    assert as_json(FAULT, [A, B]) == snapshot(
        {
            "code": "FIELD_TYPE_MISMATCH",
            "message": 'Type of field "Query.one" is incompatible across subgraphs',
            "subgraph": "a",
            "line": 2,
            "fix": "Give the field one type.",
            "places": [
                {"subgraph": "a", "file": "schemas/a.graphql", "line": 2, "column": 3, "endLine": 2, "endColumn": 11},
                {"subgraph": "b", "file": None, "line": 2, "column": 2, "endLine": 2, "endColumn": 12},
            ],
        }
    )


def test_an_annotation_is_one_line_with_its_commas_and_breaks_escaped():
    fault = Fault("X", "50% of\nit: a, b", (Place("b", 1), Place("a", 2, 3, 2, 11)))
    source = Source("a", "", "", path="a,b:c.graphql")

    assert as_github(fault, [B, source]) == (
        "::error file=a%2Cb%3Ac.graphql,line=2,endLine=2,col=3,endColumn=11,title=X::50%25 of%0Ait: a, b"
    )


def test_an_annotation_without_a_file_stands_by_itself():
    assert as_github(Fault("NO_QUERIES", "no queries"), []) == "::error title=NO_QUERIES::no queries"


def _without_colour(text):
    for code in ("1;31", "1", "34", "32", "0"):
        text = text.replace(f"\x1b[{code}m", "")
    return text


HINT = Hint("INCONSISTENT_ENTITY", 'Type "Query" has a key in some', (Place("a", 1, 6, 1, 11), Place("b")))


def test_a_hint_is_shown_like_a_fault_and_called_a_hint():
    assert show([HINT], [A, B], colour=False) == snapshot("""\
hint INCONSISTENT_ENTITY: Type "Query" has a key in some
  at schemas/a.graphql:1:6 (subgraph a)
  1 │ type Query {
    │      ^^^^^
  at subgraph b
""")


def test_a_hint_is_a_notice_at_its_file_and_line():
    assert as_github(HINT, [A, B]) == (
        "::notice file=schemas/a.graphql,line=1,endLine=1,col=6,endColumn=11,title=INCONSISTENT_ENTITY::"
        'Type "Query" has a key in some'
    )


def test_json_has_the_places_of_a_hint():
    told = as_json(HINT, [A, B])

    assert (told["subgraph"], told["line"], told["places"][0]["file"]) == ("a", 1, "schemas/a.graphql")
