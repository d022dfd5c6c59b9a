"""What a check found, all of it: what the reports print, each in its own form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from router.checks.change import Severity
from router.checks.lint import Finding, Level
from router.checks.verdict import Judged, Verdict
from router.composition.outcome import Fault, Source


@dataclass(frozen=True, slots=True)
class Variant:
    """A schema that clients see: the whole graph (no name), or a contract. No verdict where it does not compose.

    `shared` is how many changes of the whole graph show alike in the contract; its verdict then leaves them out.
    """

    name: str
    verdict: Verdict | None
    faults: tuple[Fault, ...] = ()
    shared: int = 0

    def beside(self, whole: Variant) -> Variant:
        """The contract with its own changes only: those that the whole graph does not have."""
        if self.verdict is None or whole.verdict is None:
            return self
        known = {each.change for each in whole.verdict.changes}
        own = tuple(each for each in self.verdict.changes if each.change not in known)
        invalid = tuple(
            each
            for each in self.verdict.invalid
            if not any(each.operation is other.operation for other in whole.verdict.invalid)
        )
        verdict = replace(self.verdict, changes=own, invalid=invalid, stale=())
        return replace(self, verdict=verdict, shared=len(self.verdict.changes) - len(own))


@dataclass(frozen=True, slots=True)
class Report:
    """A check. `old` and `new` say in words what was compared; `unknown_requests` were counted without a document."""

    old: str
    new: str
    variants: tuple[Variant, ...]
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    fail_on: Severity = Severity.BREAKING
    unknown_requests: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def composes(self) -> bool:
        """Whether every variant has a schema."""
        return not any(variant.faults for variant in self.variants)

    @property
    def severity(self) -> Severity:
        """The worst verdict of all variants."""
        found = (variant.verdict.severity for variant in self.variants if variant.verdict)
        return max(found, key=lambda severity: severity.rank, default=Severity.SAFE)

    @property
    def lint_errors(self) -> int:
        """How many findings are faults."""
        return sum(finding.level is Level.ERROR for finding in self.findings)

    @property
    def passed(self) -> bool:
        """Whether it may ship."""
        return self.composes and self.severity.rank < self.fail_on.rank and not self.lint_errors

    def judged(self) -> Iterator[tuple[Variant, Judged]]:
        """Every change of every variant, with its variant."""
        for variant in self.variants:
            for each in variant.verdict.changes if variant.verdict else ():
                yield variant, each

    def headline(self) -> str:
        """The verdict in one line."""
        warnings = len(self.findings) - self.lint_errors
        lint = f"{_counted(self.lint_errors, 'lint error')}, {_counted(warnings, 'warning')}"
        if not self.variants:
            return lint
        if not self.composes:
            broken = [variant.name for variant in self.variants if variant.faults]
            return "does not compose" if "" in broken else f"contract does not compose: {', '.join(broken)}"
        verdicts = [each.verdict for _, each in self.judged() if not each.accepted]
        counts = {severity: verdicts.count(severity) for severity in Severity}
        broken_operations = sum(len(variant.verdict.invalid) for variant in self.variants if variant.verdict)
        words = [
            f"{counts[Severity.BREAKING] + broken_operations} breaking",
            f"{counts[Severity.DANGEROUS]} dangerous",
            f"{counts[Severity.SAFE]} safe",
        ]
        accepted = sum(bool(each.accepted) for _, each in self.judged())
        told = f"{', '.join(words)} change{'' if len(verdicts) == 1 else 's'}"
        told += f", {accepted} accepted" if accepted else ""
        return f"{told}; {lint}" if self.findings else told


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def judged_by(verdict: Verdict) -> str:
    """What a verdict rests on, in words."""
    if verdict.operations is None:
        return "no operations were given: each change counts as the worst it may do"
    stale = f", {len(verdict.stale)} of them invalid before and now" if verdict.stale else ""
    return f"judged by {_counted(verdict.operations, 'operation')}{stale}"
