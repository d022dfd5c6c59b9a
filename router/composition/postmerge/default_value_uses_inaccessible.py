"""DEFAULT_VALUE_USES_INACCESSIBLE: defaults that clients see name nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of, places_of
from router.composition.postmerge.visibility import visible_inputs
from router.composition.schema.model import Absent, Kind
from router.composition.schema.references import Reference, base_name
from router.composition.schema.values import EnumName, Value


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse defaults with hidden enum values or input fields."""
    for visible in visible_inputs(merged):
        default = visible.input.default
        if isinstance(default, Absent):
            continue
        for element, hidden in _hidden_parts(merged, default, visible.input.type):
            yield Fault(
                "DEFAULT_VALUE_USES_INACCESSIBLE",
                f'{element} is @inaccessible but is used in the default value of "{visible.coordinate}", which is in'
                " the API schema.",
                (
                    *places_of(merged.subgraphs, visible.coordinate),
                    *applications_of(merged.subgraphs, hidden, "inaccessible"),
                ),
                f'Choose another default, or hide "{visible.coordinate}" with @inaccessible too.',
            )


def _hidden_parts(merged: Merged, value: Value, reference: Reference) -> Iterator[tuple[str, str]]:
    type = merged.schema.types.get(base_name(reference))
    if type is None:
        return
    match value:
        case tuple():
            for item in value:
                yield from _hidden_parts(merged, item, reference)
        case EnumName(name):
            if name in type.values and merged.is_hidden(type.values[name]):
                yield f'Enum value "{type.name}.{name}"', f"{type.name}.{name}"
        case dict():
            for name, item in value.items():
                field = type.inputs.get(name)
                if type.kind is not Kind.INPUT or field is None:
                    continue
                if merged.is_hidden(field):
                    yield f'Input field "{type.name}.{name}"', f"{type.name}.{name}"
                yield from _hidden_parts(merged, item, field.type)
        case _:
            return
