"""`router compose --watch`: composes again whenever what a supergraph is made of changes.

Every look reads everything anew and compares texts, not times: files are small, a second's changes are not missed, and
touching a file is no change. URLs are asked at every look. A look that cannot read something keeps what it last knew of
that, so that a subgraph that restarts does not take the supergraph with it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from router.composition import Composed, Refused, Source
from router.sources.composing import composed, contract_of
from router.sources.config import BadConfig, Contract, Problem, load_config
from router.sources.files import write_whole
from router.sources.gather import gathered
from router.telling import Form, say, tell_bad_config, tell_faults, tell_hints


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: the subgraphs as far as known, and what is wrong with the configuration."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = False
    """Whether every subgraph that the configuration names was read, now or before."""
    contract: Contract | None = None


@dataclass
class Watch:
    """One configuration under watch. `look` reads, `composed` tells and writes; between looks nothing happens."""

    config: Path
    output: Path
    form: Form
    timeout_ms: int
    hints: bool = False
    contract: str | None = None
    last: Look | None = field(default=None, init=False)
    written: str | None = field(default=None, init=False)

    async def look(self) -> None:
        """Look once, and when something changed tell what, compose, and tell whether it composes."""
        found = await self._read()
        last, self.last = self.last, found
        if found == last:
            return
        if last is not None:
            for change in changes(last, found):
                self._say(change)
        if found.problems:
            tell_bad_config(self.form, BadConfig(self.config, found.problems))
        if not found.complete:
            self._say("cannot compose yet; waiting for changes")
        elif last is None or not last.complete or (found.sources, found.contract) != (last.sources, last.contract):
            self._compose(found)

    async def _read(self) -> Look:
        known = self.last or Look()
        try:
            config = load_config(self.config, os.environ)
            contract = contract_of(config, self.contract)
        except BadConfig as bad:
            return replace(known, problems=bad.problems)
        found = await gathered(config.subgraphs, timeout_ms=self.timeout_ms)
        read = {source.name: source for source in (*known.sources, *found.sources)}
        names = [subgraph.name for subgraph in config.subgraphs]
        sources = tuple(read[name] for name in names if name in read)
        return Look(sources, found.problems, len(sources) == len(names), contract)

    def _compose(self, found: Look) -> None:
        match composed(found.sources, found.contract):
            case Composed(sdl, hints):
                tell_hints(self.form, hints if self.hints else (), found.sources)
                if sdl == self.written:
                    self._say(f"composes; {self.output} stays as it is")
                    return
                write_whole(self.output, sdl)
                self.written = sdl
                self._say(f"composes; wrote {self.output}")
            case Refused(faults):
                tell_faults(self.form, faults, found.sources)
                kept = "" if self.written is None else f"; {self.output} stays as it was"
                self._say(f"does not compose: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}{kept}")

    def _say(self, text: str) -> None:
        say("router compose", text)


def changes(before: Look, after: Look) -> list[str]:
    """What became different between two looks, a sentence each."""
    old, new = ({source.name: source for source in look.sources} for look in (before, after))
    told = [f"subgraph `{name}` is new" for name in new if name not in old]
    told += [f"subgraph `{name}` is gone" for name in old if name not in new]
    for name in new:
        if name not in old or new[name] == old[name]:
            continue
        what = "schema" if new[name].sdl != old[name].sdl else "URL"
        where = f" ({new[name].path})" if what == "schema" and new[name].path else ""
        told.append(f"the {what} of subgraph `{name}` changed{where}")
    if before.contract != after.contract and before.contract is not None:
        told.append(f"the contract `{before.contract.name}` changed")
    if before.problems and not after.problems:
        told.append("everything can be read again")
    return told


def watch(watched: Watch, *, poll_ms: int, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> int:
    """Look, wait, look again, until interrupted (Ctrl-C), which is how it is meant to end. `wait` takes seconds.

    All in one run of the loop, which takes an interrupt for a cancellation: it comes where a look waits for subgraphs,
    or between two looks, and never in the midst of what would lose it or leave half of something.
    """

    async def look_for_ever() -> NoReturn:
        while True:
            await watched.look()
            await wait(poll_ms / 1000)

    try:
        asyncio.run(look_for_ever())
    except KeyboardInterrupt:
        return 0
