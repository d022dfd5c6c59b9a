"""Words that several reports share: who sends an operation, why a change is let be, what a finding says."""

from __future__ import annotations

from router.checks.change import Severity
from router.checks.operations import Operation
from router.checks.report import Variant, judged_by
from router.checks.verdict import Judged, Verdict

SENDERS_MAX = 3


def senders(operation: Operation) -> str:
    """Who sends it, the most frequent first, with counts where somebody counted."""
    ordered = sorted(operation.senders, key=lambda each: -(each.count or 0))
    told = [
        plain(each.label)
        if each.count is None
        else f"{plain(each.label)} ({each.count:,} request{'' if each.count == 1 else 's'})"
        for each in ordered[:SENDERS_MAX]
    ]
    rest = len(ordered) - len(told)
    return ", ".join(told) + (f" and {rest} more" if rest else "")


def plain(text: str) -> str:
    """What a client calls itself, or a schema says, on one line and without a word to the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))


def explanation(variant: Variant, judged: Judged) -> str:
    """What happened, and why it counts for less than it might."""
    told = plain(judged.change.message)
    if judged.accepted:
        return f"{told}; accepted: {judged.accepted}"
    verdict = variant.verdict
    if verdict is not None and verdict.operations is not None and judged.change.severity is not Severity.SAFE:
        if not judged.effects:
            return f"{told}; no operation is affected"
        if judged.verdict.rank < judged.change.severity.rank:
            return f"{told}; operations stay valid"
    return told


def basis(variant: Variant, verdict: Verdict) -> str:
    """What the verdict rests on, and that nothing changed where nothing did."""
    told = judged_by(verdict)
    if variant.shared:
        told = f"{variant.shared} of the changes above show here too"
    if not verdict.changes:
        return f"{told}; nothing {'else ' if variant.shared else ''}changed for clients"
    return told


def title(variant: Variant) -> str:
    """The variant's name before a coordinate; nothing for the whole graph."""
    return f"contract {variant.name}: " if variant.name else ""
