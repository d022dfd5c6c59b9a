"""Faults as terminal text, as JSON and as GitHub's workflow commands. Pure: sources come in, text goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from router.composition.outcome import Fault, Place, Source
from router.messages.excerpt import excerpt
from router.messages.paint import Paint


def show(faults: Sequence[Fault], sources: Sequence[Source], *, colour: bool) -> str:
    """Write faults for a terminal: code and message, each place with its lines and carets, then what would fix it.

    The text ends with a line break; no faults make the empty text.
    """
    paint = Paint(colour)
    by_name = {source.name: source for source in sources}
    return "\n".join(_show(fault, by_name, paint) for fault in faults)


def _show(fault: Fault, sources: Mapping[str, Source], paint: Paint) -> str:
    lines = [f"{paint.error(fault.code)}{paint.strong(':')} {paint.strong(_without_subgraph(fault))}"]
    for place in fault.places:
        source = sources.get(place.subgraph)
        lines.append(f"  {paint.quiet('at')} {where(place, source)}")
        if source is not None and place.line:
            lines += excerpt(source.sdl, place, paint)
    if fault.fix:
        lines.append(f"  {paint.good('fix:')} {fault.fix}")
    return "\n".join(lines) + "\n"


def _without_subgraph(fault: Fault) -> str:
    """Answer the message without the subgraph in brackets: the place names it."""
    return fault.message.removeprefix(f"[{fault.subgraph}] ")


def where(place: Place, source: Source | None) -> str:
    """Write a place as editors and terminals link to it: `file:line:column (subgraph)`."""
    path = source.path if source is not None else None
    if not place.line:
        return f"{path} (subgraph {place.subgraph})" if path is not None else f"subgraph {place.subgraph}"
    position = f"{place.line}:{place.column}" if place.column else str(place.line)
    if path is not None:
        return f"{path}:{position} (subgraph {place.subgraph})"
    return f"{place.subgraph}:{position}"


def as_json(fault: Fault, sources: Sequence[Source]) -> dict[str, Any]:
    """Write a fault as JSON: code, message, fix, its places, and the first one's subgraph and line beside them."""
    paths = {source.name: source.path for source in sources}
    return {
        "code": fault.code,
        "message": fault.message,
        "subgraph": fault.subgraph,
        "line": fault.line or None,
        "fix": fault.fix or None,
        "places": [
            {
                "subgraph": place.subgraph,
                "file": paths.get(place.subgraph),
                "line": place.line or None,
                "column": place.column or None,
                "endLine": place.end_line or None,
                "endColumn": place.end_column or None,
            }
            for place in fault.places
        ],
    }


def as_github(fault: Fault, sources: Sequence[Source]) -> str:
    """Write a fault as one line that GitHub Actions turns into an annotation at its first place with a file."""
    paths = {source.name: source.path for source in sources}
    place = next((place for place in fault.places if paths.get(place.subgraph) is not None), None)
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
    properties["title"] = fault.code
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = f"{fault.message}\n{fault.fix}" if fault.fix else fault.message
    return f"::error {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
