"""Which of a client's headers each subgraph receives: the `headers` rules of router.yaml, in their order.

Hop-by-hop headers, those that describe the client's own request (RFC 9110, 7.6.1), and the one that the router signs
with are never handed on.

`insert: {name: X-Forwarded-For, from_context: client_address}` says where a request came from: the address of the
client's connection, in front of it what X-Forwarded-For said, as long as that came from a trusted proxy. What a client
writes there itself is left out, so it can neither hide nor blame another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from router.settings import HeaderRule, HeadersSettings, SettingsError

NEVER = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"host", b"content-length", b"content-type", b"content-encoding", b"accept",
        b"accept-encoding", b"expect", b"x-router-signature",
    )
)  # fmt: skip


NO_LINES: Mapping[str, bytes] = {}
FORWARDED_FOR = b"x-forwarded-for"
CLIENT_ADDRESS = "client_address"


class HeaderLines:
    """Makes the header lines for each subgraph from the headers of a request."""

    def __init__(
        self, settings: HeadersSettings, subgraphs: Sequence[str], *, trusted_proxies: Sequence[str] = ()
    ) -> None:
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
        self._located = any(rule.tells_address for mine in self._rules.values() for rule in mine)
        self._trusted = _networks(trusted_proxies)
        self._kept: dict[tuple[bytes, tuple[tuple[bytes, bytes], ...]], dict[str, bytes]] = {}

    def lines(self, headers: Sequence[tuple[bytes, bytes]], peer: str | None = None) -> Mapping[str, bytes]:
        """Header lines, each ended by CRLF, by subgraph; subgraphs that get none are left out.

        `peer` is the address the request came from.
        """
        if not self._rules:
            return NO_LINES
        address = self.client_address(headers, peer) if self._located else b""
        if self._watched is None:
            wanted = tuple((name, value) for name, value in headers if name not in NEVER)
        else:
            watched = self._watched
            wanted = tuple((name, value) for name, value in headers if name in watched)
        key = (address, wanted)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= 1024:
                self._kept.clear()
            found = self._kept[key] = {
                name: lines for name, rules in self._rules.items() if (lines := _apply(rules, wanted, address))
            }
        return found

    def client_address(self, headers: Sequence[tuple[bytes, bytes]], peer: str | None) -> bytes:
        """The way a request came, as X-Forwarded-For has it: empty when nothing is known."""
        if peer is None:
            return b""
        if not self._trusted or not self._is_trusted(peer):
            return peer.encode("latin-1")
        before = b",".join(value for name, value in headers if name == FORWARDED_FOR)
        hops = [hop.strip() for hop in before.split(b",") if hop.strip()]
        return b", ".join([*hops, peer.encode("latin-1")])

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _networks(written: Sequence[str]) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(each) for each in written]
    except ValueError as error:
        raise SettingsError(f"client_address.trusted_proxies: {error}") from error


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
        insert = rule.insert
        if insert is not None and (insert.value is None) == (insert.from_context is None):
            raise SettingsError(f"headers: insert of {insert.name!r} needs either 'value' or 'from_context'")
        if insert is not None and insert.from_context not in (None, CLIENT_ADDRESS):
            raise SettingsError(f"headers: from_context knows {CLIENT_ADDRESS!r}, not {insert.from_context!r}")
        self.tells_address = insert is not None and insert.from_context is not None

    def matches(self, name: bytes) -> bool:
        if name in NEVER:
            return False
        return name == self.named or (self.matching is not None and self.matching.fullmatch(name) is not None)


def _apply(rules: Sequence[_Rule], headers: Sequence[tuple[bytes, bytes]], address: bytes) -> bytes:
    out: list[tuple[bytes, bytes]] = []
    for ready in rules:
        rule = ready.rule
        if rule.insert is not None:
            name = rule.insert.name.lower().encode("latin-1")
            out = [(known, value) for known, value in out if known != name]
            inserted = address if rule.insert.value is None else rule.insert.value.encode("latin-1")
            if inserted:
                out.append((name, _clean(inserted)))
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
