"""One module a topic; `ALL` is every scenario by name."""

from tests.scenarios.scenario import Scenario
from tests.scenarios.topics import (
    abstract,
    conditions,
    context,
    inputs,
    interface_objects,
    keys,
    mutations,
    names,
    nulls,
    provides,
    requires,
    roots,
)

ALL: dict[str, Scenario] = {
    f"{module.__name__.rpartition('.')[2]}: {name}": scenario
    for module in (
        abstract,
        conditions,
        context,
        inputs,
        interface_objects,
        keys,
        mutations,
        names,
        nulls,
        provides,
        requires,
        roots,
    )
    for name, scenario in module.SCENARIOS.items()
}
