"""What supergraph.yaml, or a file of its own, says of checking: the sections `lint` and `checks`. Pure: text in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from router.checks.change import Severity
from router.checks.lint import RULES, Level
from router.checks.lint import Settings as LintSettings
from router.checks.lint.finding import Ignored

SECTIONS = ("checks", "lint")
_LEVELS = {level.value: level for level in Level}
_FAIL_ON = {"breaking": Severity.BREAKING, "dangerous": Severity.DANGEROUS}


class BadSettings(Exception):
    """The sections cannot be used; the message says where and what to change."""


@dataclass(frozen=True, slots=True)
class OperationsFrom:
    """Where operations are, and who sends them where the place itself does not say."""

    path: str
    client: str = ""
    version: str = ""

    @staticmethod
    def parse(text: str) -> OperationsFrom:
        """Read `[CLIENT[@VERSION]=]PATH`, as the command line takes it."""
        sender, equals, path = text.partition("=")
        if not equals:
            return OperationsFrom(text)
        client, _, version = sender.partition("@")
        return OperationsFrom(path, client, version)


@dataclass(frozen=True, slots=True)
class Settings:
    """Both sections. `accepted` maps coordinates whose change may ship to the reason why."""

    lint: LintSettings = field(default_factory=LintSettings)
    operations: tuple[OperationsFrom, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)
    fail_on: Severity = Severity.BREAKING

    @staticmethod
    def parse(text: str, name: str) -> Settings:
        """Read YAML; `name` is for messages, sections of others are left to them. Raises BadSettings."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise BadSettings(f"{name}: not YAML: {error}") from None
        if not isinstance(root, yaml.MappingNode):
            return Settings()
        reader = _Reader(name)
        sections = {str(key.value): value for key, value in root.value}
        checks = reader.keys(sections.get("checks"), "checks", ("operations", "accept", "fail_on"))
        lint = reader.keys(sections.get("lint"), "lint", ("rules", "ignore"))
        return Settings(
            LintSettings(reader.levels(lint.get("rules")), tuple(reader.ignored(lint.get("ignore")))),
            tuple(reader.operations(checks.get("operations"))),
            dict(reader.accepted(checks.get("accept"))),
            reader.fail_on(checks.get("fail_on")),
        )


class _Reader:
    """Reads YAML nodes, so that a message can name the line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def bad(self, node: yaml.Node, message: str) -> BadSettings:
        return BadSettings(f"{self.name}:{node.start_mark.line + 1}: {message}")

    def keys(self, node: yaml.Node | None, where: str, known: Sequence[str] | None = None) -> dict[str, yaml.Node]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise self.bad(node, f"`{where}` must be a mapping")
        for key, _ in node.value:
            if known is not None and key.value not in known:
                raise self.bad(key, f"unknown key `{where}.{key.value}`; known: {', '.join(known)}")
        return {str(key.value): value for key, value in node.value}

    def entries(self, node: yaml.Node | None, where: str, *known: str) -> Iterator[tuple[yaml.Node, dict[str, str]]]:
        """The mappings of a list, their values as text."""
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise self.bad(node, f"`{where}` must be a list")
        for item in node.value:
            values = self.keys(item, where, known)
            yield item, {key: self.text(value, f"{where}.{key}") for key, value in values.items()}

    def text(self, node: yaml.Node, where: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.bad(node, f"`{where}` must be a single value")
        return str(node.value)

    def levels(self, node: yaml.Node | None) -> dict[str, Level]:
        found = {}
        for code, value in self.keys(node, "lint.rules").items():
            # YAML reads a bare `off` as false.
            text = self.text(value, f"lint.rules.{code}").lower()
            level = _LEVELS.get(text)
            if code not in RULES:
                raise self.bad(value, f"`lint.rules.{code}`: there is no such rule; known: {', '.join(RULES)}")
            if level is None:
                raise self.bad(value, f"`lint.rules.{code}`: {text!r} is none of {', '.join(_LEVELS)}")
            found[code] = level
        return found

    def ignored(self, node: yaml.Node | None) -> Iterator[Ignored]:
        for item, values in self.entries(node, "lint.ignore", "rule", "coordinate", "reason"):
            if not all(values.get(key) for key in ("coordinate", "reason")):
                raise self.bad(item, "`lint.ignore` needs a `coordinate` and a `reason`, and may name a `rule`")
            code = values.get("rule", "*")
            if code != "*" and code not in RULES:
                raise self.bad(item, f"`lint.ignore`: there is no rule {code}")
            yield Ignored(code, values["coordinate"], values["reason"])

    def operations(self, node: yaml.Node | None) -> Iterator[OperationsFrom]:
        for item, values in self.entries(node, "checks.operations", "path", "client", "version"):
            if not values.get("path"):
                raise self.bad(item, "`checks.operations` needs a `path`")
            yield OperationsFrom(values["path"], values.get("client", ""), values.get("version", ""))

    def accepted(self, node: yaml.Node | None) -> Iterator[tuple[str, str]]:
        for item, values in self.entries(node, "checks.accept", "coordinate", "reason"):
            if not all(values.get(key) for key in ("coordinate", "reason")):
                raise self.bad(item, "`checks.accept` needs a `coordinate` and a `reason`")
            yield values["coordinate"], values["reason"]

    def fail_on(self, node: yaml.Node | None) -> Severity:
        if node is None:
            return Severity.BREAKING
        found = _FAIL_ON.get(self.text(node, "checks.fail_on"))
        if found is None:
            raise self.bad(node, f"`checks.fail_on` is one of {', '.join(_FAIL_ON)}")
        return found
