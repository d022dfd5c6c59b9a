"""Faults and hints as terminal text, JSON and GitHub's workflow commands. Pure: sources come in, text goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from router.composition.outcome import Fault, Finding, Hint, Place, Source
from router.messages.excerpt import excerpt
from router.messages.paint import Paint


def show(findings: Sequence[Finding], sources: Sequence[Source], *, colour: bool) -> str:
    """Write findings for a terminal: code and message, each place with its lines and carets, then what would fix it.

    The text ends with a line break; no findings make the empty text.
    """
    paint = Paint(colour)
    by_name = {source.name: source for source in sources}
    return "\n".join(_show(finding, by_name, paint) for finding in findings)


def _show(finding: Finding, sources: Mapping[str, Source], paint: Paint) -> str:
    code = paint.quiet(f"hint {finding.code}") if isinstance(finding, Hint) else paint.error(finding.code)
    lines = [f"{code}{paint.strong(':')} {paint.strong(_without_subgraph(finding))}"]
    for place in finding.places:
        source = sources.get(place.subgraph)
        lines.append(f"  {paint.quiet('at')} {where(place, source)}")
        if source is not None and place.line:
            lines += excerpt(source.sdl, place, paint)
    if isinstance(finding, Fault) and finding.fix:
        lines.append(f"  {paint.good('fix:')} {finding.fix}")
    return "\n".join(lines) + "\n"


def _without_subgraph(finding: Finding) -> str:
    """Answer the message without the subgraph in brackets: the place names it."""
    return finding.message.removeprefix(f"[{finding.subgraph}] ")


def where(place: Place, source: Source | None) -> str:
    """Write a place as editors and terminals link to it: `file:line:column (subgraph)`."""
    path = source.path if source is not None else None
    if not place.line:
        return f"{path} (subgraph {place.subgraph})" if path is not None else f"subgraph {place.subgraph}"
    position = f"{place.line}:{place.column}" if place.column else str(place.line)
    if path is not None:
        return f"{path}:{position} (subgraph {place.subgraph})"
    return f"{place.subgraph}:{position}"


def as_json(finding: Finding, sources: Sequence[Source]) -> dict[str, Any]:
    """Write a finding as JSON: code, message, its places, the first one's subgraph and line; the fix of a fault."""
    paths = {source.name: source.path for source in sources}
    return {
        "code": finding.code,
        "message": finding.message,
        "subgraph": finding.subgraph,
        "line": finding.line or None,
        **({"fix": finding.fix or None} if isinstance(finding, Fault) else {}),
        "places": [
            {
                "subgraph": place.subgraph,
                "file": paths.get(place.subgraph),
                "line": place.line or None,
                "column": place.column or None,
                "endLine": place.end_line or None,
                "endColumn": place.end_column or None,
            }
            for place in finding.places
        ],
    }


def as_github(finding: Finding, sources: Sequence[Source]) -> str:
    """Write a finding as one line that GitHub Actions turns into an annotation at its first place with a file."""
    paths = {source.name: source.path for source in sources}
    place = next((place for place in finding.places if paths.get(place.subgraph) is not None), None)
    properties: dict[str, object] = {}
    if place is not None:
        properties["file"] = paths[place.subgraph]
        properties |= {
            name: value
            for name, value in {
                "line": place.line,
                "endLine": place.end_line,
                "col": place.column,
                "endColumn": place.end_column,
            }.items()
            if value
        }
    properties["title"] = finding.code
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    kind, fix = ("error", finding.fix) if isinstance(finding, Fault) else ("notice", "")
    text = f"{finding.message}\n{fix}" if fix else finding.message
    return f"::{kind} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
