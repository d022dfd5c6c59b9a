"""supergraph.yaml: which subgraphs a supergraph is made of and where their schemas are, in the format rover uses.

Read from YAML nodes rather than from plain data, so that every fault has the path of its key and its line. All faults
of a file are found in one run. `${env.NAME}`, `${env.NAME:-default}` (or `:default`) and `${file.path}` are replaced in
values, `$${` stands for `${`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from router.sources.files import Unreadable, read_text

CONFIG_BYTES_MAX = 4 * 1024 * 1024
# Sections that router.checks.settings reads.
OF_CHECKS = ("checks", "lint")
_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<kind>env|file)\.(?P<rest>[^}]*)\}|\$\{(?P<other>[^}]*)\}")
_VERSION = re.compile(r"(?:=|v|=v)?2(?:\.\d+){0,2}(?:-[\w.]+)?|latest-2|latest")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NULL = "tag:yaml.org,2002:null"
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a configuration: `key` is its path (`subgraphs.users.schema.file`), `line` counts from 1."""

    key: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class BadConfig(Exception):
    """A configuration cannot be used; `problems` say what to change, in the order of the file."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Each problem on a line, as editors and terminals link to it."""
        return [f"{self.path}:{item.line}: {item}" if item.line else f"{self.path}: {item}" for item in self.problems]


@dataclass(frozen=True, slots=True)
class FromFile:
    """The SDL lies in a file; `path` is resolved, `named` as it was written."""

    path: Path
    named: str


@dataclass(frozen=True, slots=True)
class FromText:
    """The SDL stands in the configuration."""

    sdl: str


@dataclass(frozen=True, slots=True)
class FromUrl:
    """The SDL is what the subgraph answers to `_service { sdl }`."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One subgraph: its name, where the router will ask it (empty when unsaid), and where its schema is."""

    name: str
    routing_url: str
    schema: FromFile | FromText | FromUrl
    key: str = ""
    line: int = 0
    """Where the schema stands in the configuration, for what turns out to be wrong with it later."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A variant of the supergraph, by tags."""

    name: str
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    hide_unreachable_types: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """All of supergraph.yaml."""

    path: Path
    subgraphs: tuple[Subgraph, ...]
    contracts: tuple[Contract, ...] = ()


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Read the file at `path` (`-`: standard input). Raises BadConfig."""
    try:
        text = read_text(path, bytes_max=CONFIG_BYTES_MAX)
    except Unreadable as error:
        raise BadConfig(path, [Problem("", 0, str(error).removeprefix(f"{path} "))]) from None
    return parse_config(text, path, environment)


def parse_config(text: str, path: Path, environment: Mapping[str, str]) -> Config:
    """Read the text of a supergraph.yaml; files it names are relative to `path`'s folder. Raises BadConfig."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or "unknown"
        raise BadConfig(path, [Problem("", mark.line + 1 if mark else 0, f"is not YAML: {said}")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"is not YAML: the character U+{ord(text[error.position]):04X} is not allowed"
        raise BadConfig(path, [Problem("", line, message)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        said = "it nests too deep" if isinstance(error, RecursionError) else str(error)
        raise BadConfig(path, [Problem("", 0, f"is not YAML: {said}")]) from None
    reader = _Reader(path, environment)
    config = reader.read(root)
    if reader.problems:
        raise BadConfig(path, reader.problems)
    return config


class _Reader:
    """Goes through the YAML nodes, noting every problem on the way and going on where it can."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self.path = path
        self.environment = environment
        self.problems: list[Problem] = []

    def note(self, node: yaml.Node | None, key: str, message: str) -> None:
        self.problems.append(Problem(key, node.start_mark.line + 1 if node is not None else 0, message))

    def read(self, root: yaml.Node | None) -> Config:
        if not isinstance(root, yaml.MappingNode):
            self.note(root, "", "`subgraphs` must map each subgraph's name to its `routing_url` and `schema`")
            return Config(self.path, ())
        keys = self.entries(root, "", known=("federation_version", "subgraphs", "contracts", *OF_CHECKS))
        self.federation_version(keys)
        subgraphs: list[Subgraph] = []
        if "subgraphs" not in keys:
            self.note(root, "subgraphs", "is missing: it maps each subgraph's name to its `routing_url` and `schema`")
        else:
            listed = self.entries(keys["subgraphs"], "subgraphs", what="each subgraph's name to its settings")
            if not listed and isinstance(keys["subgraphs"], yaml.MappingNode):
                self.note(keys["subgraphs"], "subgraphs", "names no subgraph")
            for name, node in listed.items():
                subgraph = self.subgraph(name, node)
                if subgraph is not None:
                    subgraphs.append(subgraph)
        contracts = [
            self.contract(name, node)
            for name, node in (
                self.entries(keys["contracts"], "contracts", what="each contract's name to its tags").items()
                if "contracts" in keys
                else ()
            )
        ]
        return Config(self.path, tuple(subgraphs), tuple(contracts))

    def federation_version(self, keys: Mapping[str, yaml.Node]) -> None:
        node = keys.get("federation_version")
        if node is None:
            return
        version = self.scalar(node, "federation_version", text_only=False)
        if version is not None and not _VERSION.fullmatch(version):
            self.note(node, "federation_version", f"`{version}` is not supported: write 2, or a version such as =2.9.0")

    def subgraph(self, name: str, node: yaml.Node) -> Subgraph | None:
        key = f"subgraphs.{name}"
        keys = self.entries(node, key, known=("routing_url", "schema"))
        url: str | None = ""
        if "routing_url" in keys and keys["routing_url"].tag != _NULL:
            url = self.url(keys["routing_url"], f"{key}.routing_url")
        if "schema" not in keys:
            if isinstance(node, yaml.MappingNode):
                self.note(node, f"{key}.schema", "is missing: it needs one of `file`, `sdl` and `subgraph_url`")
            return None
        schema = self.schema(keys["schema"], f"{key}.schema")
        if schema is None or url is None:
            return None
        routed = url or (schema.url if isinstance(schema, FromUrl) else "")
        return Subgraph(name, routed, schema, f"{key}.schema", keys["schema"].start_mark.line + 1)

    def schema(self, node: yaml.Node, key: str) -> FromFile | FromText | FromUrl | None:
        keys = self.entries(
            node, key, known=("file", "sdl", "subgraph_url", "introspection_headers", "graphref", "subgraph")
        )
        if not isinstance(node, yaml.MappingNode):
            return None
        if "graphref" in keys or "subgraph" in keys:
            self.note(node, key, "a `graphref` is kept in a registry that is not asked; use `file` or `subgraph_url`")
            return None
        ways = [way for way in ("file", "sdl", "subgraph_url") if way in keys]
        if len(ways) != 1:
            found = f"has both `{ways[0]}` and `{ways[1]}`" if ways else "has none of `file`, `sdl` and `subgraph_url`"
            self.note(node, key, f"{found}; it needs exactly one")
            return None
        way = ways[0]
        if "introspection_headers" in keys and way != "subgraph_url":
            self.note(
                keys["introspection_headers"], f"{key}.introspection_headers", "only a `subgraph_url` is asked for"
            )
        if way == "subgraph_url":
            url = self.url(keys[way], f"{key}.{way}")
            headers = self.headers(keys.get("introspection_headers"), f"{key}.introspection_headers")
            return None if url is None else FromUrl(url, headers)
        text = self.scalar(keys[way], f"{key}.{way}")
        if text is None:
            return None
        if not text.strip():
            self.note(keys[way], f"{key}.{way}", "is empty")
            return None
        if way == "sdl":
            return FromText(text)
        if "\0" in text:
            self.note(keys[way], f"{key}.{way}", "is not a path: it holds a zero byte")
            return None
        folder = Path() if str(self.path) == "-" else self.path.parent
        return FromFile(folder / Path(text).expanduser(), str(folder / text))

    def headers(self, node: yaml.Node | None, key: str) -> dict[str, str]:
        found: dict[str, str] = {}
        if node is None or node.tag == _NULL:
            return found
        for name, value_node in self.entries(node, key, what="each header's name to its value").items():
            value = self.scalar(value_node, f"{key}.{name}", text_only=False)
            if value is None:
                continue
            complaint = header_fault(name, value)
            if complaint:
                self.note(value_node, f"{key}.{name}", complaint)
            else:
                found[name] = value
        return found

    def url(self, node: yaml.Node, key: str) -> str | None:
        text = self.scalar(node, key)
        if text is None:
            return None
        complaint = url_fault(text)
        if complaint:
            self.note(node, key, complaint)
            return None
        return text

    def contract(self, name: str, node: yaml.Node) -> Contract:
        key = f"contracts.{name}"
        keys = self.entries(node, key, known=("include", "exclude", "hide_unreachable_types"))
        if isinstance(node, yaml.MappingNode) and not {"include", "exclude"} & set(keys):
            self.note(node, key, "needs `include` or `exclude`: lists of tags")
        hide = False
        if "hide_unreachable_types" in keys:
            said = self.scalar(keys["hide_unreachable_types"], f"{key}.hide_unreachable_types", text_only=False)
            hide = (said or "").lower() == "true"
            if said is not None and said.lower() not in ("true", "false"):
                self.note(
                    keys["hide_unreachable_types"], f"{key}.hide_unreachable_types", f"`{said}` is not true or false"
                )
        include, exclude = (self.tags(keys.get(way), f"{key}.{way}") for way in ("include", "exclude"))
        return Contract(name, include, exclude, hide)

    def tags(self, node: yaml.Node | None, key: str) -> frozenset[str]:
        if node is None or node.tag == _NULL:
            return frozenset()
        if not isinstance(node, yaml.SequenceNode):
            self.note(node, key, "must be a list of tags")
            return frozenset()
        found = [self.scalar(item, f"{key}[{index}]", text_only=False) for index, item in enumerate(node.value)]
        return frozenset(tag for tag in found if tag is not None)

    def entries(
        self, node: yaml.Node, key: str, *, known: Sequence[str] = (), what: str = "keys to values"
    ) -> dict[str, yaml.Node]:
        """The mapping's values by key; with `known`, other keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.note(node, key, f"must map {what}")
            return {}
        own: dict[str, yaml.Node] = {}
        merged: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
                for source in reversed(sources):
                    for inner_key, inner in source.value if isinstance(source, yaml.MappingNode) else ():
                        merged[str(inner_key.value)] = inner
                continue
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            where = f"{key}.{name}" if key else name
            if not name:
                self.note(key_node, key, "a key must be text")
            elif name in own:
                self.note(key_node, where, "is written twice")
            elif known and name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(known)}"
                self.note(key_node, where, f"unknown key{hint}")
            else:
                own[name] = value
        return {**{name: value for name, value in merged.items() if not known or name in known}, **own}

    def scalar(self, node: yaml.Node, key: str, *, text_only: bool = True) -> str | None:
        """The text of a single value, variables replaced; None when it is none, which is noted."""
        if not isinstance(node, yaml.ScalarNode) or (text_only and node.tag != _TEXT) or node.tag == _NULL:
            self.note(node, key, "must be text" if text_only else "must be a single value")
            return None
        complaints: list[str] = []
        text = "".join(self.expanded(str(node.value), complaints))
        for complaint in complaints:
            self.note(node, key, complaint)
        return None if complaints else text

    def expanded(self, text: str, complaints: list[str]) -> Iterator[str]:
        position = 0
        for found in _VARIABLE.finditer(text):
            yield text[position : found.start()]
            position = found.end()
            kind, rest = found["kind"], found["rest"]
            if found[0] == "$${":
                yield "${"
            elif kind == "env":
                yield self.variable(rest, complaints)
            elif kind == "file":
                try:
                    yield read_text(Path(rest).expanduser()).rstrip("\n")
                except Unreadable as error:
                    complaints.append(f"${{file.{rest}}}: {error}")
            else:
                complaints.append(f"{found[0]} is neither ${{env.NAME}} nor ${{file.PATH}}; write $${{ for a plain ${{")
        yield text[position:]

    def variable(self, written: str, complaints: list[str]) -> str:
        name, colon, default = written.partition(":")
        value = self.environment.get(name)
        if value is not None:
            return value
        if not colon:
            complaints.append(
                f"the environment variable {name} is not set; set it, or give a default: ${{env.{name}:-default}}"
            )
        return default.removeprefix("-")


def url_fault(text: str) -> str | None:
    """What keeps the text from being the URL of a subgraph; None when nothing does."""
    try:
        parts = urlsplit(text)
        named = parts.hostname is not None and (parts.port is None or parts.port > 0)
    except ValueError as error:
        return f"`{text}` is not a URL: {error}"
    if any(letter <= " " or letter == "\x7f" for letter in text):
        return f"`{text}` is not a URL: it holds a space or control character"
    if parts.scheme == "unix" and parts.path:
        return None
    if parts.scheme not in ("http", "https") or not named:
        return f"`{text}` is not a URL that starts with http:// or https://"
    if parts.username is not None:
        return f"`{parts.hostname}` would not get the name and password in its URL: send them as a header"
    return None


def header_fault(name: str, value: str) -> str | None:
    """What keeps a header from being sent; None when nothing does."""
    if not _HEADER_NAME.fullmatch(name):
        return f"`{name}` is not the name of an HTTP header"
    if any(letter in value for letter in "\r\n\0") or not value.isprintable() or not value.isascii():
        return f"the value of `{name}` holds characters that no HTTP header can"
    return None
