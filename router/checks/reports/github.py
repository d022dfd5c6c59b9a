"""The report as GitHub's workflow commands: an annotation at each line of an operation or schema that is at fault."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.change import Severity
from router.checks.lint import Level
from router.checks.operations import Place
from router.checks.report import Report
from router.checks.reports.words import plain, senders, title
from router.messages import as_github

_WORDS = {Severity.BREAKING: "error", Severity.DANGEROUS: "warning", Severity.SAFE: "notice"}


def github(report: Report) -> str:
    """Write one command a line."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for variant in report.variants:
        for fault in variant.faults:
            yield as_github(fault, report.sources)
        for effect in variant.verdict.invalid if variant.verdict else ():
            yield _command("error", effect.place, f"{effect.operation.name} is no longer valid", plain(effect.why))
    for variant, judged in report.judged():
        for effect in () if judged.accepted else judged.effects:
            why = f"{plain(effect.why)}: {plain(judged.change.message)}"
            told = f"{effect.operation.name} of {senders(effect.operation)} {why}"
            named = f"{title(variant)}{judged.change.kind.value} {judged.change.coordinate}"
            yield _command(_WORDS[effect.severity], effect.place, named, told)
    for finding in report.findings:
        word = "error" if finding.level is Level.ERROR else "warning"
        place = Place(finding.file, finding.line, finding.column)
        yield _command(word, place, f"{finding.code} {finding.coordinate}", plain(finding.message))


def _command(word: str, place: Place, name: str, told: str) -> str:
    file = place.file.partition("#")[0]
    where = f"file={_property(file)},line={place.line},col={place.column},title={_property(name)}"
    return f"::{word} {where}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
