"""Why a plan is as it is: what each request is for, by which key it finds its objects, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable

from router.plan import RepresentationField, RepresentationSelection
from router.planning.fetches import Picks, Request
from router.planning.passes import stages_of
from router.planning.purposes import ALWAYS, Terms, order_of
from router.planning.text import path_text


def explained(requests: Iterable[Request], *, leaves: int, choices: int) -> str:
    """A paragraph for each request, in the order they are sent."""
    requests = list(requests)
    stages = stages_of(requests)
    ordered = sorted(requests, key=lambda each: (stages[each], each.number))
    numbers = {request: number for number, request in enumerate(ordered)}
    lines = [f"{leaves} leaves, {choices} of them to be had in more than one way; {len(ordered)} requests."]
    for request in ordered:
        lines.append("")
        lines.append(f"[{numbers[request]}] stage {stages[request]}: ask {request.subgraph}")
        if request.picks is not None:
            lines.append(f"    for {_wanted(request.picks)}")
        for inquiry in request.inquiries:
            places = ", ".join(path_text(path) or "the root" for path in inquiry.paths)
            lines.append(f"    about the objects at {places}")
            for shown in inquiry.representations.values():
                kind = shown.typename or " or ".join(shown.types) or "object"
                keys = _names(shown.selections, is_key=True)
                needs = _names(shown.selections, is_key=False)
                required = f", and its @requires of {needs}" if needs else ""
                lines.append(f"    each {kind} is found there by its key {keys}{required}")
            lines.append(f"    for {_wanted(inquiry.picks)}")
        if request.after:
            waits = ", ".join(f"[{number}]" for number in sorted(numbers[each] for each in request.after))
            lines.append(f"    after {waits}, which bring what it starts from")
        if request.wanted != ALWAYS:
            lines.append(f"    only if {_terms(request.wanted)}")
    return "\n".join(lines)


def _terms(terms: Terms) -> str:
    shown = [
        " and ".join(f"not ${each.variable}" if each.negated else f"${each.variable}" for each in ordered)
        for ordered in sorted((sorted(term, key=order_of) for term in terms), key=repr)
    ]
    return ", or ".join(shown) or "conditions hold that exclude each other"


def _wanted(picks: Picks) -> str:
    found: dict[str, None] = {}

    def visit(each: Picks) -> None:
        for pick in each.fields.values():
            found[f"{each.type}.{pick.name}"] = None
            if pick.inner is not None:
                visit(pick.inner)
        for inner in each.fragments.values():
            visit(inner)

    visit(picks)
    return ", ".join(found) or "the type of the object"


def _names(selections: Iterable[RepresentationSelection], *, is_key: bool) -> str:
    found = []
    for each in selections:
        if isinstance(each, RepresentationField):
            if each.is_key == is_key and each.name != "__typename":
                inner = _names(each.selections, is_key=is_key)
                found.append(f"{each.name} {{ {inner} }}" if inner else each.name)
        else:
            inner = _names(each.selections, is_key=is_key)
            if inner:
                found.append(f"... on {' | '.join(each.types)} {{ {inner} }}")
    return " ".join(found)
