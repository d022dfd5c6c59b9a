"""Which of a client's headers each subgraph receives: the `headers` rules of router.yaml, in their order.

Hop-by-hop headers and those that describe the client's own request (RFC 9110, 7.6.1) are never handed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from router.settings import HeaderRule, HeadersSettings, SettingsError

NEVER = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"host", b"content-length", b"content-type", b"content-encoding", b"accept",
        b"accept-encoding", b"expect",
    )
)  # fmt: skip


NO_LINES: Mapping[str, bytes] = {}


class HeaderLines:
    """Makes the header lines for each subgraph from the headers of a request."""

    def __init__(self, settings: HeadersSettings, subgraphs: Sequence[str]) -> None:
        unknown = set(settings.subgraphs) - set(subgraphs)
        if unknown:
            raise SettingsError(f"headers.subgraphs names no subgraph of this supergraph: {', '.join(sorted(unknown))}")
        rules = {
            name: (
                *settings.all.request,
                *(settings.subgraphs[name].request if name in settings.subgraphs else ()),
            )
            for name in subgraphs
        }
        self._rules = {name: [_Rule(rule) for rule in mine] for name, mine in rules.items() if mine}
        names = {rule.named for mine in self._rules.values() for rule in mine if rule.named is not None}
        self._watched: frozenset[bytes] | None = frozenset(names)
        if any(rule.matching is not None for mine in self._rules.values() for rule in mine):
            self._watched = None
        self._kept: dict[tuple[tuple[bytes, bytes], ...], dict[str, bytes]] = {}

    def lines(self, headers: Sequence[tuple[bytes, bytes]]) -> Mapping[str, bytes]:
        """Header lines, each ended by CRLF, by subgraph; subgraphs that get none are left out."""
        if not self._rules:
            return NO_LINES
        if self._watched is None:
            wanted = tuple((name, value) for name, value in headers if name not in NEVER)
        else:
            watched = self._watched
            wanted = tuple((name, value) for name, value in headers if name in watched)
        found = self._kept.get(wanted)
        if found is None:
            if len(self._kept) >= 1024:
                self._kept.clear()
            found = self._kept[wanted] = {
                name: lines for name, rules in self._rules.items() if (lines := _apply(rules, wanted))
            }
        return found


class _Rule:
    """A rule, made ready."""

    def __init__(self, rule: HeaderRule) -> None:
        self.rule = rule
        source = rule.propagate or rule.remove
        self.named = source.named.lower().encode("latin-1") if source and source.named else None
        self.matching: re.Pattern[bytes] | None = None
        if source is not None and source.matching is not None:
            try:
                self.matching = re.compile(source.matching.encode("latin-1"), re.IGNORECASE)
            except re.error as error:
                raise SettingsError(f"headers: {source.matching!r} is not a regular expression: {error}") from error
        if source is not None and (self.named is None) == (self.matching is None):
            raise SettingsError("headers: a propagate or remove rule needs either 'named' or 'matching'")

    def matches(self, name: bytes) -> bool:
        if name in NEVER:
            return False
        return name == self.named or (self.matching is not None and self.matching.fullmatch(name) is not None)


def _apply(rules: Sequence[_Rule], headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    out: list[tuple[bytes, bytes]] = []
    for ready in rules:
        rule = ready.rule
        if rule.insert is not None:
            name = rule.insert.name.lower().encode("latin-1")
            out = [(known, value) for known, value in out if known != name]
            out.append((name, _clean(rule.insert.value.encode("latin-1"))))
        elif rule.remove is not None:
            out = [(name, value) for name, value in out if not ready.matches(name)]
        elif rule.propagate is not None:
            found = [(name, value) for name, value in headers if ready.matches(name)]
            if not found and rule.propagate.default is not None and ready.named is not None:
                found = [(ready.named, rule.propagate.default.encode("latin-1"))]
            renamed = rule.propagate.rename.lower().encode("latin-1") if rule.propagate.rename else None
            added = [(renamed or name, _clean(value)) for name, value in found]
            # The same header by two rules is sent once, as the later rule says.
            names = {name for name, _ in added}
            out = [(name, value) for name, value in out if name not in names] + added
    return b"".join(b"%b: %b\r\n" % item for item in out)


def _clean(value: bytes) -> bytes:
    # A line end inside a value would begin a header of the client's own making.
    return value.replace(b"\r", b" ").replace(b"\n", b" ")
