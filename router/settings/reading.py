"""How router.yaml is read: its YAML into dataclasses, each fault with its key and line.

`${env.NAME}`, `${env.NAME:-default}` and `${file.path}`, the text of a file, are replaced before anything else. An
unknown key, a wrong type or a missing variable is a `SettingsError`. What one key alone cannot show, a dataclass
refuses by a ValueError when it is made.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml

Section = TypeVar("Section")


class SettingsError(Exception):
    """The configuration cannot be used; the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time, written with its unit."""

    milliseconds: int

    @staticmethod
    def parse(text: str) -> Duration:
        """Raises ValueError unless the text is a number with ms, s, m or h."""
        found = re.fullmatch(r"(\d+)(ms|s|m|h)", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a duration: write a number with ms, s, m or h, such as 30s")
        return Duration(int(found[1]) * {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}[found[2]])


def read(kind: type[Section], text: str, name: str, environment: Mapping[str, str]) -> Section:
    """Read the text of a file; `name` is for messages. An empty one is a `kind` of defaults. Raises SettingsError."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SettingsError(f"{name}: not YAML: {error}") from error
    if node is None:
        return kind()
    settings = _Reader(name, environment).read(kind, node, "")
    assert isinstance(settings, kind)
    return settings


class _Reader:
    """Turns YAML nodes into settings, keeping lines for messages."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.environment = environment

    def fail(self, node: yaml.Node, message: str) -> SettingsError:
        return SettingsError(f"{self.name}:{node.start_mark.line + 1}: {message}")

    def read(self, kind: Any, node: yaml.Node, where: str) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (typing.Union, types.UnionType):
            if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
                return None
            return self.read(next(a for a in arguments if a is not type(None)), node, where)
        if origin is Literal:
            text = self.read_scalar(str, node, where)
            if text not in arguments:
                raise self.fail(node, f"'{where}': {text!r} is none of {', '.join(arguments)}")
            return text
        if origin is tuple:
            if not isinstance(node, yaml.SequenceNode):
                raise self.fail(node, f"'{where}' must be a list")
            return tuple(self.read(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(node.value))
        if origin is not None:
            return {
                key: self.read(arguments[1], value, f"{where}.{key}") for key, _, value in self.entries(node, where)
            }
        if is_dataclass(kind) and kind is not Duration:
            return self.read_section(kind, node, where)
        return self.read_scalar(kind, node, where)

    def entries(self, node: yaml.Node, where: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
            return []
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, f"'{where or 'the file'}' must be a mapping of keys")
        return [(str(key.value), key, value) for key, value in node.value]

    def read_section(self, kind: Any, node: yaml.Node, where: str) -> Any:
        hints = typing.get_type_hints(kind)
        known = {f.name: f for f in fields(kind)}
        written: Mapping[str, str] = getattr(kind, "written", {})
        spelled = dict(written) or {name: name for name in known}
        given: dict[str, Any] = {}
        for key, key_node, value in self.entries(node, where):
            name = spelled.get(key)
            if name is None:
                place = f" under '{where}'" if where else ""
                raise self.fail(key_node, f"unknown key '{key}'{place}; known: {', '.join(sorted(spelled))}")
            given[name] = self.read(hints[name], value, f"{where}.{key}" if where else key)
        for name, known_field in known.items():
            if name not in given and known_field.default is MISSING and known_field.default_factory is MISSING:
                raise self.fail(node, f"'{where}' lacks '{name}'")
        try:
            return kind(**given)
        except ValueError as error:
            raise self.fail(node, f"'{where}' {error}") from error

    def read_scalar(self, kind: Any, node: yaml.Node, where: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, f"'{where}' must be a single value")
        text = self.expand(node)
        try:
            if kind is Duration:
                return Duration.parse(text)
            if kind is bool:
                return {"true": True, "false": False}[text.lower()]
            if kind is int:
                return int(text.replace("_", ""))
        except (ValueError, KeyError) as error:
            reason = (
                str(error) if kind is Duration else f"{text!r} is not {'true or false' if kind is bool else 'a number'}"
            )
            raise self.fail(node, f"'{where}': {reason}") from error
        return text

    def expand(self, node: yaml.ScalarNode) -> str:
        def value(found: re.Match[str]) -> str:
            name, fallback = found["name"], found["fallback"]
            if found["path"] is not None:
                try:
                    return Path(found["path"]).read_text("utf-8")
                except (OSError, ValueError) as error:
                    raise self.fail(node, f"the file {found['path']} cannot be read: {error}") from error
            here = self.environment.get(name)
            if here is not None:
                return here
            if fallback is None:
                raise self.fail(node, f"the environment variable {name} is not set, and ${{env.{name}}} has no default")
            return fallback

        expression = r"\$\{(?:env\.(?P<name>\w+)(?::-(?P<fallback>[^}]*))?|file\.(?P<path>[^}]+))\}"
        return re.sub(expression, value, str(node.value))
