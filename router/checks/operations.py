"""The operations that clients send: read from documents, manifests of persisted operations, and the router's usage.

Pure: texts in, operations out. Each keeps where it was written, so that a verdict can name the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    Source,
    Visitor,
    get_location,
    parse,
    visit,
)

UNNAMED = "(unnamed)"


class BadOperations(Exception):
    """A source of operations cannot be used; the message names it and its line."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends an operation; `count` is None where nobody counted. Times are RFC 3339 in UTC, empty when unknown."""

    client: str = ""
    version: str = ""
    count: int | None = None
    first_seen: str = ""
    last_seen: str = ""

    @property
    def label(self) -> str:
        """`client@version`, as people write it."""
        return f"{self.client}@{self.version}" if self.version else self.client or "(unknown client)"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file. `file` is as the user named it; of what is kept inside one, `file#id`."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with the fragments it needs, and who sends it."""

    name: str
    document: DocumentNode
    place: Place
    senders: tuple[Sender, ...]

    @property
    def node(self) -> OperationDefinitionNode:
        """The operation itself: the document's first definition."""
        node = self.document.definitions[0]
        assert isinstance(node, OperationDefinitionNode)
        return node

    @property
    def count(self) -> int | None:
        """How often it was sent by all; None where nobody counted."""
        counts = [sender.count for sender in self.senders if sender.count is not None]
        return sum(counts) if counts else None


def place_of(node: Node) -> Place:
    """Where a node was written."""
    location = node.loc
    assert location is not None
    at = get_location(location.source, location.start)
    return Place(location.source.name, at.line, at.column)


Document: TypeAlias = tuple[str, str]


def from_documents(documents: Iterable[Document], sender: Sender) -> list[Operation]:
    """Operations of (file, text) pairs; fragments may stand in any of them. Raises BadOperations."""
    parsed = [_parse(file, text) for file, text in documents]
    everywhere: dict[str, list[FragmentDefinitionNode]] = {}
    for document in parsed:
        for name, fragment in _fragments(document).items():
            everywhere.setdefault(name, []).append(fragment)
    return [
        _operation(node, _fragments(document), everywhere, sender)
        for document in parsed
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]


def from_manifest(file: str, text: str, sender: Sender) -> list[Operation]:
    """Operations of a manifest: Apollo's `apollo-persisted-query-manifest`, or a plain map of ids to documents."""
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise BadOperations(f"{file}: not JSON: {error}") from error
    return [
        operation
        for key, body, client in _entries(file, manifest)
        for operation in from_documents([(f"{file}#{key}", body)], replace(sender, client=client or sender.client))
    ]


def _entries(file: str, manifest: Any) -> Iterable[tuple[str, str, str | None]]:
    """The id, document and client's name of each entry."""
    match manifest:
        case {"format": "apollo-persisted-query-manifest", "operations": list(entries)}:
            found = [(e.get("id"), e.get("body"), e.get("clientName")) if isinstance(e, dict) else () for e in entries]
        case {"format": str(other)}:
            raise BadOperations(f"{file}: the format {other!r} is not known")
        case dict():
            found = [(key, body, None) for key, body in manifest.items()]
        case _:
            raise BadOperations(f"{file}: neither Apollo's manifest nor a map of ids to documents")
    for entry in found:
        match entry:
            case (str(key), str(body), None | str() as client):
                yield key, body, client
            case _:
                raise BadOperations(f"{file}: an operation needs an `id` and a `body`, both texts")


def from_usage(files: Sequence[Document]) -> tuple[list[Operation], int]:
    """Operations of the usage that the router exported, and how many requests cannot be told for want of a document.

    Lines of the same document are one operation with several senders; those of the same client are added up. A
    document stands in one line at least of those with its hash.
    """
    lines = [(file, number, line) for file, text in files for number, line in _lines(file, text)]
    texts: dict[str, tuple[str, str]] = {}
    counted: dict[str, dict[tuple[str, str], Sender]] = {}
    names: dict[str, str | None] = {}
    for file, number, line in lines:
        try:
            key, name = str(line["hash"]), line.get("name")
            sender = _sender(line)
        except (KeyError, TypeError, ValueError) as error:
            raise BadOperations(f"{file}:{number}: not a line of usage: {error!r}") from None
        if line.get("document"):
            texts.setdefault(key, (file, str(line["document"])))
        names[key] = name
        clients = counted.setdefault(key, {})
        same = clients.get((sender.client, sender.version))
        clients[sender.client, sender.version] = sender if same is None else _together(same, sender)
    operations, unknown = [], 0
    for key, clients in counted.items():
        if key not in texts:
            unknown += sum(sender.count or 0 for sender in clients.values())
            continue
        file, text = texts[key]
        found = from_documents([(f"{file}#{key[:8]}", text)], Sender())
        senders = tuple(clients.values())
        operations += [
            replace(each, senders=senders) for each in found if names[key] in (None, each.name) or len(found) == 1
        ]
    return operations, unknown


def _lines(file: str, text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError as error:
                raise BadOperations(f"{file}:{number}: not JSON: {error}") from error
            yield number, found


def _sender(line: Mapping[str, Any]) -> Sender:
    return Sender(
        str(line.get("client_name") or ""),
        str(line.get("client_version") or ""),
        int(line["count"]),
        str(line.get("first_seen") or ""),
        str(line.get("last_seen") or ""),
    )


def _together(one: Sender, other: Sender) -> Sender:
    return replace(
        one,
        count=(one.count or 0) + (other.count or 0),
        first_seen=min(filter(None, (one.first_seen, other.first_seen)), default=""),
        last_seen=max(one.last_seen, other.last_seen),
    )


def merged(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The same operation from the same text, once, with all its senders."""
    found: dict[tuple[str, str], Operation] = {}
    for each in operations:
        key = (each.name, "\n".join(_text(node) for node in each.document.definitions))
        same = found.get(key)
        found[key] = each if same is None else replace(same, senders=(*same.senders, *each.senders))
    return tuple(found.values())


def _text(node: Node) -> str:
    assert node.loc is not None
    return node.loc.source.body[node.loc.start : node.loc.end]


def _parse(file: str, text: str) -> DocumentNode:
    try:
        return parse(Source(text, file))
    except GraphQLSyntaxError as error:
        line = error.locations[0].line if error.locations else 1
        raise BadOperations(f"{file}:{line}: {error.message}") from error
    except RecursionError:
        raise BadOperations(f"{file}: is nested too deeply") from None


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def _operation(
    node: OperationDefinitionNode,
    own: Mapping[str, FragmentDefinitionNode],
    everywhere: Mapping[str, list[FragmentDefinitionNode]],
    sender: Sender,
) -> Operation:
    needed: dict[str, FragmentDefinitionNode] = {}
    waiting: list[Node] = [node]
    while waiting:
        spreads = _Spreads()
        visit(waiting.pop(), spreads)
        for spread in spreads.found:
            name = spread.name.value
            if name in needed:
                continue
            known = [own[name]] if name in own else everywhere.get(name, [])
            if len(known) != 1:
                place = place_of(spread)
                problem = "is not defined" if not known else f"is defined in {len(known)} files"
                raise BadOperations(f"{place.file}:{place.line}: the fragment {name} {problem}")
            needed[name] = known[0]
            waiting.append(known[0])
    title = node.name.value if node.name else UNNAMED
    return Operation(title, DocumentNode(definitions=(node, *needed.values())), place_of(node), (sender,))


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[FragmentSpreadNode] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.found.append(node)
