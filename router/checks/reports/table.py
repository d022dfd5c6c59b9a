"""The report for a terminal: the verdict, each change with the operations it meets, then lint."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.change import Severity
from router.checks.effects import Effect
from router.checks.lint import Finding, Level
from router.checks.operations import Place
from router.checks.report import Report, Variant
from router.checks.reports.words import basis, explanation, plain, senders
from router.checks.verdict import Judged
from router.messages import show
from router.messages.paint import Paint

EFFECTS_MAX = 8
SAFE_MAX = 20


def table(report: Report, *, colour: bool, title: str = "router check") -> str:
    """Write the report; the text ends with a line break."""
    return "\n".join(_lines(report, Paint(colour), title, colour=colour)) + "\n"


def _lines(report: Report, paint: Paint, title: str, *, colour: bool) -> Iterator[str]:
    mark = paint.good("✓") if report.passed else paint.error("✗")
    yield f"{mark} {paint.strong(f'{title}: {report.headline()}')}"
    if report.variants:
        yield paint.quiet(f"  {report.old} → {report.new}")
    for variant in report.variants:
        yield from _variant(report, variant, paint, colour=colour)
    for note in report.notes:
        yield f"  {note}"
    if report.unknown_requests:
        yield f"  {report.unknown_requests:,} requests were counted whose document is in none of the usage files"
    if report.findings:
        yield ""
        yield paint.strong("lint")
        for finding in report.findings:
            yield from _finding(finding, paint)


def _variant(report: Report, variant: Variant, paint: Paint, *, colour: bool) -> Iterator[str]:
    if variant.name:
        yield ""
        yield paint.strong(f"contract {variant.name}")
    if variant.faults:
        yield ""
        yield show(variant.faults, report.sources, colour=colour).rstrip("\n")
        return
    verdict = variant.verdict
    if verdict is None:
        return
    yield paint.quiet(f"  {basis(variant, verdict)}")
    told_safe = 0
    for judged in verdict.changes:
        if judged.verdict is Severity.SAFE:
            told_safe += 1
            if told_safe == 1:
                yield ""
            if told_safe > SAFE_MAX:
                continue
        yield from _change(variant, judged, paint)
    if told_safe > SAFE_MAX:
        yield f"… and {told_safe - SAFE_MAX} more safe changes (all in --json)"
    for effect in verdict.invalid:
        yield ""
        yield f"{_painted(Severity.BREAKING, paint)}  {effect.operation.name} is no longer valid"
        yield _effect(effect, paint)
    for stale in verdict.stale:
        yield f"  {stale.name} ({_at(stale.place)}) was invalid before: nothing here breaks it"


def _change(variant: Variant, judged: Judged, paint: Paint) -> Iterator[str]:
    if judged.verdict is not Severity.SAFE:
        yield ""
    severity = _painted(judged.verdict, paint)
    yield f"{severity}  {paint.strong(judged.change.coordinate)}  {judged.change.kind.value}"
    yield f"{'':11}{explanation(variant, judged)}"
    for effect in judged.effects[:EFFECTS_MAX]:
        yield _effect(effect, paint)
    rest = len(judged.effects) - EFFECTS_MAX
    if rest > 0:
        yield f"{'':11}… and {rest} more operation{'' if rest == 1 else 's'} (all in --json)"


def _effect(effect: Effect, paint: Paint) -> str:
    mark = {Severity.BREAKING: paint.error("✗"), Severity.DANGEROUS: "!", Severity.SAFE: "·"}[effect.severity]
    who = f"{effect.operation.name} of {senders(effect.operation)}"
    return f"{'':11}{mark} {who} {plain(effect.why)}\n{'':13}{paint.quiet(_at(effect.place))}"


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    level = paint.error("error  ") if finding.level is Level.ERROR else "warning"
    yield f"{level}    {paint.strong(finding.coordinate)}  {finding.code}"
    yield f"{'':11}{plain(finding.message)}"
    yield f"{'':11}{paint.quiet(f'{finding.file}:{finding.line}:{finding.column}')}"


def _painted(severity: Severity, paint: Paint) -> str:
    word = f"{severity.value.upper():9}"
    match severity:
        case Severity.BREAKING:
            return paint.error(word)
        case Severity.DANGEROUS:
            return paint.strong(word)
        case Severity.SAFE:
            return paint.good(word)


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"
