"""Runs the rules: finds them, applies levels and what is let be, and names each coordinate once."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import GraphQLSyntaxError, get_location, parse
from graphql import Source as Text

from router.checks.lint import rules
from router.checks.lint.finding import Finding, Level, Settings
from router.checks.lint.graph import Element, Graph, Schema
from router.composition.outcome import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its module declares it."""

    code: str
    level: Level
    summary: str
    find: Callable[[Graph], Iterator[tuple[Element, str]]]


def _rules() -> Iterator[Rule]:
    for found in sorted(module.name for module in pkgutil.iter_modules(rules.__path__)):
        module = importlib.import_module(f"{rules.__name__}.{found}")
        yield Rule(module.CODE, module.LEVEL, (module.__doc__ or "").strip().partition("\n")[0], module.find)


RULES: Mapping[str, Rule] = {rule.code: rule for rule in _rules()}


def lint(sources: Sequence[Source], settings: Settings) -> tuple[Finding, ...]:
    """What the rules find in these subgraphs, in the order of the files. What does not parse is left to composition."""
    graph = Graph(schema for source in sources if (schema := _parsed(source)) is not None)
    found: list[Finding] = []
    for rule in RULES.values():
        level = settings.levels.get(rule.code, rule.level)
        if level is Level.OFF:
            continue
        told: set[str] = set()
        for element, message in rule.find(graph):
            coordinate = element.coordinate
            if coordinate in told or any(each.covers(rule.code, coordinate) for each in settings.ignored):
                continue
            told.add(coordinate)
            found.append(_finding(rule, level, element, message))
    return tuple(sorted(found, key=lambda each: (each.level is not Level.ERROR, each.file, each.line, each.code)))


def _parsed(source: Source) -> Schema | None:
    file = source.path or source.name
    try:
        return Schema(source.name, file, parse(Text(source.sdl, file)))
    except (GraphQLSyntaxError, RecursionError):
        return None


def _finding(rule: Rule, level: Level, element: Element, message: str) -> Finding:
    location = element.node.name.loc
    assert location is not None
    at = get_location(location.source, location.start)
    return Finding(rule.code, level, element.coordinate, message, element.subgraph, element.file, at.line, at.column)
