"""Two lines of vocabulary: judge two schemas by operations written inline."""

from graphql import build_schema

from router.checks.changes import changes
from router.checks.operations import Sender, from_documents
from router.checks.verdict import Verdict, judge


def judged(old: str, new: str, *operations: str, client: str = "web", version: str = "1.0") -> Verdict:
    """The verdict on the change, by these documents, in files named `1.graphql`, `2.graphql`, …"""
    before, after = build_schema(old), build_schema(new)
    documents = [(f"{number}.graphql", text) for number, text in enumerate(operations, 1)]
    return judge(changes(before, after), before, after, from_documents(documents, Sender(client, version)))


def told(verdict: Verdict) -> list[tuple[str, str, str, int]]:
    """Of every effect: kind, severity, operation, line."""
    return [
        (judged.change.kind.value, effect.severity.value, effect.operation.name, effect.place.line)
        for judged in verdict.changes
        for effect in judged.effects
    ]
