"""Says which query cannot be satisfied, and what each subgraph on the way lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import print_ast

from router.composition.fieldsets import parse_field_set
from router.composition.merge import Merged
from router.composition.satisfiability.positions import Position
from router.composition.satisfiability.reach import Reach
from router.composition.schema.model import Field, Kind, Operation, Schema
from router.composition.schema.references import Reference, base_name, is_list


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a query: into a field (by coordinate), or to one object type of an abstract value."""

    before: Step | None
    coordinate: str | None
    condition: str | None

    def all(self) -> list[Step]:
        """Answer the steps from the root to here."""
        steps: list[Step] = []
        step: Step | None = self
        while step is not None:
            steps.append(step)
            step = step.before
        return steps[::-1]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Finds the reasons."""

    merged: Merged
    reach: Reach

    def unreachable(
        self, object: str, name: str, reaches: Mapping[Position, set[Position]]
    ) -> list[tuple[str, list[str]]]:
        """Answer, for each subgraph within reach, why the field cannot be had from there."""
        reasons: dict[str, list[str]] = {}
        for origin, reached in sorted(reaches.items(), key=lambda item: item[0].graph):
            others = sorted(reached - {origin}, key=lambda position: (position.graph, position.type))
            for position in (origin, *others):
                subgraph = self.reach.subgraph(position).name
                if subgraph in reasons:
                    continue
                reasons[subgraph] = [
                    self._no_field(object, name, position),
                    *self._no_move(object, name, position, reached),
                ]
        return list(reasons.items())

    def unknown_type(self, positions: Iterable[Position]) -> list[tuple[str, list[str]]]:
        """Answer that nobody can tell what stands behind an @interfaceObject."""
        reasons: dict[str, list[str]] = {}
        for position in sorted(positions, key=lambda position: position.graph):
            reason = (
                "no subgraph can be reached to resolve the implementation type of @interfaceObject type"
                f' "{position.type}".'
            )
            reasons[self.reach.subgraph(position).name] = [reason]
        return list(reasons.items())

    def _no_field(self, object: str, name: str, position: Position) -> str:
        subgraph = self.reach.subgraph(position)
        type = subgraph.schema.types[position.type]
        item = type.fields.get(name)
        coordinate = f"{position.type}.{name}"
        if item is None:
            return f'cannot find field "{coordinate}".'
        overridden = self.reach.ownership.overridden
        if (position.graph, coordinate) in overridden or (position.graph, f"{object}.{name}") in overridden:
            return f'field "{coordinate}" is not resolvable because it is overridden.'
        if subgraph.is_external(type, item):
            return f'field "{coordinate}" is not resolvable because marked @external.'
        return f'cannot satisfy @requires conditions on field "{coordinate}".'

    def _no_move(self, object: str, name: str, position: Position, reached: set[Position]) -> list[str]:
        """Answer why the subgraphs beyond reach cannot be entered from this one."""
        here = self.reach.subgraph(position).name
        within = {other.graph for other in reached}
        reasons: list[str] = []
        keyed: set[int] = set()
        for entrance in self.reach.entrances(object):
            keyed.add(entrance.position.graph)
            if entrance.position.graph not in within:
                there = self.reach.subgraph(entrance.position).name
                reasons.append(
                    f'cannot move to subgraph "{there}" using @key(fields: "{_tidy(entrance.fields)}") of "{object}",'
                    f' the key field(s) cannot be resolved from subgraph "{here}".'
                )
        for index, other in enumerate(self.merged.subgraphs):
            if index in within or index in keyed:
                continue
            coordinate = f"{object}.{name}"
            item = other.field_at(coordinate)
            if item is None or other.is_external(other.schema.types[object], item):
                continue
            has_key = bool(other.find_all(other.schema.types[object], "key"))
            why = (
                f'none of the @key defined on type "{object}" in subgraph "{other.name}" are resolvable (they are all'
                ' declared with their "resolvable" argument set to false).'
                if has_key
                else f'type "{object}" has no @key defined in subgraph "{other.name}".'
            )
            reasons.append(f'cannot move to subgraph "{other.name}", which has field "{coordinate}", because {why}')
        return reasons


def _tidy(fields: str) -> str:
    """Write a field set with one space between its words."""
    return " ".join(print_ast(parse_field_set(fields)).split())[1:-1].strip()


def query_text(merged: Merged, operation: Operation, path: Step) -> str:
    """Write the smallest query that takes this path, introduced as such."""
    lines = ["following supergraph API query:"]
    lines.append("{" if operation is Operation.QUERY else f"{operation.keyword} {{")
    steps = path.all()
    for depth, step in enumerate(steps, start=1):
        opens = depth < len(steps) or _has_children(merged, step)
        lines.append("  " * depth + _spelled(merged, step) + (" {" if opens else ""))
    depth = len(steps)
    if _has_children(merged, steps[-1]):
        lines.append("  " * (depth + 1) + "...")
        lines.append("  " * depth + "}")
    lines.extend("  " * inner + "}" for inner in range(depth - 1, -1, -1))
    return "\n".join(lines)


def unsatisfiable_text(merged: Merged, operation: Operation, path: Step, reasons: list[tuple[str, list[str]]]) -> str:
    """Write the whole message: the smallest query that fails, then the reasons by subgraph."""
    lines = [f"The {query_text(merged, operation, path)}", "cannot be satisfied by the subgraphs because:"]
    for subgraph, causes in reasons:
        if len(causes) == 1:
            lines.append(f'- from subgraph "{subgraph}": {causes[0]}')
        else:
            lines.append(f'- from subgraph "{subgraph}":')
            lines.extend(f"  - {cause}" for cause in causes)
    return "\n".join(lines)


def _field(merged: Merged, step: Step) -> Field | None:
    if step.coordinate is None:
        return None
    parent, _, name = step.coordinate.partition(".")
    return merged.schema.types[parent].fields[name]


def _has_children(merged: Merged, step: Step) -> bool:
    item = _field(merged, step)
    if item is None:
        return True
    type = merged.schema.types.get(base_name(item.type))
    return type is not None and type.composite


def _spelled(merged: Merged, step: Step) -> str:
    item = _field(merged, step)
    if item is None:
        return f"... on {step.condition}"
    given = [f"{argument.name}: {_example(merged.schema, argument.type)}" for argument in item.arguments.values()]
    return f"{item.name}({', '.join(given)})" if given else item.name


def _example(schema: Schema, reference: Reference, depth: int = 0) -> str:
    """Write some value of an input type."""
    if is_list(reference):
        return "[]"
    name = base_name(reference)
    simple = {"Int": "0", "Float": "3.14", "Boolean": "true", "ID": '"<any id>"', "String": '"A string value"'}
    type = schema.types.get(name)
    if name in simple or type is None or depth > 4:
        return simple.get(name, "null")
    if type.kind is Kind.ENUM:
        return next(iter(type.values), "null")
    if type.kind is Kind.INPUT:
        fields = [
            f"{given.name}: {_example(schema, given.type, depth + 1)}"
            for given in type.inputs.values()
            if given.required
        ]
        return "{" + ", ".join(fields) + "}"
    return '"<any scalar>"'
