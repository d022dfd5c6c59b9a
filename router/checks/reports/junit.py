"""The report as JUnit XML, which CI systems show as tests: one for composition, one a change, one a lint finding."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from router.checks.effects import Effect
from router.checks.lint import Level
from router.checks.report import Report, Variant
from router.checks.reports.words import explanation, plain, senders

# XML 1.0 (2.2) has no way to write these.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Write the report; a change fails where its verdict reaches what the check fails on."""
    root = Element("testsuites", name="router check")
    for variant in report.variants:
        _suite(root, f"contract {variant.name}" if variant.name else "schema", _cases(report, variant))
    lint: list[tuple[str, str]] = [
        (
            f"{finding.code} {finding.coordinate}",
            f"{plain(finding.message)} ({finding.file}:{finding.line})" if finding.level is Level.ERROR else "",
        )
        for finding in report.findings
    ]
    if lint:
        _suite(root, "lint", lint)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _cases(report: Report, variant: Variant) -> list[tuple[str, str]]:
    """Each test's name, and what is wrong with it; nothing when it passes."""
    faults = [f"{fault.code}: {fault.message}" for fault in variant.faults]
    cases = [("composes", "\n".join(faults))]
    if variant.verdict is None:
        return cases
    for judged in variant.verdict.changes:
        wrong = ""
        if judged.verdict.rank >= report.fail_on.rank and not judged.accepted:
            wrong = "\n".join([explanation(variant, judged), *map(_effect, judged.effects)])
        other = f" {judged.change.other}" if judged.change.other else ""
        cases.append((f"{judged.change.kind.value} {judged.change.coordinate}{other}", wrong))
    cases += [(f"{each.operation.name} is valid", _effect(each)) for each in variant.verdict.invalid]
    return cases


def _effect(effect: Effect) -> str:
    place = effect.place
    return f"{place.file}:{place.line}: {effect.operation.name} of {senders(effect.operation)} {plain(effect.why)}"


def _suite(root: Element, name: str, cases: list[tuple[str, str]]) -> None:
    failures = sum(bool(wrong) for _, wrong in cases)
    suite = SubElement(root, "testsuite", name=name, tests=str(len(cases)), failures=str(failures))
    for title, wrong in cases:
        case = SubElement(suite, "testcase", classname=f"router check.{name}", name=_writable(title))
        if wrong:
            text = _writable(wrong)
            SubElement(case, "failure", message=text.partition("\n")[0]).text = text


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
