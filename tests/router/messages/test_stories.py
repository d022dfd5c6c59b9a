"""Every code composition can raise has its story, and every example in a story does what the story says."""

import ast
import re
from pathlib import Path

import pytest
from graphql import DirectiveLocation

import router.composition
from router.composition import Composed, Refused, compose
from router.messages.hints import HINTS
from router.messages.story import codes, story

ROOT = Path(router.composition.__file__).parent
SHAPE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
LOCATIONS = {location.name for location in DirectiveLocation}


def raised() -> tuple[set[str], set[re.Pattern[str]]]:
    """The codes in the package's text: whole ones, and patterns of those put together from parts; hints aside."""
    whole: set[str] = set()
    made: set[re.Pattern[str]] = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        hints = {
            id(node)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("hint", "Hint"))
            for node in call.args[:1]
        }
        for node in ast.walk(tree):
            if id(node) in hints:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SHAPE.fullmatch(node.value):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                made.add(pattern)
    parts = {code for code in whole if any(re.fullmatch(f".*_{code}", other) for other in codes())}
    return whole - LOCATIONS - parts, made


def _pattern(node: ast.JoinedStr) -> re.Pattern[str] | None:
    texts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    fixed = "".join(str(text) for text in texts if text is not None)
    if len(fixed) < 5 or re.fullmatch(r"[A-Z_]+", fixed) is None:
        return None
    return re.compile("".join("[A-Z_]+" if text is None else str(text) for text in texts))


def test_every_code_has_its_story_and_every_story_its_code():
    whole, made = raised()

    assert not {code for code in whole if code not in codes()}
    assert not {code for code in codes() if code not in whole and not any(pattern.fullmatch(code) for pattern in made)}
    assert all(any(pattern.fullmatch(code) for code in codes()) for pattern in made)


def test_every_hint_has_its_note():
    given: set[str] = set()
    for path in (*ROOT.rglob("*.py"), *(ROOT.parent / "contracts").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith((".hint", "Hint")) and call.args:
                code = call.args[0]
                match code:
                    case ast.Constant(value=str(text)):
                        given.add(text)
                    case ast.JoinedStr():
                        pattern = _pattern(code)
                        assert pattern is not None
                        given |= {known for known in HINTS if pattern.fullmatch(known)}
                    case _:
                        continue

    assert given == HINTS.keys()


@pytest.mark.parametrize("code", codes())
def test_the_failing_example_fails_for_the_code_the_story_is_about(code):
    told = story(code)

    outcome = compose(told.fails)

    assert told.code == code
    assert isinstance(outcome, Refused)
    assert code in {fault.code for fault in outcome.faults}


@pytest.mark.parametrize("code", codes())
def test_the_repaired_example_composes(code):
    outcome = compose(story(code).composes)

    assert isinstance(outcome, Composed), outcome


@pytest.mark.parametrize("code", codes())
def test_a_fault_says_where_and_what_would_fix_it(code):
    outcome = compose(story(code).fails)

    assert isinstance(outcome, Refused)
    for fault in outcome.faults:
        assert fault.places
        assert fault.fix.endswith((".", "?"))
        written = [place for place in fault.places if place.line]
        assert written or fault.code in {"NO_QUERIES", "INVALID_SUBGRAPH_NAME"}
        assert all((place.line, place.column) < (place.end_line, place.end_column) for place in written)
