"""`router explain`: one code at length, or all in a line each."""

from router.cli import main
from router.messages.hints import HINTS
from router.messages.story import codes


def test_a_code_is_told_with_an_example_that_fails_and_one_that_composes(capsys):
    assert main(["explain", "invalid_field_sharing"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("INVALID_FIELD_SHARING\nSeveral subgraphs resolve a field")
    assert "  name: String @shareable" in told
    assert "  at products.graphql:9:3 (subgraph products)\n  9 │   name: String\n    │   ^^^^^^^^^^^^\n" in told


def test_without_a_code_all_are_listed_in_a_line_each(capsys):
    assert main(["explain"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1)[0] for line in lines] == [*codes(), *HINTS]


def test_a_hint_is_told_in_two_sentences(capsys):
    assert main(["explain", "UNUSED_ENUM_TYPE"]) == 0

    told = capsys.readouterr().out
    assert told == "UNUSED_ENUM_TYPE\nNo field or argument has an enum's type.\nRemove it if it is left over.\n"


def test_an_unknown_code_is_refused_with_what_may_have_been_meant(capsys):
    assert main(["explain", "INVALID_FIELD_SHARE"]) == 2

    assert 'Did you mean "INVALID_FIELD_SHARING"' in capsys.readouterr().err


def test_a_code_like_no_other_is_refused_with_where_to_look(capsys):
    assert main(["explain", "NOPE"]) == 2

    assert capsys.readouterr().err == 'There is no code "NOPE". `router explain` lists all codes.\n'
