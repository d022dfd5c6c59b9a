"""The report for programs. The shape is documented in docs/guides/check.md; keys are added, never changed."""

from __future__ import annotations

from typing import Any

from router.checks.effects import Effect
from router.checks.lint import Finding
from router.checks.operations import Operation, Place
from router.checks.report import Report, Variant
from router.checks.verdict import Judged
from router.messages import as_json as fault_as_json


def as_json(report: Report) -> dict[str, Any]:
    """The whole report as plain data."""
    return {
        "passed": report.passed,
        "verdict": "composition" if not report.composes else report.severity.value,
        "summary": report.headline(),
        "old": report.old,
        "new": report.new,
        "failOn": report.fail_on.value,
        "variants": [_variant(report, each) for each in report.variants],
        "lint": [_finding(each) for each in report.findings],
        "unknownRequests": report.unknown_requests,
        "notes": list(report.notes),
    }


def _variant(report: Report, variant: Variant) -> dict[str, Any]:
    verdict = variant.verdict
    return {
        "contract": variant.name or None,
        "errors": [fault_as_json(fault, report.sources) for fault in variant.faults],
        "operations": verdict.operations if verdict else None,
        "sharedChanges": variant.shared,
        "changes": [_change(each) for each in verdict.changes] if verdict else [],
        "invalidOperations": [_effect(each) for each in verdict.invalid] if verdict else [],
        "staleOperations": [_operation(each) for each in verdict.stale] if verdict else [],
    }


def _change(judged: Judged) -> dict[str, Any]:
    change = judged.change
    return {
        "kind": change.kind.value,
        "coordinate": change.coordinate,
        "other": change.other or None,
        "message": change.message,
        "severity": change.severity.value,
        "verdict": judged.verdict.value,
        "accepted": judged.accepted or None,
        "operations": [_effect(each) for each in judged.effects],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        **_operation(effect.operation),
        **_place(effect.place),
        "severity": effect.severity.value,
        "why": effect.why,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "operation": operation.name,
        **_place(operation.place),
        "clients": [
            {
                "name": sender.client or None,
                "version": sender.version or None,
                "count": sender.count,
                "firstSeen": sender.first_seen or None,
                "lastSeen": sender.last_seen or None,
            }
            for sender in operation.senders
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "coordinate": finding.coordinate,
        "message": finding.message,
        "subgraph": finding.subgraph,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
    }
