"""Sets ten of our messages beside the reference's: `python -m tests.conformance.messages ../shared/conformance`.

The corpus holds what the reference says to each schema it refuses. With `--write`, the pairs go into
docs/composition.md, between its markers; a test compares them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from router.composition import Refused, Source, compose
from router.messages import show

CODES: Final = (
    "EXTERNAL_UNUSED",
    "INVALID_FIELD_SHARING",
    "FIELD_TYPE_MISMATCH",
    "SATISFIABILITY_ERROR",
    "KEY_INVALID_FIELDS",
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
    "ENUM_VALUE_MISMATCH",
    "OVERRIDE_SOURCE_HAS_OVERRIDE",
    "REFERENCED_INACCESSIBLE",
    "INVALID_LINK_DIRECTIVE_USAGE",
)
"""Of each, the first case that is refused for it is shown."""

PAGE: Final = Path(__file__).parents[2] / "docs" / "composition.md"
BEGIN: Final = "<!-- messages: printed by `python -m tests.conformance.messages` -->"
END: Final = "<!-- end of messages -->"


def main() -> int:
    """Print the pairs, or write them into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.messages", description=__doc__)
    parser.add_argument("corpus", type=Path, help="the folder that holds composition/")
    parser.add_argument("--write", action="store_true", help="write them into docs/composition.md")
    options = parser.parse_args()
    text = pairs(options.corpus)
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def pairs(corpus: Path) -> str:
    """Write the ten cases as Markdown: the reference's message and ours for the first fault of each."""
    text = (corpus / "composition" / "federation-composition.jsonl").read_text(encoding="utf-8")
    cases = [json.loads(line) for line in text.splitlines()]
    return "\n".join(part for code in CODES for part in _pair(cases, code))


def _pair(cases: list[dict[str, Any]], code: str) -> Iterator[str]:
    case, message = next(
        (case, error["message"])
        for case in cases
        for error in case["expected"].get("errors", ())
        if error["code"] == code
    )
    sources = [Source(item["name"], item.get("url") or "", item["sdl"]) for item in case["subgraphs"]]
    outcome = compose(sources)
    assert isinstance(outcome, Refused), case["id"]
    same = [fault for fault in outcome.faults if fault.code == code]
    fault = next((fault for fault in same if fault.message == message), same[0])
    yield f"### {code}\n"
    yield f"`{case['id']}`, the reference:\n"
    yield f"```text\n{code}: {message}\n```\n"
    yield "here:\n"
    yield f"```text\n{show([fault], sources, colour=False)}```\n"


if __name__ == "__main__":
    sys.exit(main())
