"""What each subgraph reads of another's events is what the other announces, whatever of it may be missing.

Every listener is handed an event made from its producer's dataclass, with each optional field once present and once not,
and with a field nobody knows yet. Its view must read it, before anything is written.
"""

import enum
import importlib
import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import orjson
import pytest

from chassis.events import Envelope, Event, Listener
from chassis.money import Amount
from chassis.settings import Settings
from subgraphs import NAMES, cli

pytestmark = pytest.mark.anyio


class Reached(BaseException):
    """The handler has read its event and turns to the database."""


class NoDatabase:
    """A session nothing can be done with."""

    def __getattr__(self, name: str) -> Any:
        raise Reached(name)


def events_of(name: str) -> ModuleType:
    return importlib.import_module(f"subgraphs.{name}.events")


def announced_by(name: str) -> dict[str, type[Event]]:
    """The events a subgraph can announce, by their type."""
    found = inspect.getmembers(events_of(name), inspect.isclass)
    return {
        each: kind
        for each, kind in found
        if issubclass(kind, Event) and "__dataclass_fields__" in vars(kind) and not each.startswith("_")
    }


def views_of(name: str) -> list[type]:
    """What a subgraph reads of others' events: classes with `read(payload)` or `of(payload)`."""
    found = [kind for _, kind in inspect.getmembers(events_of(name), inspect.isclass)]
    return [kind for kind in found if reader_of(kind) and not issubclass(kind, Event)]


def reader_of(kind: type) -> str | None:
    for method in ("read", "of"):
        declared = inspect.getattr_static(kind, method, None)
        if isinstance(declared, classmethod) and "payload" in inspect.signature(declared.__func__).parameters:
            return method
    return None


def example(hint: Any, *, whole: bool) -> Any:
    """A value of that type; where it may be None, a value only when `whole`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        if type(None) in arguments and not whole:
            return None
        return example(next(each for each in arguments if each is not type(None)), whole=whole)
    if origin is typing.Literal:
        return arguments[0]
    if origin is not None and issubclass(origin, Mapping):
        return {"key": example(arguments[1], whole=whole)}
    if origin is not None and issubclass(origin, Sequence):
        return [example(arguments[0], whole=whole)] * 2
    if is_dataclass(hint) and hint is not Amount:
        assert isinstance(hint, type)
        hints = typing.get_type_hints(hint)
        return hint(**{item.name: example(hints[item.name], whole=whole) for item in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    plain = {
        str: "text",
        int: 7,
        bool: True,
        Amount: Amount(1999),
        Decimal: Decimal("1.5"),
        datetime: datetime.now(UTC),
    }
    return plain[hint]


def envelope_of(source: str, kind: type[Event], *, whole: bool) -> Envelope:
    """The event as it arrives: through JSON, from a producer that has learnt something since."""
    event = example(kind, whole=whole)
    payload = {**event.payload(), "somethingNew": {"nobody": "knows"}}
    envelope = Envelope(
        "e1", source, kind.__name__, event.version, datetime.now(UTC), event.aggregate_id, 1, orjson.loads(orjson.dumps(payload))
    )  # fmt: skip
    return Envelope.from_json(envelope.to_json())


@contextmanager
def reading(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The views a subgraph has read meanwhile."""
    read: list[Any] = []
    with monkeypatch.context() as patched:
        for view in views_of(name):
            method = reader_of(view)
            assert method is not None
            original = getattr(view, method)

            def watched(_: type, payload: Mapping[str, Any], original: Any = original) -> Any:
                read.append(original(payload))
                return read[-1]

            patched.setattr(view, method, classmethod(watched))
        yield read


def listeners() -> list[tuple[str, Listener]]:
    return [(name, each) for name in NAMES for each in cli.load(name, Settings()).listens]


every_listener = pytest.mark.parametrize(
    ("name", "listener"),
    [pytest.param(name, each, id=f"{name} hears {each.source}.{each.type}") for name, each in listeners()],
)


def test_somebody_listens():
    assert len(listeners()) > 10


@every_listener
def test_what_is_listened_for_is_announced(name: str, listener: Listener):
    del name
    assert listener.type in announced_by(listener.source)


@every_listener
@pytest.mark.parametrize("whole", [True, False], ids=["everything there", "nothing optional there"])
async def test_what_is_read_is_there(name: str, listener: Listener, whole: bool, monkeypatch: pytest.MonkeyPatch):
    envelope = envelope_of(listener.source, announced_by(listener.source)[listener.type], whole=whole)

    with reading(name, monkeypatch) as read:
        try:
            await listener.handle(NoDatabase(), envelope)  # type: ignore[arg-type]
        except Reached:
            pass
        except (KeyError, TypeError, ValueError) as error:
            pytest.fail(f"{name} cannot read {listener.source}'s {listener.type} {dict(envelope.payload)}: {error!r}")

    assert read, f"{name} reads {listener.type} past the views in its events.py"
    # A None that became a text is a None nobody thought of.
    assert "'None'" not in repr(read)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_can_travel(name: str):
    for kind in announced_by(name).values():
        for whole in (True, False):
            envelope_of(name, kind, whole=whole)


@pytest.mark.parametrize("name", NAMES)
async def test_every_view_is_used_by_a_listener(name: str, monkeypatch: pytest.MonkeyPatch):
    used = set()
    for listener in cli.load(name, Settings()).listens:
        envelope = envelope_of(listener.source, announced_by(listener.source)[listener.type], whole=True)
        with reading(name, monkeypatch) as read, suppress(Reached):
            await listener.handle(NoDatabase(), envelope)  # type: ignore[arg-type]
        used |= {type(each) for each in read}

    assert {view.__name__ for view in views_of(name)} == {kind.__name__ for kind in used}
