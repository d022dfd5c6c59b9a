"""The report as Markdown, for a pull request: the verdict, what changed, then the operations at risk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.change import Severity
from router.checks.effects import Effect
from router.checks.report import Report, Variant
from router.checks.reports.words import basis, explanation, plain, senders
from router.messages import show

_SIGNS = {Severity.BREAKING: "❌ breaking", Severity.DANGEROUS: "⚠️ dangerous", Severity.SAFE: "✅ safe"}
ROWS_MAX = 200


def markdown(report: Report) -> str:
    """Write the report; the text ends with a line break."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {'✅' if report.passed else '❌'} Schema check: {report.headline()}"
    yield ""
    yield f"{_cell(report.old)} → {_cell(report.new)}"
    for variant in report.variants:
        yield from _variant(report, variant)
    if report.findings:
        yield from (
            "",
            f"### Lint: {len(report.findings)} finding{_s(len(report.findings))}",
            "",
            "| | where | what |",
            "|---|---|---|",
        )
        for finding in report.findings[:ROWS_MAX]:
            what = _cell(f"{plain(finding.message)} ({finding.code})")
            where = f"{_code(finding.coordinate)} {_cell(f'{finding.file}:{finding.line}')}"
            yield f"| {finding.level.value} | {where} | {what} |"
        yield from _rest(len(report.findings))
    for note in report.notes:
        yield from ("", _cell(note))


def _variant(report: Report, variant: Variant) -> Iterator[str]:
    if variant.name:
        yield from ("", f"### Contract {_cell(variant.name)}")
    if variant.faults:
        fence = "```"
        text = show(variant.faults, report.sources, colour=False).rstrip("\n")
        while fence in text:
            fence += "`"
        yield from ("", f"{fence}text", text, fence)
    verdict = variant.verdict
    if verdict is None:
        return
    yield from ("", f"{basis(variant, verdict).capitalize()}.")
    if verdict.changes:
        yield from ("", "| verdict | where | what |", "|---|---|---|")
        for judged in verdict.changes[:ROWS_MAX]:
            sign = "☑️ accepted" if judged.accepted else _SIGNS[judged.verdict]
            yield f"| {sign} | {_code(judged.change.coordinate)} | {_cell(explanation(variant, judged))} |"
        yield from _rest(len(verdict.changes))
    at_risk = [
        (judged.change.coordinate, effect)
        for judged in verdict.changes
        for effect in judged.effects
        if effect.severity is not Severity.SAFE
    ]
    at_risk += [("", effect) for effect in verdict.invalid]
    if at_risk:
        yield from ("", "#### Operations at risk", "", "| operation | client | line | why |", "|---|---|---|---|")
        for coordinate, effect in at_risk[:ROWS_MAX]:
            yield _row(coordinate, effect)
        yield from _rest(len(at_risk))


def _row(coordinate: str, effect: Effect) -> str:
    sign = _SIGNS[effect.severity].partition(" ")[0]
    place = f"{effect.place.file}:{effect.place.line}"
    about = f"{_code(coordinate)}: " if coordinate else ""
    who = _cell(senders(effect.operation))
    return f"| {sign} {_code(effect.operation.name)} | {who} | {_cell(place)} | {about}{_cell(plain(effect.why))} |"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _rest(count: int) -> Iterator[str]:
    if count > ROWS_MAX:
        yield from ("", f"… and {count - ROWS_MAX} more.")


def _code(text: str) -> str:
    return f"`{_flat(text).replace('`', chr(39))}`"


def _cell(text: str) -> str:
    """Text that stays within its cell and means nothing to Markdown or HTML, our own code marks aside."""
    flat = _flat(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parts = re.split(r"(`[^`]*`)", flat)
    return "".join(
        part.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        if part.startswith("`")
        else re.sub(r"([\\*_\[\]#!~@])", r"\\\1", part)
        for part in parts
    )


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
