"""`router compose`: subgraph schemas from files (or JSON lines) in, a supergraph out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from router.composition import Composed, Fault, Outcome, Refused, Source, compose


class BadConfig(Exception):
    """The configuration cannot be used; the message says what to change."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, help="supergraph.yaml, in the format of `rover supergraph compose`")
    source.add_argument(
        "--jsonl",
        action="store_true",
        help='read one {"subgraphs": [{"name", "url", "sdl"}]} per line from standard input, answer one line each',
    )
    parser.add_argument("--output", type=Path, help="write the supergraph here instead of to standard output")
    parser.add_argument("--hints", action="store_true", help="also tell what composed but deserves a second look")


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 composed, 1 refused by composition, 2 the configuration cannot be used."""
    if args.jsonl:
        _answer_lines(sys.stdin)
        return 0
    try:
        outcome = compose(read_config(args.config))
    except BadConfig as bad:
        print(f"{args.config}: {bad}", file=sys.stderr)
        return 2
    match outcome:
        case Composed(sdl, hints):
            for hint in hints if args.hints else ():
                print(f"hint {hint.code}: {hint.message}", file=sys.stderr)
            if args.output is None:
                print(sdl, end="")
            else:
                args.output.write_text(sdl, encoding="utf-8")
            return 0
        case Refused(faults):
            for fault in faults:
                print(_describe(fault), file=sys.stderr)
            return 1


def _describe(fault: Fault) -> str:
    where = f" ({fault.subgraph}:{fault.line})" if fault.subgraph is not None and fault.line else ""
    return f"{fault.code}{where}: {fault.message}"


def _answer_lines(lines: Iterable[str]) -> None:
    for line in lines:
        if not line.strip():
            continue
        asked = json.loads(line)
        sources = [
            Source(str(item["name"]), str(item.get("url") or ""), str(item["sdl"])) for item in asked["subgraphs"]
        ]
        print(json.dumps(_as_json(compose(sources))), flush=True)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Composed(sdl, hints):
            return {
                "supergraphSdl": sdl,
                "hints": [{"code": hint.code, "message": hint.message} for hint in hints],
            }
        case Refused(faults):
            return {
                "errors": [
                    {
                        "code": fault.code,
                        "message": fault.message,
                        "subgraph": fault.subgraph,
                        "line": fault.line or None,
                    }
                    for fault in faults
                ]
            }


def read_config(path: Path) -> list[Source]:
    """Read supergraph.yaml and the schema files it names, relative to it."""
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise BadConfig(f"is not YAML: {error}") from None
    if not isinstance(config, Mapping) or not isinstance(config.get("subgraphs"), Mapping):
        raise BadConfig("`subgraphs` must map each subgraph's name to its `routing_url` and `schema`")
    unknown = set(config) - {"federation_version", "subgraphs"}
    if unknown:
        raise BadConfig(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
    version = str(config.get("federation_version", "2"))
    if not version.removeprefix("=").startswith("2"):
        raise BadConfig(f"`federation_version: {version}` is not supported: only 2.x")
    return [_read_subgraph(path.parent, str(name), item) for name, item in config["subgraphs"].items()]


def _read_subgraph(directory: Path, name: str, item: object) -> Source:
    if not isinstance(item, Mapping) or not isinstance(item.get("schema"), Mapping):
        raise BadConfig(f"subgraph `{name}` needs a `schema` with a `file` (or `sdl`)")
    unknown = (set(item) - {"routing_url", "schema"}) | (set(item["schema"]) - {"file", "sdl"})
    if unknown:
        raise BadConfig(f"subgraph `{name}` has unknown keys: {', '.join(sorted(map(str, unknown)))}")
    schema = item["schema"]
    url = str(item.get("routing_url") or "")
    if isinstance(schema.get("sdl"), str):
        return Source(name, url, schema["sdl"])
    if not isinstance(schema.get("file"), str):
        raise BadConfig(f"subgraph `{name}` needs `schema.file`, the path of its SDL")
    try:
        return Source(name, url, (directory / schema["file"]).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"subgraph `{name}`: {schema['file']} cannot be read: {error.strerror}") from None
