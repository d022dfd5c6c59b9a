"""Stub subgraphs: answer for any federation schema with made-up data, fast, and always the same.

    python -m bench.stub PORT NAME=schema.graphql ...

Serves POST /NAME. A value follows from its type, its object's id and its field alone, so every gateway gets equal
data. Answers are kept by request body: what is measured is the gateway, not this. GET / answers how many requests
were served.
"""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httptools
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    build_ast_schema,
    execute_sync,
    get_named_type,
    parse,
)

ITEMS = 5
ITEMS_MAX = 100
CUSTOM: Mapping[str, Any] = {"Decimal": "12.34", "DateTime": "2026-01-01T00:00:00+00:00", "Date": "2026-01-01"}


@dataclass(frozen=True)
class Made:
    """An object: its type, its id, and what a representation said of it. `items` is the `first` it was asked with."""

    type_name: str
    id: str
    items: int = ITEMS
    known: Mapping[str, Any] = field(default_factory=dict)


class Subgraph:
    """One subgraph's schema with made-up data."""

    def __init__(self, sdl: str) -> None:
        self.schema: GraphQLSchema = build_ast_schema(parse(sdl), assume_valid_sdl=True)
        self.kept: dict[bytes, bytes] = {}
        for type_ in self.schema.type_map.values():
            if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
                for field_ in type_.fields.values():
                    field_.resolve = self.resolve
            elif isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
                type_.resolve_type = lambda made, _info, _type: made.type_name

    def answer(self, body: bytes) -> bytes:
        """The reply's body to a request's body."""
        found = self.kept.get(body)
        if found is None:
            request = json.loads(body)
            result = execute_sync(
                self.schema,
                parse(request["query"]),
                variable_values=request.get("variables"),
                operation_name=request.get("operationName"),
            )
            found = self.kept[body] = json.dumps(result.formatted, separators=(",", ":")).encode()
        return found

    def resolve(self, source: Made | None, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """The value of any field."""
        if info.field_name == "_entities":
            return [self._entity(r) for r in arguments["representations"]]
        made = source or Made(info.parent_type.name, "0")
        if info.field_name in made.known and not isinstance(made.known[info.field_name], dict | list):
            return made.known[info.field_name]
        first = arguments.get("first")
        items = min(first, ITEMS_MAX) if isinstance(first, int) else made.items
        return self._value(info.return_type, f"{made.id}.{info.field_name}", items)

    def _entity(self, representation: Mapping[str, Any]) -> Made:
        named = self.schema.type_map[representation["__typename"]]
        concrete = named.name if isinstance(named, GraphQLObjectType) else self._chosen(named, "0")
        scalars = [str(v) for k, v in sorted(representation.items()) if k != "__typename" and isinstance(v, str)]
        return Made(concrete, scalars[0] if scalars else "0", known=representation)

    def _value(self, kind: GraphQLOutputType, seed: str, items: int) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, seed, items)
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type, f"{seed}{i}", ITEMS) for i in range(items)]
        named = get_named_type(kind)
        number = zlib.crc32(seed.encode())
        if isinstance(named, GraphQLEnumType):
            values = list(named.values)
            return named.values[values[number % len(values)]].value
        match named.name:
            case "Int":
                return number % 1000
            case "Float":
                return number % 1000 / 8
            case "Boolean":
                return number % 2 == 0
            case "String" | "ID":
                return f"v{number % 100_000}"
            case name if name in self.schema.type_map and not hasattr(named, "serialize"):
                return Made(self._chosen(named, seed), f"i{number % 100_000}", items)
            case name:
                return CUSTOM.get(name, {"v": number % 1000})

    def _chosen(self, named: Any, seed: str) -> str:
        if isinstance(named, GraphQLObjectType):
            return named.name
        possible = self.schema.get_possible_types(named)
        return possible[zlib.crc32(seed.encode()) % len(possible)].name


class Connection(asyncio.Protocol):
    """Keep-alive HTTP, as little as gateways need."""

    served = 0

    def __init__(self, subgraphs: Mapping[bytes, Subgraph]) -> None:
        self.subgraphs = subgraphs
        self.parser = httptools.HttpRequestParser(self)
        self.url, self.body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """See httptools."""
        self.url, self.body = url, b""

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self.body += body

    def on_message_complete(self) -> None:
        """See httptools."""
        if self.parser.get_method() == b"GET":
            out = b"%d" % Connection.served
        else:
            Connection.served += 1
            out = self.subgraphs[self.url.strip(b"/")].answer(self.body)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(out)
        self.transport.write(head + out)  # type: ignore[attr-defined]


async def serve(port: int, schemas: Mapping[str, str]) -> None:
    """Serve until cancelled."""
    subgraphs = {name.encode(): Subgraph(sdl) for name, sdl in schemas.items()}
    server = await asyncio.get_running_loop().create_server(lambda: Connection(subgraphs), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    given = dict(item.split("=", 1) for item in sys.argv[2:])
    asyncio.run(serve(int(sys.argv[1]), {name: Path(path).read_text(encoding="utf-8") for name, path in given.items()}))
