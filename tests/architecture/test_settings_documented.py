"""docs/settings.md and the code name the same settings, so neither can go stale."""

import dataclasses
import re
import typing

from chassis import settings as shop
from router import settings as router
from tests.architecture.repository import ROOT

PAGE = ROOT / "docs" / "settings.md"


def documented() -> set[str]:
    """What the page names in code marks."""
    return set(re.findall(r"`([^`\n]+)`", PAGE.read_text()))


def router_keys(kind: type, prefix: str = "") -> set[str]:
    """Every key router.yaml may hold down to the values, lists and mappings by name as `<name>`."""
    keys: set[str] = set()
    hints = typing.get_type_hints(kind)
    spelled = {name: key for key, name in getattr(kind, "written", {}).items()}
    for field in dataclasses.fields(kind):
        key = f"{prefix}{spelled.get(field.name, field.name)}"
        inner = [
            each for each in _kinds(hints[field.name]) if dataclasses.is_dataclass(each) and each is not router.Duration
        ]
        if not inner:
            keys.add(key)
        for each in inner:
            keys |= router_keys(each, f"{key}.")
    return keys


def _kinds(hint: object) -> list[type]:
    arguments = typing.get_args(hint)
    if not arguments:
        return [hint] if isinstance(hint, type) else []
    return [kind for argument in arguments for kind in _kinds(argument)]


def test_every_environment_variable_is_documented() -> None:
    assert shop.documented() - documented() == set()


def test_no_variable_is_documented_that_nothing_reads() -> None:
    named = {name for name in documented() if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", name)}
    source = "\n".join(
        file.read_text()
        for package in ("chassis", "subgraphs", "router", "tooling")
        for file in (ROOT / package).rglob("*.py")
    )
    compose = (ROOT / "docker-compose.yml").read_text()

    unread = {name for name in named - shop.documented() if name not in source and name not in compose}

    assert unread == set()


def test_every_key_of_router_yaml_is_documented() -> None:
    keys = router_keys(router.Settings)

    assert "limits.max_depth" in keys
    assert keys - documented() == set()
