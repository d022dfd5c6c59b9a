"""The longer story of each code composition can raise: what it means, an example that fails and one that composes.

Stories are Markdown files beside this module, one a code, so that they can be read where they lie. Each has the same
parts: the code, one sentence, why, what to do, and two lists of subgraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from router.composition.outcome import Source

_STORIES = resources.files("router.messages") / "stories"
_PARTS = re.compile(
    r"# (?P<code>\w+)\n\n(?P<summary>[^\n]+)\n\n(?P<text>.*?)\n\n"
    r"## Does not compose\n\n(?P<fails>.*?)\n\n## Composes\n\n(?P<composes>.*)",
    re.DOTALL,
)
_SUBGRAPH = re.compile(r"`([^`\n]+)`:\n\n```graphql\n(.*?\n)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Story:
    """What there is to tell about one code."""

    code: str
    summary: str
    """One sentence."""
    text: str
    """Why it is refused and what to do, as Markdown."""
    fails: tuple[Source, ...]
    """Subgraphs that do not compose, for this reason."""
    composes: tuple[Source, ...]
    """The same subgraphs, repaired."""


@cache
def codes() -> tuple[str, ...]:
    """Answer every code there is a story for, in order."""
    return tuple(sorted(entry.name.removesuffix(".md") for entry in _STORIES.iterdir() if entry.name.endswith(".md")))


@cache
def story(code: str) -> Story:
    """Answer the story of a code; raises KeyError when there is none."""
    if code not in codes():
        raise KeyError(code)
    found = _PARTS.fullmatch((_STORIES / f"{code}.md").read_text(encoding="utf-8"))
    assert found is not None, f"the story of {code} has other parts than the rest"
    return Story(
        found["code"], found["summary"], found["text"], _subgraphs(found["fails"]), _subgraphs(found["composes"])
    )


def _subgraphs(text: str) -> tuple[Source, ...]:
    return tuple(Source(name, f"http://{name}", sdl, f"{name}.graphql") for name, sdl in _SUBGRAPH.findall(text + "\n"))
